"""ECR's login."""

from __future__ import annotations

import hashlib
from typing import Any

from simulator.functions import function
from simulator.outputs import ACCOUNT
from simulator.world import World


@function("aws:ecr/getAuthorizationToken:getAuthorizationToken")
def authorization_token(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    registry = args.get("registryId") or ACCOUNT
    endpoint = f"https://{registry}.dkr.ecr.{region}.amazonaws.com"
    password = hashlib.sha256(endpoint.encode()).hexdigest()
    return {
        "id": region,
        "region": region,
        "registryId": registry,
        "authorizationToken": "",
        "expiresAt": "2099-01-01T00:00:00Z",
        "proxyEndpoint": endpoint,
        "userName": "AWS",
        "password": password,
    }
