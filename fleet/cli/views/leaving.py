"""What is left to do when a site's data went elsewhere, and what is left of a site that left."""

from __future__ import annotations

from datetime import datetime

from fleet.cli.screen import OUT, print_json
from fleet.cli.views.moving import print_exported
from fleet.operations.data.archive import Archive
from fleet.operations.data.export import Exported
from fleet.operations.data.leaving import Purged


def print_begun(archive: Archive, environment: str, *, as_json: bool) -> None:
    """Says how to go on with an archive of what is to be moved."""
    if as_json:
        print_json({"site": archive.site, "archive": archive.url})
        return
    site = archive.site
    _say(
        f"{archive.url}: all that {site} holds",
        f"to do: fleet retire {site} --env {environment}; fleet up --env {environment}",
        f"to do: give {site} another cell, database or storage in sites.yaml, and state: live",
        f"to do: fleet up --env {environment}",
        f"to do: fleet move --env {environment} {site} --archive {archive.url} "
        "--yes-overwrite-production",
        f"{site} is away from its retirement to the end, and what is written until then stays "
        "behind: tell whoever edits",
    )


def print_moved(site: str, to: str, environment: str, other: str, *, as_json: bool) -> None:
    """Says what a person has to do: nobody else may give names away, or the old side up."""
    if as_json:
        print_json({"site": site, "to": to, "environment": other, "moved": True})
        return
    _say(f"{to} in {other} holds what {site} held; fleet undo --env {other} {to} goes back")
    if site == to and environment == other:
        _say("the old side stays in its cell, database or files until you delete it there")
        return
    _say(f"{site} in {environment} is as it was, and still serves its names")
    if environment == other:
        _say(
            f"to do: in sites.yaml, give {to} the domains of {site}, and {site} another",
            f"to do: fleet up --env {other}",
        )
    else:
        _say(f"to do: point the names at {other}: fleet dns --env {other}")
    _say(f"to do: when all is well, fleet leave --env {environment} {site} --export DIR")


def print_left(done: Exported, after: datetime, environment: str, *, as_json: bool) -> None:
    """Says what lies where, and what comes next."""
    print_exported(done, as_json=as_json)
    if as_json:
        return
    site = done.archive.site
    _say(
        f"{site} still serves; its data may go from {after:%Y-%m-%d %H:%M} UTC",
        f"to do: fleet retire {site} --env {environment}",
        f"to do: fleet up --env {environment}",
        f"to do, then: fleet leave --env {environment} {site} --purge",
    )


def print_purged(purged: Purged, *, as_json: bool) -> None:
    """Says what is gone and what isn't."""
    if as_json:
        record = {"deleted": purged.deleted, "remains": purged.remains}
        print_json({"site": purged.site, **record})
        return
    for line in purged.deleted:
        _say(f"deleted: {line}")
    for line in purged.remains:
        _say(f"remains: {line}")


def _say(*lines: str) -> None:
    for line in lines:
        OUT.print(line, soft_wrap=True, markup=False, highlight=False)
