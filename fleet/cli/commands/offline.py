"""`fleet show`, `plan`, `cells` and `policy`: what the files say, without AWS."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from fleet.cli.options import SITES_FILE, AnyEnvironment, AsJson, Cell, Environment, File, SiteName

# pydantic alone takes longer to import than --help may: each command imports what it needs.

PANEL = "What sites.yaml says"

Prices = Annotated[
    Path | None,
    typer.Option(
        "--prices", metavar="FILE", help="A list of prices in place of fleet/plan/prices.yaml."
    ),
]
Explain = Annotated[
    str | None,
    typer.Option("--explain", metavar="SITE", help="Every line of this site's estimate."),
]
Account = Annotated[
    str | None,
    typer.Option("--account", metavar="ID", help="The AWS account. Unset = the certificate's."),
]


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    for command in (show, plan, cells, policy):
        app.command(rich_help_panel=PANEL)(command)


def show(
    site: SiteName, env: AnyEnvironment = None, file: File = SITES_FILE, as_json: AsJson = False
) -> None:
    """Show a site's settings, and the line where each was written."""
    from fleet.cli.views.show import print_settings
    from fleet.sites_file.written import show_site

    print_settings(site, env, show_site(file, site, env), as_json=as_json)


def plan(
    env: Environment,
    cell: Cell = None,
    file: File = SITES_FILE,
    prices: Prices = None,
    explain: Explain = None,
    as_json: AsJson = False,
) -> None:
    """Say what the fleet takes of quotas and money, and what may surprise.

    Reads files only: no AWS account, no credentials, no state.
    """
    from fleet.cli.screen import print_json
    from fleet.cli.views.explanation import print_estimate
    from fleet.cli.views.plan_json import plan_record
    from fleet.cli.views.plan_report import print_plan
    from fleet.plan.from_files import plan_file
    from fleet.sites_file.load import collector_paused

    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    # Tables of a thousand sites are a million small objects, too.
    with collector_paused():
        planned = plan_file(file, env, cell=cell, prices=prices, region=region)
        if explain is not None:
            planned.require_site(explain)
        if as_json:
            print_json(plan_record(planned, explain))
        elif explain is not None:
            print_estimate(planned.plan, explain)
        else:
            print_plan(planned)


def cells(env: Environment, file: File = SITES_FILE, as_json: AsJson = False) -> None:
    """List the cells of an environment, with their stacks and sites."""
    from fleet.cli.screen import print_json
    from fleet.cli.views.cells import cell_records, print_cells
    from fleet.plan.from_files import environment_cells

    found = environment_cells(file, env)
    if as_json:
        print_json(cell_records(found))
    else:
        print_cells(found)


def policy(
    env: Environment,
    account: Account = None,
    file: File = SITES_FILE,
    as_json: AsJson = False,
) -> None:
    """Say what the role that deploys may do: an IAM policy, in as many documents as it takes.

    With --json the documents themselves, one a line.
    """
    from fleet.cli.screen import print_json
    from fleet.cli.views.policy import print_policy
    from fleet.policy.deploy import deploy_policy
    from fleet.policy.place import place_of

    place = place_of(file, env, account)
    documents = deploy_policy(place)
    if as_json:
        for document in documents:
            print_json(document)
    else:
        print_policy(place, documents)
