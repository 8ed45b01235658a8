"""A site's settings and where they were written, as a table and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from fleet.cli.screen import OUT, print_json
from fleet.cli.table import table, text, word
from fleet.problems import Position
from fleet.sites_file.written import WrittenValue

BUILT_IN = "built in"


def print_settings(
    site: str, environment: str | None, settings: Sequence[WrittenValue], *, as_json: bool
) -> None:
    """A line for each setting."""
    if as_json:
        record = {"site": site, "environment": environment, "settings": _records(settings)}
        print_json(record)
        return
    table_of_settings = table(word("Setting"), text("Value"), text("Written in"))
    for setting in settings:
        style = "" if setting.position else "dim"
        row = (".".join(setting.path), shown(setting.value), place(setting.position) or BUILT_IN)
        table_of_settings.add_row(*(Text(cell, style=style) for cell in row))
    OUT.print(table_of_settings)


def place(position: Position | None) -> str | None:
    """FILE:LINE, which terminals make a link of."""
    return f"{position.file}:{position.line}" if position else None


def shown(value: Any) -> str:
    """A value as a reader of the file would write it."""
    match value:
        case None | {} | []:
            return "none"
        case bool():
            return str(value).lower()
        case list():
            return "\n".join(str(item) for item in value)
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def _records(settings: Sequence[WrittenValue]) -> list[dict[str, Any]]:
    return [
        {
            "setting": ".".join(setting.path),
            "value": setting.value,
            "file": setting.position.file if setting.position else None,
            "line": setting.position.line if setting.position else None,
        }
        for setting in settings
    ]
