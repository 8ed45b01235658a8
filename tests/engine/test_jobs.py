"""A site's jobs on the engine: made, changed, paused with the site, resumed, removed."""

from typing import Any

from tests.engine.checkout import Checkout
from tests.engine.fleets import site

SCHEDULE = "aws:scheduler/schedule:Schedule"
NIGHTLY = {"command": ["wp", "x"], "schedule": "cron(0 3 * * ? *)", "timezone": "Europe/Vienna"}


def write(fleet: Checkout, state: str = "live", **jobs: Any) -> None:
    fleet.write_sites({"anchor": site("anchor", state=state, jobs=jobs)})


def expressions(fleet: Checkout) -> dict[str, str]:
    return {one.name: one.props["scheduleExpression"] for one in fleet.world.resources(SCHEDULE)}


def test_a_job_s_life(fleet: Checkout) -> None:
    write(fleet, tidy=NIGHTLY, report={**NIGHTLY, "spot": True})
    assert fleet.up().of("create") == {
        ("aws:iam/role:Role", "anchor-schedules"),
        ("aws:iam/rolePolicy:RolePolicy", "anchor-schedules"),
        (SCHEDULE, "anchor--job-tidy"),
        (SCHEDULE, "anchor--job-report"),
    }
    tidy = fleet.world.named(SCHEDULE, "anchor--job-tidy").props
    started = tidy["target"]["ecsParameters"]
    family = fleet.world.named("aws:ecs/taskDefinition:TaskDefinition", "anchor").props["family"]
    assert tidy["scheduleExpressionTimezone"] == "Europe/Vienna"
    # Without a revision: whatever is the newest when it starts.
    assert started["taskDefinitionArn"].endswith(f":task-definition/{family}")
    assert tidy["target"]["deadLetterConfig"]["arn"]

    write(fleet, tidy={**NIGHTLY, "schedule": "cron(0 4 * * ? *)"}, report=NIGHTLY)
    changed = fleet.up()
    assert changed.of("update") == {
        (SCHEDULE, "anchor--job-tidy"),
        (SCHEDULE, "anchor--job-report"),
    }
    assert len(changed.steps) == 2

    write(fleet, "paused", tidy=NIGHTLY)
    fleet.up()
    assert expressions(fleet) == {}
    write(fleet, tidy=NIGHTLY)
    fleet.up()
    assert expressions(fleet) == {"anchor--job-tidy": "cron(0 3 * * ? *)"}
    write(fleet)
    assert fleet.up().of("delete") == {
        ("aws:iam/role:Role", "anchor-schedules"),
        ("aws:iam/rolePolicy:RolePolicy", "anchor-schedules"),
        (SCHEDULE, "anchor--job-tidy"),
    }
    assert fleet.up().steps == ()
