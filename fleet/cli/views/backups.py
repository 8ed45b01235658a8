"""Backups on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from rich.text import Text

from fleet.cli.money import usd
from fleet.cli.phrases import age, size
from fleet.cli.screen import ERR, OUT, print_json
from fleet.cli.table import number, table, word
from fleet.cli.times import exact
from fleet.cli.views.status_tables import left_behind
from fleet.operations.data.archive import Archive
from fleet.operations.data.backups import SiteBackups, late_ones
from fleet.operations.data.retention import Over
from fleet.operations.live.temporary import TemporaryCluster

_STYLES = {"late": "bold red", "fresh": "green", "removed": "yellow", "new": "", "by hand": ""}


def print_made(archive: Archive, *, as_json: bool) -> None:
    """Says which one it is."""
    if as_json:
        print_json({"site": archive.site, "backup": archive.id})
        return
    OUT.print(f"{archive.site}: backup {archive.id} is there", soft_wrap=True)


def print_backups(
    found: Sequence[SiteBackups], *, one: bool, environment: str, as_json: bool
) -> None:
    """A line for each site, or for each backup of the one; times are UTC."""
    if as_json:
        print_json([{**asdict(each), "as_of": each.as_of} for each in found])
        return
    for each in found if one else ():
        _print_each(each)
    if not one:
        _print_sites(found)
    for site in late_ones(found):
        ERR.print(
            Text.assemble(
                ("late: ", "bold red"),
                f"{site} has no backup of the last night; fleet runs --env {environment} {site} "
                f"says why, fleet backup --env {environment} {site} makes one now",
            )
        )


def print_over(found: Sequence[Over], environment: str) -> None:
    """Says what no night deletes any more."""
    for each in found:
        OUT.print(
            f"{each.site}: {len(each.ids)} of {each.count} are over by its rules; "
            f"fleet backups --env {environment} --delete-over deletes them",
            soft_wrap=True,
        )


def print_deleted(found: Sequence[Over], objects: int, *, as_json: bool) -> None:
    """Says what went."""
    if as_json:
        print_json({"deleted": {each.site: each.ids for each in found}, "objects": objects})
        return
    OUT.print(
        f"{sum(len(each.ids) for each in found)} backups are deleted, {objects:,} objects; the "
        "bucket keeps them for seven days as older versions"
    )


def print_left_behind(found: Sequence[TemporaryCluster], environment: str) -> None:
    """Says what costs until it goes."""
    now = datetime.now(UTC)
    for each in found:
        ERR.print(Text(left_behind(each, environment, now), "bold red"))


def _print_sites(found: Sequence[SiteBackups]) -> None:
    now = datetime.now(UTC)
    shown = table(
        *(word("Site"), word("State"), number("Backups"), word("Last"), number("Age")),
        *(number("Stored"), number("USD a month")),
    )
    for each in found:
        last = each.backups[0].time if each.backups else None
        shown.add_row(
            each.site,
            Text(each.state, _STYLES[each.state]),
            str(len(each.backups)),
            exact(last) if last else "-",
            age(now - each.as_of) if each.as_of else "-",
            size(each.stored),
            "" if each.usd is None else usd(each.usd),
        )
    OUT.print(shown)


def _print_each(found: SiteBackups) -> None:
    now = datetime.now(UTC)
    shown = table(
        *(word("Backup"), word("Time"), number("Age"), number("Database"), number("Files")),
        word("WordPress"),
    )
    for each in found.backups:
        shown.add_row(
            each.id,
            exact(each.time),
            age(now - each.time),
            "-" if each.database is None else size(each.database),
            "-" if each.files is None else size(each.files),
            each.wordpress,
        )
    if found.backups:
        OUT.print(shown)
    cost = "" if found.usd is None else f", {usd(found.usd)} USD a month"
    stored = f"{size(found.stored)} stored{cost}"
    checked = f"; unchanged since, as of {exact(found.checked)}" if found.checked else ""
    OUT.print(f"{found.site}: {found.state}, {stored}{checked}", soft_wrap=True)
