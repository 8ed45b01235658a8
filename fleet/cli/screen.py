"""The terminal: where output and errors go. rich honours NO_COLOR and pipes."""

import json
from typing import Any

from rich.console import Console
from rich.text import Text

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
    """Prints a record for programs, in one line."""
    print(json.dumps(record, ensure_ascii=False))
