"""`fleet move`, `rename`, `push`, `leave`: a site's data goes elsewhere, the old side later."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from fleet.cli.commands.moving import PANEL
from fleet.cli.options import (
    SITES_FILE,
    AsJson,
    Environment,
    File,
    Overwrite,
    SiteName,
    declared_of,
)

NewSite = Annotated[
    str | None,
    typer.Option("--to", metavar="SITE", help="The site that takes the data; unset = the same."),
]
NewName = Annotated[
    str, typer.Option("--to", metavar="SITE", help="The site that takes its place.")
]
ToEnvironment = Annotated[
    str | None, typer.Option("--to-env", metavar="ENV", help="Its environment, if another.")
]
Place = Annotated[
    str | None,
    typer.Option("--archive", metavar="S3URL", help="This one, in place of a new one."),
]
Begin = Annotated[
    bool, typer.Option("--begin", help="Make the archive, and say what to change before the rest.")
]
Export = Annotated[
    str | None,
    typer.Option("--export", metavar="DIR", help="A new folder, or s3://BUCKET/PREFIX."),
]
Days = Annotated[
    int, typer.Option("--days", min=0, max=3_650, help="How long its data stays for regret.")
]
PurgeNow = Annotated[
    bool, typer.Option("--purge", help="Delete what is left, once the days are over.")
]
Target = Annotated[str, typer.Option("--to", metavar="SITE", help="The site that takes it.")]


class What(StrEnum):
    """What of a copy its original takes."""

    code = "code"
    tables = "tables"


Only = Annotated[What, typer.Option("--only", help="What is pushed.")]
Tables = Annotated[
    list[str] | None,
    typer.Option("--table", metavar="NAME", help="A table, without its prefix; again."),
]
Newer = Annotated[
    bool, typer.Option("--overwrite-newer", help="Also what is newer there than the copy.")
]

Personal = Annotated[
    bool, typer.Option("--with-personal-data", help="Also tables of people and orders.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    for command in (move, rename, push, leave):
        app.command(rich_help_panel=PANEL)(command)


def move(
    site: SiteName,
    env: Environment,
    file: File = SITES_FILE,
    to: NewSite = None,
    to_env: ToEnvironment = None,
    begin: Begin = False,
    archive: Place = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Take a site's data to another site, environment, cell, database or kind of storage.

    For example: fleet move --env prod shop --to-env stage
    """
    from fleet.cli.views.leaving import print_begun, print_moved
    from fleet.cli.views.moving import Telling
    from fleet.operations.data.archive import store_of
    from fleet.operations.data.dump import dump_site
    from fleet.operations.data.move import archive_at, move_site

    declared = declared_of(file, env)
    with Telling(as_json=as_json) as telling:
        if begin:
            begun = dump_site(declared, site, on_step=telling.step)
            print_begun(begun, env, as_json=as_json)
            return
        into, name = declared_of(file, to_env or env), to or site
        found = archive_at(store_of(into, name), archive) if archive else None
        move_site(
            *(declared, site, name),
            into=into,
            on_step=telling.step,
            overwrite_production=overwrite,
            archive=found,
        )
    print_moved(site, name, env, to_env or env, as_json=as_json)


def rename(
    site: SiteName,
    to: NewName,
    env: Environment,
    file: File = SITES_FILE,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Take a site's data to a site of another name, which is there and may be overwritten.

    For example: fleet rename --env prod shop --to store --yes-overwrite-production
    """
    from fleet.cli.views.leaving import print_moved
    from fleet.cli.views.moving import Telling
    from fleet.operations.data.move import move_site

    declared = declared_of(file, env)
    with Telling(as_json=as_json) as telling:
        move_site(
            *(declared, site, to),
            into=declared,
            on_step=telling.step,
            overwrite_production=overwrite,
        )
    print_moved(site, to, env, env, as_json=as_json)


def push(
    site: SiteName,
    to: Target,
    env: Environment,
    file: File = SITES_FILE,
    only: Only = What.code,
    table: Tables = None,
    overwrite: Overwrite = False,
    overwrite_newer: Newer = False,
    with_personal_data: Personal = False,
    as_json: AsJson = False,
) -> None:
    """Put the code of a site, plugins and themes, or some tables in the place of another's.

    For example: fleet push --env prod shop-staging --to shop --yes-overwrite-production
    """
    from fleet.cli.views.moving import Telling, print_loaded
    from fleet.operations.data.push import push_code, push_tables
    from fleet.operations.problem import OperationError

    declared = declared_of(file, env)
    if (only is What.tables) != bool(table):
        raise OperationError("say --only tables, and --table NAME for each of them")
    with Telling(as_json=as_json) as telling:
        if table:
            push_tables(
                *(declared, site, to, table),
                on_step=telling.step,
                overwrite_production=overwrite,
                overwrite_newer=overwrite_newer,
                personal_data=with_personal_data,
            )
        else:
            push_code(
                *(declared, site, to),
                on_step=telling.step,
                overwrite_production=overwrite,
                overwrite_newer=overwrite_newer,
            )
    print_loaded(to, env, as_json=as_json)


def leave(
    site: SiteName,
    env: Environment,
    file: File = SITES_FILE,
    export: Export = None,
    days: Days = 30,
    purge: PurgeNow = False,
    as_json: AsJson = False,
) -> None:
    """Let a client go: an export that was checked; and with --purge, later, nothing is left.

    For example: fleet leave --env prod shop --export shop-export
    """
    from fleet.cli.views.leaving import print_left, print_purged
    from fleet.cli.views.moving import Telling
    from fleet.operations.data.leaving import export_leaving, purge_site
    from fleet.operations.problem import OperationError

    declared = declared_of(file, env)
    declared.site(site)
    if (export is None) == (not purge):
        raise OperationError("say --export DIR, and --purge once the days are over")
    with Telling(as_json=as_json) as telling:
        if export is None:
            print_purged(purge_site(declared, site, on_step=telling.step), as_json=as_json)
            return
        done, after = export_leaving(declared, site, export, on_step=telling.step, days=days)
    print_left(done, after, env, as_json=as_json)
