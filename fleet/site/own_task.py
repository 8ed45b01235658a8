"""A command in a task of its own: what RunTask is told beside the task definition."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# How the group of a task that the clock starts begins; its kind follows.
SCHEDULED_GROUP = "scheduled:"
# The containers that prepare what a serving task needs.
PREPARING = ("schema", "init")
MAIN = "wordpress"
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
    preparing: Mapping[str, Sequence[str]] | None = None,
    environment: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """ECS's TaskOverride: another command and size, in CPU units and MiB.

    The image is told its size and capacity, too: ECS changes nothing in the environment.
    `prepared`: the site has been live, so that its database and files need no preparation.
    `preparing`: what containers of PREPARING do in place of that, the others doing nothing.
    `environment`: container -> variables beside those of the task definition.
    `role_arn`: what the containers may do, in place of the task definition's role.
    """
    given = environment or {}
    if preparing is None and prepared:
        preparing = {}
    told = {**_size(cpu=cpu, memory=memory, spot=spot), **given.get(MAIN, {})}
    main = {"name": MAIN, "command": list(command), "environment": _pairs(told)}
    before = () if preparing is None else _preparing(preparing, given)
    return {
        "cpu": str(cpu),
        "memory": str(memory),
        **({"taskRoleArn": role_arn} if role_arn else {}),
        "containerOverrides": [*before, main],
    }


def _size(*, cpu: int, memory: int, spot: bool) -> dict[str, str]:
    """What the image is told of it."""
    return {
        "FLEET_CPU": str(cpu),
        "FLEET_MEMORY": str(memory),
        "FLEET_SPOT": "yes" if spot else "no",
    }


def _preparing(
    commands: Mapping[str, Sequence[str]], given: Mapping[str, Mapping[str, str]]
) -> Iterator[dict[str, Any]]:
    """What the containers that come first do in place of their work."""
    for name in PREPARING:
        more = {"environment": _pairs(given[name])} if name in given else {}
        yield {"name": name, "command": list(commands.get(name, ["true"])), **more}


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]
