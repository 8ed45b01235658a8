"""Who may bring a site back: nobody of the sites' own tasks, so no one who broke into one."""

from tests.program.access import Account, Request
from tests.program.isolation import AWS_ACCOUNT, archive_arn
from tests.program.recording import Recording


def test_no_task_of_a_site_restores_one(varied: Recording) -> None:
    """Only Scheduler takes a role that starts tasks, whose commands the program wrote."""
    account, bucket = Account(varied), archive_arn(varied)
    base = f"arn:aws:ecs:us-east-1:{AWS_ACCOUNT}"
    here = {"ecs:cluster": f"{base}:cluster/wordpress-test"}
    clusters = f"arn:aws:rds:us-east-1:{AWS_ACCOUNT}:cluster:restore-shop"
    tried: list[tuple[str, str, dict[str, str]]] = [
        ("ecs:RunTask", f"{base}:task-definition/test-docs:7", here),
        ("rds:RestoreDBClusterToPointInTime", clusters, {}),
        ("rds:RestoreDBClusterFromSnapshot", clusters, {}),
        ("backup:StartRestoreJob", "*", {}),
        ("s3:PutObject", f"{bucket}/shop/20261129T024100Z-0001/manifest.json", {}),
    ]
    roles = [role for role in account.roles if "role/docs-" in role]
    assert len(roles) > 2
    for role in roles:
        may = {
            action
            for action, arn, given in tried
            if account.allows(Request(("AWS", role), action, arn, given))
        }
        assert may == ({"ecs:RunTask"} if "docs-schedules" in role else set()), role
