"""What was found in a site that comes from elsewhere, on the terminal."""

from __future__ import annotations

from dataclasses import asdict

from rich.text import Text

from fleet.cli.phrases import size
from fleet.cli.screen import OUT, print_json
from fleet.cli.table import table, text, word
from fleet.cli.views.logs import harmless
from fleet.operations.data.incoming.report import Report

_STYLES = {"found": "", "mended": "green", "to do": "yellow"}


def print_report(report: Report, *, as_json: bool) -> None:
    """A line a finding; what a person has to do comes last."""
    tables = report.tables
    if as_json:
        record = {"kind": report.kind, "files": report.file_count, "bytes": report.file_bytes}
        findings = [asdict(each) for each in report.findings]
        print_json({**record, "sql_bytes": tables.bytes, "findings": findings})
        return
    files = f"{report.file_count:,} files, {size(report.file_bytes)}"
    OUT.print(f"{report.kind}: {len(tables.sizes)} tables, {size(tables.bytes)} of SQL; {files}")
    shown = table(word("Found"), word("About"), text("What"))
    order = list(_STYLES)
    for each in sorted(report.findings, key=lambda one: order.index(one.weight)):
        weight = Text(each.weight, style=_STYLES[each.weight])
        shown.add_row(weight, each.about, Text(harmless(each.text)))
    OUT.print(shown)
