"""Import ids that are not the id: how AWS's provider wants some resources named in an import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.world import Resource, World


def _last(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


# Checked against the "Import" section of each type's page in the provider's documentation.
_IMPORT_IDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "aws:ec2/route:Route": lambda props: (
        f"{props['routeTableId']}_{props.get('destinationCidrBlock')}"
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": lambda props: (
        f"{props.get('subnetId')}/{props['routeTableId']}"
    ),
    "aws:ecs/cluster:Cluster": lambda props: props["name"],
    "aws:ecs/service:Service": lambda props: f"{_last(props['cluster'])}/{props['name']}",
}


def find(world: World, token: str, import_id: str) -> Resource | None:
    """The resource that an import id of its own form names."""
    id_of = _IMPORT_IDS.get(token)
    if id_of is None:
        return None
    return next((r for r in world.resources(token) if id_of(r.props) == import_id), None)
