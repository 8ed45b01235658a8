"""Whether the account has the zones that the environment names."""

from __future__ import annotations

from pathlib import Path

import pulumi_aws as aws

from fleet.names import PROJECT
from fleet.problems import FleetError, Position, Problem
from fleet.settings.model import Settings
from fleet.yaml.compose import read_document

# How the provider ends a search that found nothing, or several.
_NOT_ONE = ("no matching", "multiple")


def refuse_unknown_zones(settings: Settings, folder: Path) -> None:
    """Raises FleetError, with a problem for each zone that isn't the account's."""
    missing = [index for index, zone in enumerate(settings.zones) if not _is_here(zone)]
    if missing:
        raise FleetError(_problem(index, settings, folder) for index in missing)


def _is_here(zone: str) -> bool:
    try:
        aws.route53.get_zone(name=zone, private_zone=False)
    except Exception as error:
        # Pulumi has no class of its own for an answer that is an error.
        if any(words in str(error) for words in _NOT_ONE):
            return False
        raise
    return True


def _problem(index: int, settings: Settings, folder: Path) -> Problem:
    source = folder / f"Pulumi.{settings.environment}.yaml"
    position = Position(source.name, 1, 1)
    if source.exists():
        position = read_document(source).position(("config", f"{PROJECT}:zones", index))
    return Problem.of(
        position,
        f"zones[{index}]",
        f"found {settings.zones[index]}, of which this account has no public zone, or several",
        "public Route 53 zones of the account, which `aws route53 list-hosted-zones` lists",
        "zones: [example.com]",
    )
