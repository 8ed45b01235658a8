"""The AWS account that an environment runs in: how to reach it, and its refusals in words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import yaml
from botocore import exceptions
from botocore.config import Config

from fleet.operations import simulation
from fleet.operations.engine.remedies import LOG_IN
from fleet.operations.problem import OperationError
from fleet.operations.target import Target

# Reads only, so each may be repeated. Adaptive mode also slows the client down when AWS throttles.
CONFIG = Config(
    retries={"mode": "adaptive", "total_max_attempts": 6},
    connect_timeout=5,
    read_timeout=30,
    max_pool_connections=16,
)

EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
UNKNOWN_KEY = frozenset(
    {"AuthFailure", "InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException"}
)
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
THROTTLED = frozenset(
    {"RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException"}
)

_NO_CREDENTIALS = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.NoAuthTokenError,
)
_EXPIRED_LOGIN = (exceptions.LoginError, exceptions.SSOError, exceptions.TokenRetrievalError)
_UNREACHABLE = (exceptions.ConnectionError, exceptions.HTTPClientError)


def open_session(target: Target) -> boto3.Session:
    """A session for the account, region and profile of Pulumi.ENV.yaml; a new one at each call.

    boto3 sessions are not thread-safe and clients are: make the clients first, then the threads.
    For the simulated environment the calls are answered from the simulator's world; see
    `fleet.operations.simulation`. Raises OperationError.
    """
    target.check()
    if target.simulated:
        return simulation.session(target.folder)
    given = (yaml.safe_load(target.settings_file.read_text()) or {}).get("config") or {}
    profile = given.get("aws:profile")
    # As Pulumi's provider does; boto3 itself knows AWS_DEFAULT_REGION alone.
    region = given.get("aws:region") or os.environ.get("AWS_REGION")
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
    except exceptions.ProfileNotFound as error:
        raise OperationError(f"{error}; `aws configure list-profiles` names those there are") from (
            error
        )
    if session.region_name is None:
        raise OperationError(
            f"no AWS region for {target.environment}: set aws:region in {target.settings_file.name}"
        )
    return session


@contextmanager
def told_in_words(target: Target) -> Iterator[None]:
    """Turns what boto3 raises into an OperationError of one line that says what to do."""
    try:
        yield
    except exceptions.ClientError as error:
        raise OperationError(f"{target.stack}: {_refusal(error)}") from error
    except exceptions.BotoCoreError as error:
        raise OperationError(f"{target.stack}: {_obstacle(error)}") from error


def _refusal(error: exceptions.ClientError) -> str:
    """What AWS answered."""
    said: Any = error.response.get("Error", {})
    code, operation = said.get("Code", "?"), error.operation_name
    if code in EXPIRED:
        return f"the AWS credentials have expired; {LOG_IN}"
    if code in UNKNOWN_KEY:
        return f"AWS doesn't know these credentials ({code}); {LOG_IN}"
    if code in DENIED or code.startswith("AccessDenied"):
        return (
            f"these credentials may not call {operation}; docs/operations.md lists what is needed"
        )
    if code in THROTTLED:
        return f"AWS throttles {operation}, after several attempts; try again in a minute"
    return f"{operation}: {code}: {' '.join(said.get('Message', '').split())}"


def _obstacle(error: exceptions.BotoCoreError) -> str:
    """What kept a call from reaching AWS."""
    if isinstance(error, _NO_CREDENTIALS):
        return f"no AWS credentials; {LOG_IN}"
    if isinstance(error, _EXPIRED_LOGIN):
        return f"the AWS login has expired; {LOG_IN}"
    said = " ".join(str(error).split())
    if isinstance(error, _UNREACHABLE):
        return f"AWS can't be reached; check the network and the region: {said}"
    return said
