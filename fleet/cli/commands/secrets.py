"""`fleet rotate`, `lock`: other passwords and salts, and a site that was broken into."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.cli.options import (
    SITES_FILE,
    AsJson,
    Environment,
    File,
    OneSite,
    SiteName,
    Yes,
    declared_of,
    duration,
    refuse_to_ask,
)

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

KeepAdmin = Annotated[
    str | None,
    typer.Option("--keep-admin", metavar="LOGIN", help="Whose login stays. Unset = the first."),
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="TIME", help="Tell what changed since. Unset = 7 days ago."),
]
CodeBackTo = Annotated[
    str | None,
    typer.Option("--code-back-to", metavar="WHEN", help="A generation's number, or a time."),
]
SINCE = timedelta(days=7)


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    for command in (rotate, lock):
        app.command(rich_help_panel=PANEL)(command)


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


def lock(
    site: SiteName,
    env: Environment,
    keep_admin: KeepAdmin = None,
    since: Since = None,
    code_back_to: CodeBackTo = None,
    yes: Yes = False,
    file: File = SITES_FILE,
    as_json: AsJson = False,
) -> None:
    """Shut a site that was broken into: all logins but one, all passwords; tell what changed.

    For example: fleet lock --env prod shop --since "2026-11-20 14:00Z"
    """
    from fleet.cli.views.lockdown import print_lockdown
    from fleet.cli.views.moving import Telling
    from fleet.operations.data import lockdown
    from fleet.operations.data.restore import time_of

    then = datetime.now(UTC) - SINCE if since is None else time_of("--since", since)
    code = lockdown.code_back_to(code_back_to)
    declared = declared_of(file, env)
    keep = keep_admin or declared.site(site).admin.user
    refuse_to_ask(as_json=as_json, sure=yes)
    if not yes and not typer.confirm(
        f"Log all out of {site} in {env}, and turn off its admins but {keep}?"
    ):
        return
    with Telling(as_json=as_json) as telling:
        done = lockdown.lock_site(
            declared, site, since=then, keep=keep, code=code, on_step=telling.step
        )
    print_lockdown(done, env, as_json=as_json)
