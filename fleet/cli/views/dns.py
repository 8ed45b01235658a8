"""The records of a site: for people, for a zone file, for programs, and as resolvers see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.text import Text

from fleet.cli.screen import OUT
from fleet.site.dns import GIVEN_UP, VISITORS, DnsRecord

if TYPE_CHECKING:
    from fleet.operations.live.dns import Finding


def print_records(records: Sequence[DnsRecord]) -> None:
    """A record with its value below; what a person must do comes at the end."""
    rows = [("By", "For", "Type", "Name", "and its value below")]
    rows += [
        ("up" if each.zone else "you", each.purpose, each.type, each.name, each.value)
        for each in records
    ]
    _print_rows(rows)
    if any(each.zone is None and each.purpose == VISITORS for each in records):
        OUT.print(
            "\nA domain's own name can have no CNAME: there make an ALIAS or ANAME, as your DNS "
            "provider calls it.",
            soft_wrap=True,
        )
    _print_given_up(records)


def print_zone_file(records: Sequence[DnsRecord]) -> None:
    """What `up` doesn't make, as lines of a zone file in BIND's form."""
    for each in records:
        if each.zone is None:
            # A name without the last dot would be one of the zone's own.
            value = f'"{each.value}"' if each.type == "TXT" else f"{each.value}."
            print(f"{each.name}. 300 IN {each.type} {value}")


def print_findings(findings: Sequence[Finding]) -> None:
    """A record, with what to do below."""
    rows = [("State", "Type", "Name", "and what to do below")]
    rows += [
        (each.state, each.record.type, each.record.name, _what_to_do(each)) for each in findings
    ]
    _print_rows(rows)
    _print_given_up([each.record for each in findings])


def record_maps(records: Sequence[DnsRecord]) -> list[dict[str, Any]]:
    """One map a record, with the fields of `DnsRecord`."""
    return [asdict(each) for each in records]


def finding_maps(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """One map a record, with the fields of `Finding`."""
    return [asdict(each) for each in findings]


def _print_rows(rows: Sequence[tuple[str, ...]]) -> None:
    """The last of a row in a line of its own. The two last are never broken: they are copied, and
    one that proves a host has up to 65 characters, for which a table of 80 has no room."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-2]
    for number, (*words, name, below) in enumerate(rows):
        start = "".join(f"{word:{width + 2}}" for word, width in zip(words, widths, strict=True))
        line = f"{start}{name}"
        if number == 0:
            OUT.print(Text(f"{line}, {below}", style="bold"), soft_wrap=True)
            continue
        OUT.print(Text(line), soft_wrap=True)
        if below:
            OUT.print(Text(f"    {below}"), soft_wrap=True)


def _print_given_up(records: Sequence[DnsRecord]) -> None:
    if any(each.purpose == GIVEN_UP for each in records):
        OUT.print(
            "\nACM has given certificates up, and issues them once it is asked again: "
            "`fleet status SITE` says how.",
            soft_wrap=True,
        )


def _what_to_do(finding: Finding) -> str:
    record = finding.record
    if finding.state == "right":
        return ""
    if finding.state == "unknown":
        return finding.reason
    if record.type == "CAA":
        only = ", ".join(filter(None, finding.found)) or "nobody"
        return f"it lets {only} issue certificates; make {record.value} beside"
    kind = "an ALIAS or ANAME" if finding.at_apex else f"a {record.type}"
    has = f"it leads to {', '.join(finding.found)}; " if finding.found else ""
    if record.zone is None:
        return f"{has}make {kind} to {record.value}"
    return f"{has}run `fleet up`, or wait until resolvers forget the old record"
