"""Secrets Manager: secrets, and how they go."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"

VALUE_BYTES = 65_536  # "AWS Secrets Manager quotas", fixed
_DAY = 86_400  # seconds


@rules_for(SECRET)
class Secret(Rules):
    """A secret's shell."""

    def check(self, inputs: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """At once, or within the window that AWS allows."""
        days = inputs.get("recoveryWindowInDays")
        if isinstance(days, int) and days != 0 and not 7 <= days <= 30:
            yield (
                "recoveryWindowInDays",
                f"expected recovery_window_in_days to be 0 or in the range (7 - 30), got {days}",
            )

    def create(self, call: Call) -> None:
        """A name is not free again before the recovery window of its last bearer is over."""
        for old in call.world.resources(SECRET, gone=True):
            if old.props["name"] == call.props["name"] and old.props["_deletedAt"] > time.time():
                raise AwsError(
                    "InvalidRequestException",
                    "You can't create this secret because a secret with this name is already "
                    "scheduled for deletion.",
                )

    def delete(self, call: Call) -> None:
        """It stays recoverable for its window."""
        days = int(call.props.get("recoveryWindowInDays", 30))
        found = call.world.get(SECRET, call.key)
        if days and found:
            call.props["_deletedAt"] = time.time() + days * _DAY
            call.world.write(replace(found, props=call.props, gone=True))


@rules_for(VERSION)
class SecretVersion(Rules):
    """A secret's value."""

    def compute(self, call: Call) -> None:
        """The secret's ARN, twice, as the provider gives it."""
        call.props["arn"] = call.props["secretArn"] = str(call.props["secretId"])

    def create(self, call: Call) -> None:
        """A value that fits; it becomes the current one."""
        value = call.props.get("secretString") or call.props.get("secretBinary")
        if not value and not call.props.get("secretStringWo"):
            raise AwsError(
                "InvalidRequestException", "You must provide either SecretString or SecretBinary."
            )
        if len(str(value).encode()) > VALUE_BYTES:
            raise AwsError(
                "ValidationException",
                f"Value at 'secretString' failed to satisfy constraint: Member must have length "
                f"less than or equal to {VALUE_BYTES}",
            )
        for other in call.world.find(VERSION, secretId=call.props["secretId"]):
            if "AWSCURRENT" in other.props["versionStages"]:
                other.props["versionStages"] = ["AWSPREVIOUS"]
                call.world.write(other)
