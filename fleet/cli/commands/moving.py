"""`fleet import`, `export`, `clone`, `undo`: where a site's data comes from and goes to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fleet.cli.options import (
    SITES_FILE,
    AsJson,
    Environment,
    File,
    NoSmoke,
    Overwrite,
    SiteName,
    Yes,
    declared_of,
    refuse_to_ask,
)

PANEL = "A site's data"

To = Annotated[
    str, typer.Option("--to", metavar="DIR", help="A new folder, or s3://BUCKET/PREFIX.")
]
ToSite = Annotated[str, typer.Option("--to", metavar="SITE", help="The site that becomes a copy.")]
From = Annotated[
    str | None,
    typer.Option("--archive", metavar="ID", help="This one instead of a new one."),
]
Source = Annotated[
    Path,
    typer.Option("--from", metavar="FILE", help="A dump, another tool's export, or a folder."),
]
Files = Annotated[
    Path | None,
    typer.Option("--files", metavar="DIR", help="wp-content beside a dump: a folder or a zip."),
]
OnlyReport = Annotated[
    bool, typer.Option("--report", help="Say what was found, and write nothing.")
]
Personal = Annotated[
    bool,
    typer.Option("--with-personal-data", help="Copy users and orders as they are."),
]
Keep = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="OPTION", help="An option that stays what it is; again."),
]


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    app.command("import", rich_help_panel=PANEL)(import_)
    for command in (export, clone, undo):
        app.command(rich_help_panel=PANEL)(command)


def export(
    site: SiteName,
    to: To,
    env: Environment,
    file: File = SITES_FILE,
    archive: From = None,
    as_json: AsJson = False,
) -> None:
    """Write a whole site to a folder or to S3, as any host takes it.

    For example: fleet export --env prod shop --to shop-export
    """
    from fleet.cli.views.moving import Telling, print_exported
    from fleet.operations.data.archive import store_of
    from fleet.operations.data.export import export_site

    declared = declared_of(file, env)
    found = store_of(declared, site).archive(site, archive) if archive else None
    with Telling(as_json=as_json) as telling:
        done = export_site(declared, site, to, on_step=telling.step, archive=found)
    print_exported(done, as_json=as_json)


def clone(
    site: SiteName,
    to: ToSite,
    env: Environment,
    file: File = SITES_FILE,
    archive: From = None,
    with_personal_data: Personal = False,
    keep: Keep = None,
    overwrite: Overwrite = False,
    no_smoke: NoSmoke = False,
    as_json: AsJson = False,
) -> None:
    """Make a site what another one is, but for its addresses and people.

    For example: fleet clone --env stage shop --to shop-staging
    """
    from fleet.cli.views.moving import Telling, print_loaded
    from fleet.operations.data.archive import store_of
    from fleet.operations.data.clone import clone_site

    declared = declared_of(file, env)
    found = store_of(declared, site).archive(site, archive) if archive else None
    with Telling(as_json=as_json) as telling:
        clone_site(
            declared,
            site,
            to,
            on_step=telling.step,
            overwrite_production=overwrite,
            anonymise=False if with_personal_data else None,
            options=["--keep-options", ",".join(keep)] if keep else [],
            smoke=not no_smoke,
            archive=found,
        )
    print_loaded(to, env, as_json=as_json)


def undo(
    site: SiteName, env: Environment, file: File = SITES_FILE, as_json: AsJson = False
) -> None:
    """Go back to what a site was before its data was replaced; called again, forth.

    What was there is kept for seven days.
    """
    from fleet.cli.views.moving import Telling, print_undone
    from fleet.operations.data.dump import undo_load

    declared = declared_of(file, env)
    with Telling(as_json=as_json) as telling:
        undo_load(declared, site, on_step=telling.step)
    print_undone(site, as_json=as_json)


def import_(
    site: SiteName,
    source: Source,
    env: Environment,
    file: File = SITES_FILE,
    files: Files = None,
    only_report: OnlyReport = False,
    yes: Yes = False,
    overwrite: Overwrite = False,
    no_smoke: NoSmoke = False,
    as_json: AsJson = False,
) -> None:
    """Put a site from elsewhere in the place of one, after a report of what was found.

    For example: fleet import --env prod shop --from dump.sql.gz --files wp-content
    """
    from fleet.cli.views.incoming import print_report
    from fleet.cli.views.moving import Telling, print_loaded
    from fleet.operations.data.importing import import_site
    from fleet.operations.data.incoming.report import Report

    declared = declared_of(file, env)
    refuse_to_ask(as_json=as_json, sure=yes or only_report)

    def agreed(report: Report) -> bool:
        print_report(report, as_json=as_json)
        return not only_report and (yes or typer.confirm(f"Replace what {site} holds in {env}?"))

    with Telling(as_json=as_json) as telling:
        done = import_site(
            *(declared, site, source),
            on_step=telling.step,
            agreed=agreed,
            files=files,
            overwrite_production=overwrite or only_report,
            smoke=not no_smoke,
        )
    if done is not None:
        print_loaded(site, env, as_json=as_json)
