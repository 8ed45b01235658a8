"""What the clock starts of a site: made, changed, paused with it, resumed, removed."""

import json
from typing import Any

from tests.engine.checkout import Checkout
from tests.engine.fleets import site

SCHEDULE = "aws:scheduler/schedule:Schedule"
ROLE = {
    ("aws:iam/role:Role", "anchor-schedules"),
    ("aws:iam/rolePolicy:RolePolicy", "anchor-schedules"),
}
NIGHTLY = {"command": ["wp", "x"], "schedule": "cron(0 3 * * ? *)", "timezone": "Europe/Vienna"}


def write(
    fleet: Checkout, state: str = "live", cron: dict[str, str] | None = None, **jobs: Any
) -> None:
    anchor = site("anchor", state=state, jobs=jobs, cron=cron or {})
    fleet.write_sites({"anchor": anchor})


def schedules(*names: str) -> set[tuple[str, str]]:
    return {(SCHEDULE, f"anchor--{name}") for name in names}


def expressions(fleet: Checkout) -> dict[str, str]:
    return {one.name: one.props["scheduleExpression"] for one in fleet.world.resources(SCHEDULE)}


def test_a_schedule_s_life(fleet: Checkout) -> None:
    write(fleet, cron={"task": "own"}, tidy=NIGHTLY, report={**NIGHTLY, "spot": True})
    made = fleet.up()
    assert made.of("create") == ROLE | schedules("cron", "job-tidy", "job-report")
    # Serving tasks run no events any more, so they are told.
    assert {type_ for type_, _ in made.of("update", "replace")} <= {
        "aws:ecs/taskDefinition:TaskDefinition",
        "aws:ecs/service:Service",
    }
    tidy = fleet.world.named(SCHEDULE, "anchor--job-tidy").props
    assert tidy["scheduleExpressionTimezone"] == "Europe/Vienna"
    assert tidy["target"]["deadLetterConfig"]["arn"]
    check_what_starts(fleet)

    write(
        fleet,
        cron={"task": "own", "every": "1h"},
        tidy={**NIGHTLY, "schedule": "cron(0 4 * * ? *)"},
        report=NIGHTLY,
    )
    changed = fleet.up()
    assert changed.of("update") == schedules("cron", "job-tidy", "job-report")
    assert len(changed.steps) == 3

    write(fleet, "paused", cron={"task": "own"}, tidy=NIGHTLY)
    fleet.up()
    assert expressions(fleet) == {}
    write(fleet, cron={"task": "own", "every": "1m"}, tidy=NIGHTLY)
    fleet.up()
    assert expressions(fleet) == {
        "anchor--cron": "rate(1 minute)",
        "anchor--job-tidy": "cron(0 3 * * ? *)",
    }
    write(fleet)
    assert fleet.up().of("delete") >= ROLE | schedules("cron", "job-tidy")
    assert fleet.up().steps == ()


def check_what_starts(fleet: Checkout) -> None:
    """Each schedule starts this site's family, as its two roles, and says whose the task is."""
    family = fleet.world.named("aws:ecs/taskDefinition:TaskDefinition", "anchor").props["family"]
    starter = fleet.world.named("aws:iam/role:Role", "anchor-schedules").props
    for one in fleet.world.resources(SCHEDULE):
        target = one.props["target"]
        # Without a revision: whatever is the newest when it starts.
        assert target["ecsParameters"]["taskDefinitionArn"].endswith(f":task-definition/{family}")
        assert target["ecsParameters"]["propagateTags"] == "TASK_DEFINITION"
        assert target["roleArn"] == starter["arn"]
    assert starter["tags"]["Site"] == "anchor"
    rights = fleet.world.named("aws:iam/rolePolicy:RolePolicy", "anchor-schedules").props["policy"]
    by_action = {each["Action"][0]: each for each in json.loads(rights)["Statement"]}
    assert all(f":task-definition/{family}" in arn for arn in by_action["ecs:RunTask"]["Resource"])
    passed = by_action["iam:PassRole"]["Resource"]
    own = {
        fleet.world.named("aws:iam/role:Role", name).props["arn"]
        for name in ("anchor-execution", "anchor-task")
    }
    assert set(passed) == own
