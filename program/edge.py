"""Refuses another `edge` than the stack was made with, before anything is touched."""

from pathlib import Path

from fleet.names import PROJECT
from fleet.problems import FleetError, Position, Problem
from fleet.settings.edge import at_edge
from fleet.settings.model import Settings
from fleet.yaml.compose import read_document
from program.held import SITE_TYPE, Held

BALANCER_TYPE = "aws:lb/loadBalancer:LoadBalancer"


def refuse_another_edge(settings: Settings, held: Held, folder: Path) -> None:
    """Raises FleetError while a site stands behind a load balancer of the other kind.

    AWS can't make a public load balancer an internal one, and a target group belongs to one load
    balancer: every site would be away until its service had been made anew.
    """
    types = [resource["type"] for resource in held.values()]
    internal = [
        bool(resource["outputs"].get("internal"))
        for resource in held.values()
        if resource["type"] == BALANCER_TYPE
    ]
    if SITE_TYPE not in types or not internal or internal[0] == at_edge(settings):
        return
    source = folder / f"Pulumi.{settings.environment}.yaml"
    position = Position(source.name, 1, 1)
    if source.exists():
        position = read_document(source).position(("config", f"{PROJECT}:edge"))
    before = "cloudfront" if internal[0] else "none"
    raise FleetError(
        [
            Problem.of(
                position,
                "edge",
                f"found {settings.edge} for a stack whose sites came up with {before}, behind a "
                "load balancer that would have to be replaced under all of them; nothing was "
                "changed",
                f"{before} here, and {settings.edge} in another environment, into which the sites "
                "move (docs/edge.md)",
                f"edge: {before}",
            )
        ]
    )
