"""`fleet rotate`: other passwords and salts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fleet.cli.options import SITES_FILE, AsJson, Environment, File, OneSite, declared_of, duration

if TYPE_CHECKING:
    from fleet.operations.data.secret import Kind

PANEL = "Secrets"

Database = Annotated[
    bool, typer.Option("--database", help="The database's password; what is meant by none.")
]
Salts = Annotated[
    bool, typer.Option("--salts", help="WordPress's keys and salts: all are logged out.")
]
Admin = Annotated[bool, typer.Option("--admin", help="The first admin's password.")]
All = Annotated[bool, typer.Option("--all", help="All sites of the environment, in waves.")]
Wave = Annotated[int, typer.Option("--wave", min=1, max=50, help="Sites at a time.")]
DoneWithin = Annotated[
    str, typer.Option("--done-within", metavar="TIME", help="With --all: leave out what was.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    app.command(rich_help_panel=PANEL)(rotate)


def rotate(
    env: Environment,
    site: OneSite = None,
    every: All = False,
    database: Database = False,
    salts: Salts = False,
    admin: Admin = False,
    wave: Wave = 5,
    done_within: DoneWithin = "24h",
    file: File = SITES_FILE,
    as_json: AsJson = False,
) -> None:
    """Give a site another database password, salts or admin password; no request fails.

    The same command finishes what was killed.
    """
    from fleet.cli.views.moving import Telling
    from fleet.cli.views.secrets import print_rotated
    from fleet.operations.data.rotation import rotate as rotate_one
    from fleet.operations.data.rotation import rotate_all
    from fleet.operations.problem import OperationError

    if (site is None) != every:
        raise OperationError("name one site, or --all of them: fleet rotate --env ENV SITE")
    asked: dict[Kind, bool] = {"database": database, "salts": salts, "admin": admin}
    kinds: list[Kind] = [kind for kind, is_asked in asked.items() if is_asked] or ["database"]
    span = duration(done_within, "--done-within")
    declared = declared_of(file, env)
    with Telling(as_json=as_json) as telling:
        if site is None:
            done = rotate_all(declared, kinds, on_step=telling.step, wave=wave, done_within=span)
        else:
            rotate_one(declared, site, kinds, on_step=telling.step)
            done = [site]
    print_rotated(done, kinds, as_json=as_json)
