"""A site's distribution at CloudFront, and what is dropped of it by hand."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3

from fleet.names import edge_name
from fleet.operations.declared import Declared
from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.settings.edge import at_edge

EVERYTHING = "/*"


@dataclass(frozen=True, slots=True)
class Purge:
    """An invalidation that CloudFront has taken. `paths` as it knows them, tags with a #."""

    distribution: str
    id: str
    paths: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return self.paths == (EVERYTHING,)


def purge(
    declared: Declared, name: str, *, paths: Sequence[str] = (), tags: Sequence[str] = ()
) -> Purge:
    """Drops what CloudFront keeps of a site, all of it without paths and tags.

    Each path and tag is paid for. Raises FleetError for an unknown site and OperationError: no
    edge, no distribution, a path that is none.
    """
    site, home = declared.site(name), declared.home(declared.site(name))
    if not at_edge(declared.settings):
        raise OperationError(
            f"{home.environment} has no edge; what nginx keeps goes by "
            f"`fleet exec {site.name} --env {home.environment} -- wp fleet page-cache drop`"
        )
    items = _items(paths, tags)
    if home.simulated:
        raise OperationError(f"{home.stack} is simulated: {site.name} has no pages at an edge")
    with told_in_words(home):
        session = open_session(home)
        found = read_distribution(session, home, site.name)
        answer = session.client("cloudfront", config=CONFIG).create_invalidation(
            DistributionId=found["Id"],
            InvalidationBatch={
                "Paths": {"Quantity": len(items), "Items": list(items)},
                "CallerReference": f"fleet-{secrets.token_hex(8)}",
            },
        )
    return Purge(found["Id"], answer["Invalidation"]["Id"], items)


def read_distribution(session: boto3.Session, home: Target, site: str) -> Mapping[str, Any]:
    """The site's distribution, known by its comment. OperationError before its first `up`."""
    wanted = edge_name(home.environment, home.cell, site)
    pages = session.client("cloudfront", config=CONFIG).get_paginator("list_distributions")
    for page in pages.paginate():
        for each in page.get("DistributionList", {}).get("Items", []):
            if each["Comment"] == wanted:
                return each
    raise OperationError(f"{site} has no distribution yet; run `fleet up --env {home.environment}`")


def _items(paths: Sequence[str], tags: Sequence[str]) -> tuple[str, ...]:
    for path in paths:
        if not re.fullmatch(r"/[!-)+-~]*\*?", path):
            raise OperationError(
                f'"{path}" is no path to purge: it begins with /, has a * at its end only, and '
                "spaces and letters beyond ASCII as %20 and the like, for example /blog/*"
            )
    for tag in tags:
        if not re.fullmatch(r"[a-z0-9_-]+", tag):
            raise OperationError(
                f'"{tag}" is no tag of a page: they are like post-12, term-3, user-1, list-post '
                "and media"
            )
    return (*paths, *(f"#{tag}" for tag in tags)) or (EVERYTHING,)
