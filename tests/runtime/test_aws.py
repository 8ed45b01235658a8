"""The image's client of AWS: its signature by botocore's own, its credentials, its patience."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.credentials import Credentials

from tests.runtime.stage.aws import ROLE, Answer, StandIn, stand_in, verified
from tests.runtime.stage.container import Container
from tests.runtime.stage.site import Replica, StagedSite

CALL = """
require '/usr/local/share/fleet/aws.php';
foreach ( json_decode( getenv( 'CALLS' ), true ) as $call ) {
	try {
		echo json_encode( ( new Fleet\\Aws( 2.0 ) )->call( ...$call ) ), "\\n";
	} catch ( Fleet\\AwsError $error ) {
		$said = [ $error->getMessage(), $error->status, $error->kind, $error->passes() ];
		echo json_encode( $said ), "\\n";
	}
}
"""
TEXTS = (
    "plain",
    "two words",
    "a+b=c&d",
    "ümläut/☃",
    "%20 %",
    "~._-*'()!",
    "tab\tand  spaces",
    "#?",
)
NASTY: list[dict[str, Any]] = [
    *(
        {"method": "GET", "path": "/things/x", "query": {text: text, "a": "", "A": "1"}}
        for text in TEXTS
    ),
    *({"method": "POST", "path": "/", "body": {text: [text, 1, None]}} for text in TEXTS),
    {"method": "PUT", "path": "/schedules/caf%C3%A9%20%2F%25", "body": {}},
    {"method": "DELETE", "path": "/schedules/blog", "query": {"groupName": "production", "b": "2"}},
    {"method": "POST", "path": "/", "body": "<Xml/>", "headers": {"Content-Type": "text/xml"}},
    {"method": "POST", "path": "/", "body": {}, "headers": {"X-Amz-Target": "Events.Put  Events "}},
    {"method": "POST", "path": "/", "body": "x" * 20_000},
]


@pytest.fixture(scope="module")
def aws(shared_replica: Replica) -> Iterator[StandIn]:
    with stand_in() as found:
        yield found


def calls(container: Container, *wanted: dict[str, Any], **environment: str) -> list[Any]:
    done = container.execute("php", "-r", CALL, CALLS=json.dumps(wanted), **environment)
    assert done.returncode == 0, done.stderr + done.stdout
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_botocore_signs_each_request_alike(
    shared_site: StagedSite, shared_replica: Replica, aws: StandIn
) -> None:
    services = ("ses", "scheduler", "cloudfront")
    wanted = [{"service": services[n % 3], **call} for n, call in enumerate(NASTY)]
    aws.received.clear()
    aws.answer = Answer(body={"got": "it"})
    answers = calls(shared_replica.container, *wanted, **aws.environment)
    assert answers == [{"got": "it"}] * len(NASTY)
    assert len(aws.received) == len(NASTY)
    for call, request in zip(wanted, aws.received, strict=True):
        assert request.method == call["method"]
        verified(request, call["service"], aws.url)
        if isinstance(call.get("body"), dict) and call["body"]:
            assert request.json == call["body"]
    assert (
        len(aws.agent_asked) == 1
    )  # for all of them: they are kept until shortly before their end
    assert "us-east-1/cloudfront" in aws.received[2].headers["authorization"]
    changed = aws.received[8]
    with pytest.raises(AssertionError):
        verified(type(changed)("PUT", changed.path, changed.headers, changed.body), "ses", aws.url)


KEPT = "/tmp/fleet/aws-credentials.json"  # noqa: S108 - in the container


def forget(container: Container) -> None:
    assert container.execute("rm", "-f", KEPT).returncode == 0


def test_credentials_about_to_end_are_asked_for_again(
    shared_replica: Replica, aws: StandIn
) -> None:
    call = {"service": "ses", "method": "GET", "path": "/"}
    forget(shared_replica.container)
    aws.agent_asked.clear()
    aws.role_seconds = 200
    calls(shared_replica.container, call, call, **aws.environment)
    aws.role_seconds = 3600
    assert len(aws.agent_asked) == 2
    calls(shared_replica.container, call, **aws.environment)
    assert shared_replica.container.execute("stat", "-c", "%a", KEPT).stdout == "600\n"


def test_keys_of_the_environment_come_first(shared_replica: Replica, aws: StandIn) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAOWN", "AWS_SECRET_ACCESS_KEY": "own+secret"}
    call = {"service": "scheduler", "method": "GET", "path": "/schedules"}
    calls(shared_replica.container, call, **aws.environment, **keys)
    assert "x-amz-security-token" not in aws.received[-1].headers
    verified(aws.received[-1], "scheduler", aws.url, Credentials("AKIAOWN", "own+secret"))
    with pytest.raises(AssertionError):
        verified(aws.received[-1], "scheduler", aws.url, ROLE)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            Answer(429, {"message": "slow"}, {"x-amzn-ErrorType": "ThrottlingException:http://x/"}),
            ["HTTP 429 ThrottlingException: slow", 429, "ThrottlingException", True],
        ),
        (
            Answer(400, {"__type": "com.amazon#MessageRejected", "Message": "no"}),
            ["HTTP 400 MessageRejected: no", 400, "MessageRejected", False],
        ),
        (
            Answer(404, "<E><Code>NoSuchThing</Code><Message>it</Message></E>"),
            ["HTTP 404 NoSuchThing: it", 404, "NoSuchThing", False],
        ),
        (Answer(503, "busy"), ["HTTP 503", 503, "", True]),
    ],
)
def test_refusals_say_what_aws_said(
    shared_replica: Replica, aws: StandIn, answer: Answer, said: list[Any]
) -> None:
    aws.answer = answer
    call = {"service": "ses", "method": "GET", "path": "/"}
    try:
        assert calls(shared_replica.container, call, **aws.environment) == [said]
    finally:
        aws.answer = Answer()


def test_a_call_that_hangs_is_over_in_time(shared_replica: Replica, aws: StandIn) -> None:
    aws.answer = Answer(delay=6)
    begun = time.monotonic()
    call = {"service": "ses", "method": "GET", "path": "/"}
    try:
        ((message, status, _, passes),) = calls(shared_replica.container, call, **aws.environment)
    finally:
        aws.answer = Answer()
    assert time.monotonic() - begun < 5
    assert "timed out" in message.lower()
    assert (status, passes) == (0, True)


def test_without_a_role_the_error_says_so(shared_replica: Replica, aws: StandIn) -> None:
    forget(shared_replica.container)
    call = {"service": "ses", "method": "GET", "path": "/"}
    ((message, *_),) = calls(shared_replica.container, call, AWS_REGION="eu-west-1")
    assert "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set" in message
