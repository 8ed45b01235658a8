"""What stands between us and AWS, each told in one line that says what to do."""

from pathlib import Path

import pytest
from botocore import exceptions

from fleet.operations.declared import Declared
from fleet.operations.live.account import open_session, told_in_words
from fleet.operations.live.status import fleet_status
from fleet.operations.problem import OperationError
from fleet.operations.target import Target


def told(error: Exception) -> str:
    with (
        pytest.raises(OperationError) as found,
        told_in_words(Target(folder=Path(), environment="prod", cell="a")),
    ):
        raise error
    return str(found.value)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ExpiredTokenException", "prod-a: the AWS credentials have expired; log in with"),
        ("UnrecognizedClientException", "prod-a: AWS doesn't know these credentials"),
        ("AccessDeniedException", "prod-a: these credentials may not call DescribeServices; docs"),
        ("ThrottlingException", "prod-a: AWS throttles DescribeServices, after several attempts"),
        ("ServerException", "prod-a: DescribeServices: ServerException: out of order"),
    ],
)
def test_what_aws_answers(code: str, said: str) -> None:
    answer = {"Error": {"Code": code, "Message": "out of\norder"}}
    line = told(exceptions.ClientError(answer, "DescribeServices"))  # pyright: ignore
    assert line.startswith(said)
    assert "\n" not in line


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (exceptions.NoCredentialsError(), "no AWS credentials; log in with"),
        (exceptions.UnauthorizedSSOTokenError(), "the AWS login has expired; log in with"),
        (exceptions.EndpointConnectionError(endpoint_url="https://x"), "AWS can't be reached"),
        (exceptions.ReadTimeoutError(endpoint_url="https://x"), "AWS can't be reached"),
    ],
)
def test_what_keeps_a_call_from_aws(error: Exception, said: str) -> None:
    assert told(error).startswith(f"prod-a: {said}")


def test_no_credentials_at_all(
    aws: object, prod: Declared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(OperationError, match=r"^prod: no AWS credentials; log in with"):
        fleet_status(prod)


@pytest.mark.usefixtures("aws")
def test_a_profile_or_region_that_is_missing(project: Path) -> None:
    settings = project / "Pulumi.dev.yaml"
    target = Target(folder=project, environment="dev")
    settings.write_text("config: {'aws:profile': nobody}")
    with pytest.raises(OperationError, match=r"\(nobody\) could not be found; `aws configure"):
        open_session(target)
    settings.write_text("config: {}")
    with pytest.raises(OperationError, match=r"no AWS region for dev: set aws:region in Pulumi\.d"):
        open_session(target)
