"""A secret's value."""

from __future__ import annotations

from typing import Any

from simulator.errors import AwsError
from simulator.functions import function
from simulator.services.secretsmanager.rules import SECRET, VERSION
from simulator.world import World


@function("aws:secretsmanager/getSecretVersion:getSecretVersion")
def secret_version(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    """The current version of a secret."""
    secret = world.get(SECRET, str(args.get("secretId")))
    versions = world.find(VERSION, secretId=args.get("secretId")) if secret else []
    if not versions:
        raise AwsError(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
        )
    current = versions[-1].props
    return {
        "id": f"{current['secretId']}|AWSCURRENT",
        "region": region,
        "arn": current["secretId"],
        "secretId": current["secretId"],
        "versionId": current["versionId"],
        "secretString": current.get("secretString", ""),
        "versionStage": "AWSCURRENT",
        "versionStages": ["AWSCURRENT"],
        "createdDate": "",
        "secretBinary": "",
    }
