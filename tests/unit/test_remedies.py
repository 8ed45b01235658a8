"""What is said behind AWS's words."""

import pytest

from fleet.operations.engine.remedies import of_aws

VAULT, RIGHT = 'docs/vault.md, "When an environment goes"', "these credentials lack the permission"
DELETING = "deleting Backup Vault (wordpress-prod): "
POINT = "deleting recovery point (arn:aws:rds:eu-west-1:1:cluster-snapshot:awsbackup:job-1): "


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        (
            "InvalidRequestException: Backup vault cannot be deleted because it contains "
            "recovery points.",
            VAULT,
        ),
        # As AWS said it in the years before.
        (
            "InvalidRequestException: Backup vault cannot be deleted (contains 1 recovery points)",
            VAULT,
        ),
        (f"1 error occurred: {POINT}AccessDeniedException: Insufficient privileges", VAULT),
        (
            f"{POINT}AccessDeniedException: User: arn:aws:iam::1:user/ci is not authorized to "
            "perform: backup:DeleteRecoveryPoint",
            RIGHT,
        ),
    ],
)
def test_a_vault_that_holds_copies(said: str, remedy: str) -> None:
    assert remedy in str(of_aws(DELETING + said))
