"""`fleet backup`, `backups`, `restore`, `drill`, `drills`: what a site can go back to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fleet.cli.options import (
    SITES_FILE,
    AsJson,
    Cell,
    Environment,
    File,
    NoSmoke,
    OneSite,
    Overwrite,
    SiteName,
    Yes,
    declared_of,
    refuse_to_ask,
)

if TYPE_CHECKING:
    from fleet.operations.declared import Declared

PANEL = "Backups"

At = Annotated[
    str,
    typer.Option("--at", metavar="TIME", help='As it was then: "2026-11-20 14:00Z".'),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="PART", help="database, files, code, uploads/PATH; again."),
]
Exact = Annotated[
    bool,
    typer.Option("--exact", help="The tables to the second, by a temporary cluster."),
]
As = Annotated[
    str | None, typer.Option("--as", metavar="SITE", help="Another site becomes so instead.")
]

Vault = Annotated[bool, typer.Option("--vault", help="What is in the vault of AWS Backup instead.")]
DeleteOver = Annotated[
    bool,
    typer.Option("--delete-over", help="Of sites without nights: delete what their rules let go."),
]

FromCell = Annotated[
    str | None,
    typer.Option("--from-cell", metavar="CELL", help="From the backups of a cell that is lost."),
]


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    for command in (backup, backups, restore, drill, drills):
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
    vault: Vault = False,
    delete_over: DeleteOver = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """List the backups of sites: how old, how large, what they cost. Ends with 1 if one is late.

    Of one site, each of its backups.
    """
    if delete_over:
        _delete_over(declared_of(file, env), yes=yes, as_json=as_json)
        return
    if vault:
        from fleet.cli.views.vault import print_vault
        from fleet.operations.data.vault import copies_of

        there = print_vault(copies_of(declared_of(file, env)), as_json=as_json)
        raise typer.Exit(0 if there else 1)
    from fleet.cli.views.backups import print_backups, print_left_behind, print_over
    from fleet.operations.data.backups import backups_of, late_ones, left_behind
    from fleet.operations.data.retention import over_ones

    declared = declared_of(file, env)
    found = backups_of(declared, site)
    print_backups(found, one=site is not None, environment=env, as_json=as_json)
    if site is None and not as_json:
        print_over(over_ones(declared), env)
    print_left_behind(left_behind(declared), env)
    if late_ones(found):
        raise typer.Exit(1)


def _delete_over(declared: Declared, *, yes: bool, as_json: bool) -> None:
    """Shows what is over, and deletes it unless it isn't wanted."""
    from fleet.cli.views.backups import print_deleted, print_over
    from fleet.operations.data.retention import delete_over, over_ones

    refuse_to_ask(as_json=as_json, sure=yes)
    found = over_ones(declared)
    if not as_json:
        print_over(found, declared.target.environment)
    if found and not yes and not typer.confirm("Delete them?"):
        return
    print_deleted(found, delete_over(found), as_json=as_json)


def restore(
    context: typer.Context,
    env: Environment,
    at: At,
    site: OneSite = None,
    file: File = SITES_FILE,
    only: Only = None,
    exact: Exact = False,
    to: As = None,
    cell: Cell = None,
    from_cell: FromCell = None,
    yes: Yes = False,
    overwrite: Overwrite = False,
    no_smoke: NoSmoke = False,
    as_json: AsJson = False,
) -> None:
    """Put the newest backup before a moment in the place of a site; fleet undo goes back.

    For example: fleet restore --env prod shop --at "2026-11-20 14:00Z"
    """
    from fleet.cli.views.moving import Telling, print_loaded
    from fleet.operations.problem import OperationError

    declared, sure = declared_of(file, env), {"overwrite_production": overwrite}
    refuse_to_ask(as_json=as_json, sure=yes)
    if cell is not None:
        to, do = _planned_cell(declared, cell, from_cell, at, as_json=as_json, **sure)
    elif site is not None:
        options = {"only": only or (), "to": to, "lost": from_cell, "exact": exact, **sure}
        with _offering(context):
            to, do = _planned(declared, site, at, as_json=as_json, **options)
    else:
        raise OperationError("name a site, or --cell NEW --from-cell LOST for all of a cell's")
    if not yes and not typer.confirm(f"Replace what {to} holds in {env}?"):
        return
    with _offering(context), Telling(as_json=as_json) as telling:
        do(on_step=telling.step, smoke=not no_smoke)
    print_loaded(to, env, as_json=as_json)


@contextmanager
def _offering(context: typer.Context) -> Iterator[None]:
    """Of a backup that no site comes of, names the call for the next older one."""
    from fleet.cli.again import again
    from fleet.fields.moments import written
    from fleet.operations.data.restore import BadBackupError
    from fleet.operations.problem import OperationError

    try:
        yield
    except BadBackupError as error:
        if error.older is None:
            raise
        call = again(context, {"at": written(error.older)})
        raise OperationError(f"{error}: {call}") from None


def _planned_cell(
    declared: Declared, cell: str, lost: str | None, at: str, *, as_json: bool, **options: Any
) -> tuple[str, Callable[..., object]]:
    """The same of all sites of a cell."""
    from fleet.cli.views.restore import print_cell_plan
    from fleet.operations.data.restore import time_at
    from fleet.operations.data.restore_cell import plan_cell, restore_cell
    from fleet.operations.problem import OperationError

    declared.fleet.cell(cell)
    if lost is None:
        raise OperationError("--cell takes --from-cell, the cell whose backups come back")
    plan = plan_cell(declared, cell, lost=lost, at=time_at(at), **options)
    print_cell_plan(plan, as_json=as_json)
    return cell, partial(restore_cell, declared, plan)


def _planned(
    declared: Declared,
    site: str,
    at: str,
    *,
    exact: bool,
    only: Sequence[str],
    lost: str | None,
    as_json: bool,
    **options: Any,
) -> tuple[str, Callable[..., object]]:
    """Says what a restore would do; the site that becomes so, and what does it."""
    from fleet.cli.views.restore import print_exact_plan, print_plan
    from fleet.operations.data.exact import plan_exact, restore_exact
    from fleet.operations.data.portion import portion_of
    from fleet.operations.data.restore import plan_restore, restore_site, time_at
    from fleet.operations.data.restore_cell import lost_store
    from fleet.operations.problem import OperationError

    options["only"] = portion_of(only)
    if exact:
        if lost is not None:
            raise OperationError("--exact is for a cell that stands: leave out --from-cell")
        exactly = plan_exact(declared, site, time_at(at), **options)
        print_exact_plan(exactly, as_json=as_json)
        return exactly.to, partial(restore_exact, declared, exactly)
    store = None if lost is None else lost_store(declared, lost)
    plan = plan_restore(declared, site, time_at(at), store=store, **options)
    print_plan(plan, as_json=as_json)
    return plan.to, partial(restore_site, declared, plan)


def drill(
    site: SiteName, env: Environment, file: File = SITES_FILE, as_json: AsJson = False
) -> None:
    """Try the newest backup of a site: load it aside, look at it, measure, throw it away.

    By a user of the database who has no rights on the site's tables.
    """
    from fleet.cli.views.drills import print_drill
    from fleet.cli.views.moving import Telling
    from fleet.operations.data import drill as drills_

    declared = declared_of(file, env)
    with Telling(as_json=as_json) as telling:
        done = drills_.drill(declared, site, on_step=telling.step)
    print_drill(site, done, as_json=as_json)


def drills(
    env: Environment,
    site: OneSite = None,
    file: File = SITES_FILE,
    as_json: AsJson = False,
) -> None:
    """Show whose backups were tried, what a restore takes and loses.

    Ends with 1 if one failed, or didn't come for 35 days where the clock is to drill. Of one site,
    each of its drills.
    """
    from fleet.cli.views.drills import print_drills
    from fleet.operations.data.drill import failed_ones, last_drills, overdue_ones

    declared = declared_of(file, env)
    found = last_drills(declared, site)
    overdue = overdue_ones(declared, found)
    print_drills(found, overdue, one=site is not None, environment=env, as_json=as_json)
    if failed_ones(found) or overdue:
        raise typer.Exit(1)
