"""The records of a site: for people, for a zone file, for programs, and as resolvers see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fleet.cli.screen import OUT
from fleet.cli.table import table, text, word
from fleet.site.dns import GIVEN_UP, VISITORS, DnsRecord

if TYPE_CHECKING:
    from fleet.operations.live.dns import Finding


def print_records(records: Sequence[DnsRecord]) -> None:
    """A line a record; what a person must do comes below."""
    shown = table(word("Name"), word("Type"), text("Value"), text("For"), word("Made by"))
    for each in records:
        shown.add_row(each.name, each.type, each.value, each.purpose, "up" if each.zone else "you")
    OUT.print(shown)
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
    """A line a record, with what is wrong."""
    shown = table(word("Name"), word("Type"), word("State"), text("What to do"))
    for each in findings:
        shown.add_row(each.record.name, each.record.type, each.state, _what_to_do(each))
    OUT.print(shown)
    _print_given_up([each.record for each in findings])


def record_maps(records: Sequence[DnsRecord]) -> list[dict[str, Any]]:
    """One map a record, with the fields of `DnsRecord`."""
    return [asdict(each) for each in records]


def finding_maps(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """One map a record, with the fields of `Finding`."""
    return [asdict(each) for each in findings]


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
