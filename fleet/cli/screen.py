"""The terminal: where output and errors go. rich honours NO_COLOR and pipes."""

import json
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from fleet.cli.times import iso

OUT = Console(highlight=False)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


def print_error(text: str) -> None:
    """Prints each line of an error after the word `error:`."""
    for line in text.splitlines():
        ERR.print(Text.assemble(("error: ", "bold red"), line))


def print_note(text: str) -> None:
    """Prints what to know beside what was asked for, after the word `note:`."""
    ERR.print(Text.assemble(("note: ", "bold yellow"), text))


def print_json(record: Any) -> None:
    """Prints a record for programs, in one line; times in it are written as ISO 8601 has them."""
    print(json.dumps(record, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    raise TypeError(f"a {type(value).__name__} has no form in JSON")
