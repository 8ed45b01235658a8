"""The `fleet` command: what it can be told to do, and nothing of how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fleet.cli.command_group import Commands
from fleet.cli.commands import (
    backups,
    defending,
    deploy,
    edit,
    leaving,
    live,
    moving,
    offline,
    one_off,
    secrets,
)
from fleet.cli.options import SITES_FILE, File
from fleet.names import PROJECT

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"{PROJECT} {version(PROJECT)}")
        raise typer.Exit


@app.callback()
def describe(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_print_version, help="Say the version."),
    ] = False,
) -> None:
    """Many WordPress sites on AWS from one sites.yaml."""


@app.command(rich_help_panel=offline.PANEL)
def validate(
    path: Annotated[Path | None, typer.Argument(metavar="FILE", help="The same as --file.")] = None,
    env: Annotated[
        str | None,
        typer.Option(
            metavar="ENV",
            help="Only this environment, with its Pulumi.ENV.yaml.",
        ),
    ] = None,
    file: File = SITES_FILE,
) -> None:
    """Say everything that is wrong with a sites.yaml and the settings beside it.

    Without --env the file is judged as it stands and in every environment that has settings.
    """
    # Commands import what they need themselves: pydantic alone takes longer than --help may.
    from fleet.cli.views.validate import print_check
    from fleet.sites_file.check import check_file

    if path is not None and file != SITES_FILE:
        raise typer.BadParameter(f"{path} or {file}: name one file", param_hint="--file")
    raise typer.Exit(print_check(check_file(path or file, env)))


@app.command(rich_help_panel=offline.PANEL)
def schema() -> None:
    """Print the JSON Schema of sites.yaml, for editors that complete and check as you type."""
    from fleet.docs.schema import schema_text

    typer.echo(schema_text(), nl=False)


for _part in (offline, edit, deploy, live, defending, one_off, moving, leaving, backups, secrets):
    _part.register(app)


def main() -> None:
    """Entry point of the `fleet` script."""
    app()
