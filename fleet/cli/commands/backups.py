"""`fleet backup` and `fleet backups`: what a site can go back to."""

from __future__ import annotations

from typing import Annotated

import typer

from fleet.cli.options import SITES_FILE, AsJson, Environment, File, SiteName, declared_of

PANEL = "Backups"

OneSite = Annotated[str | None, typer.Argument(metavar="SITE", help="Only this site.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    for command in (backup, backups):
        app.command(rich_help_panel=PANEL)(command)


def backup(
    site: SiteName, env: Environment, file: File = SITES_FILE, as_json: AsJson = False
) -> None:
    """Back up a site now, whatever its schedule says.

    It stays as long as the site's `backup.keep` lets it.
    """
    from fleet.cli.views.backups import print_made
    from fleet.cli.views.moving import Telling
    from fleet.operations.data.backups import back_up

    declared = declared_of(file, env)
    with Telling(as_json=as_json) as telling:
        archive = back_up(declared, site, on_step=telling.step)
    print_made(archive, as_json=as_json)


def backups(
    env: Environment,
    site: OneSite = None,
    file: File = SITES_FILE,
    as_json: AsJson = False,
) -> None:
    """List the backups of sites: how old, how large, what they cost. Ends with 1 if one is late.

    Of one site, each of its backups.
    """
    from fleet.cli.views.backups import print_backups
    from fleet.operations.data.backups import backups_of, late_ones

    found = backups_of(declared_of(file, env), site)
    print_backups(found, one=site is not None, environment=env, as_json=as_json)
    if late_ones(found):
        raise typer.Exit(1)
