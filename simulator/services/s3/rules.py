"""S3: what a bucket holds and who may see it."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Any

from simulator.difference import Difference
from simulator.errors import AwsError, ProviderError
from simulator.rules import Call, Rules, rules_for

BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"

# "Bucket naming rules".
_NAME = re.compile(r"(?!xn--|sthree-)[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]")


@rules_for(BUCKET)
class Bucket(Rules):
    """A bucket."""

    def create(self, call: Call) -> None:
        """A name that a host could have."""
        name = call.props["bucket"]
        if not _NAME.fullmatch(name) or _is_address(name):
            raise AwsError("InvalidBucketName", f"The specified bucket is not valid: {name}")

    def delete(self, call: Call) -> None:
        """Not with objects in it, unless they may go too."""
        if call.props.get("_objects") and not call.props.get("forceDestroy"):
            raise AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty")


def _is_address(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


@rules_for("aws:s3/bucketPolicy:BucketPolicy")
class BucketPolicy(Rules):
    """Who may do what with a bucket."""

    def create(self, call: Call) -> None:
        """About this bucket only, and not for everybody while that is blocked."""
        bucket = call.props["bucket"]
        statements = json.loads(call.props["policy"])["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            resources = statement.get("Resource", [])
            for resource in resources if isinstance(resources, list) else [resources]:
                arn = f"arn:aws:s3:::{bucket}"
                if resource != arn and not str(resource).startswith(f"{arn}/"):
                    raise AwsError("MalformedPolicy", "Policy has invalid resource")
            if _is_public(statement) and self._blocked(call, bucket):
                raise AwsError(
                    "AccessDenied",
                    "not authorized to perform s3:PutBucketPolicy because public policies are "
                    "blocked by the BlockPublicPolicy block public access setting.",
                )

    update = create

    @staticmethod
    def _blocked(call: Call, bucket: str) -> bool:
        """A bucket without settings of its own blocks (AWS's default since April 2023)."""
        block = call.world.get(BLOCK, bucket)
        return block is None or bool(block.props.get("blockPublicPolicy"))


def _is_public(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    everybody = principal == "*" or (isinstance(principal, dict) and principal.get("AWS") == "*")
    return everybody and statement.get("Effect") == "Allow" and not statement.get("Condition")


@rules_for("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
class BucketLifecycle(Rules):
    """When objects go."""

    def create(self, call: Call) -> None:
        """Not before they came."""
        for rule in call.props["rules"]:
            days = (rule.get("expiration") or {}).get("days")
            if days is not None and int(days) < 1:
                raise AwsError(
                    "InvalidArgument", "'Days' for Expiration action must be a positive integer"
                )

    update = create


@rules_for("aws:s3/bucketVersioning:BucketVersioning")
class BucketVersioning(Rules):
    """Versions of objects."""

    def differences(
        self, found: list[Difference], old: dict[str, Any], new: dict[str, Any]
    ) -> list[Difference]:
        """What once was versioned can only be suspended."""
        before = (old.get("versioningConfiguration") or {}).get("status")
        after = (new.get("versioningConfiguration") or {}).get("status")
        if before in ("Enabled", "Suspended") and after == "Disabled":
            raise ProviderError(
                "versioning_configuration.status cannot be updated from 'Enabled' or 'Suspended' "
                "to 'Disabled'"
            )
        return found
