"""Ending a command with an error that a person can act on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer


@contextmanager
def errors_in_lines() -> Iterator[None]:
    """Prints an error meant for the user, a line each, and exits with 1.

    Files are named as seen from where the user is: what reads them knows them by their whole path.
    """
    from fleet.cli.screen import print_error
    from fleet.problems import FleetError

    try:
        yield
    except FleetError as error:
        print_error(str(error).replace(f"{Path.cwd()}{os.sep}", ""))
        raise typer.Exit(1) from None
