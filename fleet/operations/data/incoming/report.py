"""What was found in a site that comes from elsewhere, before anything is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from fleet.operations.data.incoming.addresses import folder_of, hosts_of
from fleet.operations.data.incoming.known import Export
from fleet.operations.data.incoming.leftovers import NO_UTF_8, PAGE_CACHES, left_out
from fleet.operations.data.incoming.php import needed, words
from fleet.operations.data.incoming.sources import content_of
from fleet.operations.data.incoming.tables import Tables, read_tables
from fleet.operations.problem import OperationError
from fleet.site.model import Site
from fleet.wording import listing

# What a person has to know, what is mended on the way, what they have to do.
Weight = Literal["found", "mended", "to do"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    weight: Weight
    about: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is at hand for a site. Sizes are bytes."""

    kind: str
    tables: Tables
    file_count: int
    file_bytes: int
    findings: tuple[Finding, ...]


def examine(export: Export, site: Site) -> Report:
    """Reads all tables and the list of all files; writes nothing.

    Raises OperationError for what can't come: another product's dump, one that ends early, paths
    that lead out, a network of sites.
    """
    tables = read_tables(export.tables)
    if tables.multisite:
        raise OperationError(
            f"{export.tables} is a network of sites, which this fleet doesn't run; export its "
            "sites one by one"
        )
    count, size, outside, unnamed = 0, 0, Counter[str](), list[str]()
    needs: dict[str, tuple[int, int]] = {}
    for file in content_of(export.files) if export.files else ():
        reason = left_out(file.path)
        if reason:
            outside[reason] += 1
            if reason == NO_UTF_8:
                unnamed.append(ascii(file.path))
            continue
        count, size = count + 1, size + file.bytes
        if needs_php := needed(file):
            needs[file.path.split("/")[1]] = needs_php
    del outside[NO_UTF_8]
    findings = (
        *_of_tables(tables, site),
        *_of_files(export, outside, needs),
        *_of_names(unnamed),
    )
    return Report(
        kind=export.kind, tables=tables, file_count=count, file_bytes=size, findings=findings
    )


def _of_tables(tables: Tables, site: Site) -> list[Finding]:
    found = [
        Finding("found", "address", tables.home),
        Finding("found", "WordPress", tables.wordpress or "of a version that the dump doesn't say"),
        Finding("found", "plugins", ", ".join(_folders(tables)) or "none that are active"),
    ]
    own = site.table_prefix
    if tables.prefix != own:
        found.append(Finding("mended", "prefix", f"{tables.prefix} becomes {own}"))
    odd = sorted(name for name, engine in tables.engines.items() if engine != "InnoDB")
    if odd:
        kinds = ", ".join(sorted({tables.engines[name] for name in odd}))
        found.append(Finding("mended", "engine", f"tables of {kinds} become InnoDB: {len(odd)}"))
    if tables.definers:
        names = ", ".join(sorted(tables.definers))
        found.append(Finding("mended", "definers", f"{names} are taken out"))
    found += _of_addresses(tables, site)
    if tables.paths:
        few = ", ".join(sorted(tables.paths)[:3])
        found.append(Finding("to do", "paths", f"folders of the old host stay in tables: {few}"))
    caches = [PAGE_CACHES[name] for name in _folders(tables) if name in PAGE_CACHES]
    if caches:
        text = f"turn off {', '.join(caches)}: pages are kept by the image itself"
        found.append(Finding("to do", "page cache", text))
    return found


def _of_addresses(tables: Tables, site: Site) -> list[Finding]:
    own = {host.removeprefix("*.") for host in site.domains}
    old = [host for host in hosts_of(*tables.addresses) if host not in own]
    found = list[Finding]()
    if old:
        verb = "becomes" if len(old) == 1 else "become"
        new = f"{listing(old, 'and')} {verb} {site.domains[0]} in all tables"
        found.append(Finding("mended", "address", new))
    for address in tables.addresses:
        if folder := folder_of(address):
            text = f"{address} becomes https://{site.domains[0]}"
            found.append(Finding("mended", "folder", text))
            text = f"links that name no host, such as {folder}/page, stay: change or redirect them"
            found.append(Finding("to do", "folder", text))
    return found


def _of_files(
    export: Export, outside: Counter[str], needs: dict[str, tuple[int, int]]
) -> list[Finding]:
    if export.files is None:
        text = "none; the site keeps those that it has, or name them with --files"
        return [Finding("to do", "files", text)]
    is_met, php = words(needs)
    return [
        Finding("found" if is_met else "to do", "PHP", php),
        *(
            Finding("mended", "left out", f"{reason} ({count:,} file{'s' if count > 1 else ''})")
            for reason, count in sorted(outside.items())
        ),
    ]


def _of_names(unnamed: list[str]) -> list[Finding]:
    if not unnamed:
        return []
    few = ", ".join(sorted(unnamed)[:3])
    text = f"rename {len(unnamed):,} {NO_UTF_8}, or they stay outside: {few}"
    return [Finding("to do", "names", text)]


def _folders(tables: Tables) -> list[str]:
    return [plugin.partition("/")[0] for plugin in tables.plugins]
