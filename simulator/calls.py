"""The simulated account seen through boto3: the reads of `fleet status` and `fleet logs`.

    session = simulated_session(world, "us-east-1")
    session.client("ecs").describe_services(cluster="wordpress-local", services=["blog"])

The seam is botocore's own: a handler of its `before-call` event answers in place of HTTP, as
`botocore.stub` does. So everything above it is the real thing, from parameter validation over
paginators to exceptions, with neither a server nor a second implementation of the readers.

There is no time in the simulated account and nothing fails by itself: each service has all its
tasks running and healthy, each cluster idles at its least capacity, and no log has a line. A call
without an answer here is an error.

The answers stand in `calls.py` of each service's folder.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.model import OperationModel

from simulator.errors import AwsError, UnknownTypeError
from simulator.services import FOLDER, load, service_of_client
from simulator.world import World

Answer = Callable[[World, dict[str, Any]], dict[str, Any]]

_ANSWERS: dict[tuple[str, str], Answer] = {}


def answers(service: str, operation: str) -> Callable[[Answer], Answer]:
    """Makes the decorated function the answer to an operation: world and parameters in."""

    def register(answer: Answer) -> Answer:
        _ANSWERS[service, operation] = answer
        return answer

    return register


def operations() -> set[tuple[str, str]]:
    """Every call that there is an answer to: boto3's name of the service, and the operation."""
    for path in FOLDER.glob("*/calls.py"):
        load(path.parent.name, "calls")
    return set(_ANSWERS)


def simulated_session(world: World, region: str) -> boto3.Session:
    """A session whose every call is answered from the world; no credentials, no network."""

    def remember(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["simulated_params"] = params

    def answer(
        model: OperationModel, context: dict[str, Any], **_: Any
    ) -> tuple[AWSResponse, dict[str, Any]]:
        called = _answer_of(model.service_model.service_name, model.name)
        try:
            return _http(200), called(world, context["simulated_params"])
        except AwsError as error:
            return _http(400), {"Error": {"Code": error.code, "Message": error.message}}

    core = botocore.session.Session()
    # The stubs know no handler with a result; `before-call` takes one.
    handlers: dict[str, Any] = {"before-parameter-build": remember, "before-call": answer}
    for event, handler in handlers.items():
        core.register(event, handler)
    return boto3.Session(botocore_session=core, region_name=region)


def _http(status: int) -> AWSResponse:
    return AWSResponse("", status, HTTPHeaders(), None)


def _answer_of(service: str, operation: str) -> Answer:
    load(service_of_client(service), "calls")
    try:
        return _ANSWERS[service, operation]
    except KeyError:
        raise UnknownTypeError("call", f"{service}:{operation}") from None
