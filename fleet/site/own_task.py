"""A command in a task of its own: what RunTask is told beside the task definition."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
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
    drill_password: str | None = None,
    preparing: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """ECS's TaskOverride: another command and size, in CPU units and MiB.

    The image is told its size and capacity, too: ECS changes nothing in the environment.
    `prepared`: the site has been live, so that its database and files need no preparation.
    `drill_password`: the first container makes a schema to be thrown away, whose user has it.
    `preparing`: what containers of PREPARING do in place of that, the others doing nothing.
    `role_arn`: what the containers may do, in place of the task definition's role.
    """
    told = {
        "FLEET_CPU": str(cpu),
        "FLEET_MEMORY": str(memory),
        "FLEET_SPOT": "yes" if spot else "no",
    }
    drill = {} if drill_password is None else {"FLEET_DRILL_PASSWORD": drill_password}
    return {
        "cpu": str(cpu),
        "memory": str(memory),
        **({"taskRoleArn": role_arn} if role_arn else {}),
        "containerOverrides": [
            *_preparing(drill, preparing, prepared=prepared),
            {
                "name": "wordpress",
                "command": list(command),
                "environment": _pairs({**told, **drill}),
            },
        ],
    }


def _preparing(
    drill: Mapping[str, str], told: Mapping[str, Sequence[str]] | None, *, prepared: bool
) -> Iterator[dict[str, Any]]:
    """What the containers that come first do in place of their work."""
    if drill:
        told = {"schema": ["fleet-schema", "drill"]}
    if told is None and not prepared:
        return
    for name in PREPARING:
        command = (told or {}).get(name, ["true"])
        more = {"environment": _pairs(drill)} if drill and name == "schema" else {}
        yield {"name": name, "command": list(command), **more}


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]
