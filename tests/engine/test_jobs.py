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
BACKUP_ROLE = {
    ("aws:iam/role:Role", "anchor-backup-task"),
    ("aws:iam/rolePolicy:RolePolicy", "anchor-backup-task"),
}
NIGHTLY = {"command": ["wp", "x"], "schedule": "cron(0 3 * * ? *)", "timezone": "Europe/Vienna"}


def write(
    fleet: Checkout, state: str = "live", cron: dict[str, str] | None = None, **jobs: Any
) -> None:
    backup = {"dumps": "nightly" if cron else "never"}
    anchor = site("anchor", state=state, jobs=jobs, cron=cron or {}, backup=backup)
    fleet.write_sites({"anchor": anchor})


def schedules(*names: str) -> set[tuple[str, str]]:
    return {(SCHEDULE, f"anchor--{name}") for name in names}


def expressions(fleet: Checkout) -> dict[str, str]:
    return {one.name: one.props["scheduleExpression"] for one in fleet.world.resources(SCHEDULE)}


def test_a_schedule_s_life(fleet: Checkout) -> None:
    write(fleet, cron={"task": "own"}, tidy=NIGHTLY, report={**NIGHTLY, "spot": True})
    made = fleet.up()
    made_schedules = schedules("cron", "backup", "job-tidy", "job-report")
    assert made.of("create") == ROLE | BACKUP_ROLE | made_schedules
    # Serving tasks run no events any more, so they are told; and the site deletes no backups.
    assert {type_ for type_, _ in made.of("update", "replace")} <= {
        "aws:iam/rolePolicy:RolePolicy",
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
    found = expressions(fleet)
    assert found.pop("anchor--backup").startswith("cron(")
    assert found == {
        "anchor--cron": "rate(1 minute)",
        "anchor--job-tidy": "cron(0 3 * * ? *)",
    }
    write(fleet)
    assert fleet.up().of("delete") >= ROLE | BACKUP_ROLE | schedules("cron", "job-tidy")
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
        for name in ("anchor-execution", "anchor-task", "anchor-backup-task")
    }
    assert set(passed) == own
    backup = fleet.world.named(SCHEDULE, "anchor--backup").props["target"]["input"]
    told = json.loads(backup)
    assert told["taskRoleArn"] in own
    assert told["containerOverrides"][-1]["command"][-1].startswith("s3://")
    assert told["containerOverrides"][-1]["command"][-1].endswith("/anchor")
