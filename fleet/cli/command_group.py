"""The commands of `fleet`: in groups in its help, and with their errors in lines.

typer's own help in boxes needs rich with its Markdown, whose import takes twice as long as all the
rest: 0.35 s of CPU instead of 0.11 s, on a busy machine.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from fleet.problems import FleetError

OTHERS = "Commands"
# Longer than any first line of a docstring: the formatter breaks lines, so none has to be cut.
WHOLE_LINE = 200


class Commands(TyperGroup):
    """Lists each command under its `rich_help_panel`, in the order in which they were added."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command = self.commands[name]
            group = getattr(command, "rich_help_panel", None) or OTHERS
            groups.setdefault(group, []).append((name, command.get_short_help_str(WHOLE_LINE)))
        for group, rows in groups.items():
            with formatter.section(group):
                formatter.write_dl(rows)

    def invoke(self, ctx: Any) -> Any:
        """Runs the command. An error meant for the user is printed, and ends it with 1.

        Files are named as seen from where the user is: what reads them knows their whole path.
        """
        try:
            return super().invoke(ctx)
        except FleetError as error:
            from fleet.cli.screen import print_error

            print_error(str(error).replace(f"{Path.cwd()}{os.sep}", ""))
            raise typer.Exit(1) from None
