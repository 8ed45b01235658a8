"""Secrets of the account as ECS puts them into a container's environment."""

from __future__ import annotations

import json
from typing import Any

from simulator.world import World

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"


def value(world: World, reference: str) -> str:
    """What `ARN:KEY:STAGE:VERSION` names. LookupError when there is no such thing."""
    arn, key, _, version = reference.rsplit(":", 3)
    found = _value(world, arn, version)
    if key not in found:
        raise LookupError(f"the secret {arn} has no key {key}")
    return str(found[key])


def _value(world: World, arn: str, version: str) -> dict[str, Any]:
    for one in world.find(VERSION, secretId=arn):
        if version in ("", one.props["versionId"]):
            return json.loads(one.props["secretString"])
    secret = world.get(SECRET, arn)
    if secret is None or "_value" not in secret.props:
        raise LookupError(f"no secret {arn}")
    return secret.props["_value"]
