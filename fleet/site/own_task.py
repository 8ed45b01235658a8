"""A command in a task of its own: what RunTask is told beside the task definition."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

# How the group of a task that the clock starts begins; its kind follows.
SCHEDULED_GROUP = "scheduled:"
# The containers that prepare what a serving task needs.
PREPARING = ("schema", "init")
# A label of the main container in the task definition, which stays while the site is paused; its
# service, which knows the network too, doesn't.
NETWORK_LABEL = "fleet.network"


def network_label(
    *, subnets: Sequence[str], security_groups: Sequence[str], assign_public_ip: bool
) -> str:
    """Where a site's tasks stand: JSON of ECS's AwsVpcConfiguration, the same for any order."""
    network = {
        "subnets": sorted(subnets),
        "securityGroups": sorted(security_groups),
        "assignPublicIp": "ENABLED" if assign_public_ip else "DISABLED",
    }
    return json.dumps(network)


def task_overrides(
    command: Sequence[str],
    *,
    cpu: int,
    memory: int,
    spot: bool,
    prepared: bool = True,
    role_arn: str | None = None,
) -> dict[str, Any]:
    """ECS's TaskOverride: another command and size, in CPU units and MiB.

    The image is told its size and capacity, too: ECS changes nothing in the environment.
    `prepared`: the site has been live, so that its database and files need no preparation.
    `role_arn`: what the containers may do, in place of the task definition's role.
    """
    told = {
        "FLEET_CPU": str(cpu),
        "FLEET_MEMORY": str(memory),
        "FLEET_SPOT": "yes" if spot else "no",
    }
    environment = [{"name": name, "value": value} for name, value in told.items()]
    return {
        "cpu": str(cpu),
        "memory": str(memory),
        **({"taskRoleArn": role_arn} if role_arn else {}),
        "containerOverrides": [
            *({"name": name, "command": ["true"]} for name in PREPARING if prepared),
            {"name": "wordpress", "command": list(command), "environment": environment},
        ],
    }
