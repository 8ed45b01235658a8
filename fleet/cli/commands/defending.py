"""`fleet defend`: a challenge before a site under attack."""

from __future__ import annotations

from typing import Annotated

import typer

from fleet.cli.commands.live import PANEL
from fleet.cli.options import (
    SITES_FILE,
    AsJson,
    Cell,
    Environment,
    File,
    OneSite,
    declared_of,
    duration,
)

All = Annotated[bool, typer.Option("--all", help="Before all sites of the environment.")]
For = Annotated[
    str, typer.Option("--for", metavar="TIME", help="Until it ends by itself: 30m, 2h, 1d.")
]
End = Annotated[bool, typer.Option("--end", help="End it now; with --all whatever there is.")]


def register(app: typer.Typer) -> None:
    """Adds the command to `app`."""
    app.command(rich_help_panel=PANEL)(defend)


def defend(
    env: Environment,
    site: OneSite = None,
    every: All = False,
    lasts: For = "2h",
    end: End = False,
    cell: Cell = None,
    file: File = SITES_FILE,
    as_json: AsJson = False,
) -> None:
    """Let browsers alone come to a site under attack: a challenge, which ends by itself.

    Who has no JavaScript gets no page meanwhile, programs and feed readers among them.
    """
    from fleet.cli.views.defence import print_defences, print_ended
    from fleet.operations.live.defence import defend as begin
    from fleet.operations.live.defence import end_defence
    from fleet.operations.problem import OperationError

    if (site is None) != every:
        raise OperationError("name one site, or --all of them: fleet defend --env ENV SITE")
    declared = declared_of(file, env, cell)
    if end:
        end_defence(declared, site)
        print_ended(site, as_json=as_json)
    else:
        print_defences(begin(declared, site, duration(lasts, "--for")), env, as_json=as_json)
