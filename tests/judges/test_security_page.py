"""The page of exceptions says what the files say."""

from __future__ import annotations

from tests.judges import security_page
from tests.judges.exceptions import exemptions

# Of AWS Foundational Security Best Practices, those about what the program makes.
LOOKED_AT = {
    "CloudFront": [1, *range(3, 11), 12, 13, 15],
    "CloudWatch": [16],
    "EC2": [2, 6, 10, 15, 18, 19, 21, *range(55, 59), 60, 172],
    "ECR": [1, 2, 3, 5],
    "ECS": [2, 3, 4, 5, 8, 9, 10, 12, 16, 18, 20],
    "EFS": [1, 2, 3, 4, 7, 8],
    "ELB": [1, 4, 5, 6, 12, 13, 16, 17, 18, 21, 22],
    "IAM": [1, 21],
    "KMS": [2],
    "RDS": [*range(2, 5), 6, 7, *range(9, 17), *range(19, 26), 34, 35, 45, 46],
    "S3": [1, 2, 3, 5, 6, 8, 9, 12, 13, 14],
    "SecretsManager": [1, 2, 3, 4],
}


def test_the_page_is_current() -> None:
    current = security_page.PAGE.read_text() == security_page.page()
    assert current, f"write it again: {security_page.COMMAND}"


def test_every_control_is_met_or_excepted_with_a_reason() -> None:
    excepted = {control for own in exemptions() for control in own.controls}
    met = set(security_page.controls())
    wanted = {f"{service}.{number}" for service, all_ in LOOKED_AT.items() for number in all_}
    assert met | excepted == wanted
    assert met & excepted == set()


def test_every_exception_has_a_check_or_a_control_and_a_reason() -> None:
    for own in exemptions():
        assert own.what, own
        assert own.reason, own
        assert not own.checks or own.of, own
