"""`fleet add`, `fleet pause`, `fleet resume` and `fleet retire`: changes of sites.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.cli.options import SITES_FILE, AnyEnvironment, File, SiteName

if TYPE_CHECKING:
    from fleet.sites_file.edits import Edit

PANEL = "Change sites.yaml"

Domains = Annotated[
    list[str],
    typer.Option("--domain", metavar="HOST", help="A host name; the first is the canonical one."),
]
Profile = Annotated[
    str | None,
    typer.Option("--profile", metavar="PROFILE", help="A set of fields from `profiles`."),
]
Cell = Annotated[
    str | None, typer.Option("--cell", metavar="CELL", help="The stack that the site lives in.")
]
NewCell = Annotated[
    bool, typer.Option("--new-cell", help="Allow a cell that no site lives in yet.")
]
NextEnvironment = Annotated[
    str | None,
    typer.Option("--env", metavar="ENV", help="The environment to name in the next steps."),
]


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    for command in (add, pause, resume, retire):
        app.command(rich_help_panel=PANEL)(command)


def add(
    site: SiteName,
    domain: Domains,
    profile: Profile = None,
    cell: Cell = None,
    new_cell: NewCell = False,
    env: NextEnvironment = None,
    file: File = SITES_FILE,
) -> None:
    """Add a site to the file.

    For example: fleet add blog --domain blog.example.com --domain www.blog.example.com
    """
    from fleet.sites_file.edits import add_site

    edit = add_site(file, site, domain, profile=profile, cell=cell, new_cell=new_cell)
    _tell(edit, env, f"{site} is in {file}.")


def pause(site: SiteName, env: AnyEnvironment = None, file: File = SITES_FILE) -> None:
    """Take a site off the air; its data stays.

    Visitors get a short page with status 503.
    """
    from fleet.sites_file.edits import pause_site

    _tell(pause_site(file, site, env), env, f"{site} is paused in {file}.")


def resume(site: SiteName, env: AnyEnvironment = None, file: File = SITES_FILE) -> None:
    """Let a paused or retired site live again."""
    from fleet.sites_file.edits import resume_site

    _tell(resume_site(file, site, env), env, f"{site} is live in {file}.")


def retire(site: SiteName, env: AnyEnvironment = None, file: File = SITES_FILE) -> None:
    """Pause a site and give up the protection of its data.

    It is the step before the site's entry is removed from the file.
    """
    from fleet.sites_file.edits import retire_site

    after = f"When that is done, the entry of {site} can be removed from {file}."
    _tell(retire_site(file, site, env), env, f"{site} is retired in {file}.", after)


def _tell(edit: Edit, environment: str | None, done: str, after: str | None = None) -> None:
    from fleet.cli.views.edit import print_edit

    options = f"--env {_known_environment(edit.file, environment)}"
    if edit.file != SITES_FILE:
        options += f" --file {edit.file}"
    print_edit(edit, options, done)
    if after and edit.changed:
        typer.echo(after)


def _known_environment(file: Path, environment: str | None) -> str:
    """The environment to name in the next steps: the one given, or the only one there is."""
    from fleet.sites_file.project import project_environments

    known = project_environments(file)
    return environment or (next(iter(known)) if len(known) == 1 else "ENV")
