"""Ending a command with an error that a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer


@contextmanager
def errors_in_lines() -> Iterator[None]:
    """Prints an error meant for the user, a line each, and exits with 1."""
    from cli.screen import print_error
    from fleet.problems import FleetError

    try:
        yield
    except FleetError as error:
        print_error(str(error))
        raise typer.Exit(1) from None
