"""`fleet run`, `fleet runs` and `fleet jobs`: commands in tasks of their own."""

from __future__ import annotations

from typing import Annotated

import typer

from fleet.cli.commands.live import PANEL
from fleet.cli.options import (
    SITES_FILE,
    AsJson,
    Command,
    Environment,
    File,
    OneSite,
    SiteName,
    declared_of,
    duration,
)

Cpu = Annotated[
    int | None, typer.Option("--cpu", metavar="UNITS", help="CPU units. Unset = the site's.")
]
Memory = Annotated[
    int | None, typer.Option("--memory", metavar="MIB", help="Memory. Unset = the site's.")
]
Timeout = Annotated[
    str, typer.Option("--timeout", metavar="TIME", help="End the command after: 30m, 2h.")
]
OnDemand = Annotated[
    bool, typer.Option("--on-demand", help="Not on Spot, which AWS may take back.")
]
Detach = Annotated[
    bool, typer.Option("--detach", "-d", help="Start it, say its id, and don't wait.")
]
Stop = Annotated[str | None, typer.Option("--stop", metavar="ID", help="Stop this one.")]
FollowIt = Annotated[
    str | None,
    typer.Option("--follow", metavar="ID", help="Show the log of this one to its end."),
]
Since = Annotated[str, typer.Option("--since", metavar="TIME", help="Begin so long ago: 2h, 7d.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    app.command(rich_help_panel=PANEL)(run)
    app.command(rich_help_panel=PANEL)(runs)
    app.command(rich_help_panel=PANEL)(jobs)


def run(
    site: SiteName,
    command: Command,
    env: Environment,
    file: File = SITES_FILE,
    cpu: Cpu = None,
    memory: Memory = None,
    timeout: Timeout = "1h",
    on_demand: OnDemand = False,
    detach: Detach = False,
    as_json: AsJson = False,
) -> None:
    """Run a command in a task of its own, as the site, and exit with its status.

    For example: fleet run --env prod blog -- wp search-replace http: https:
    """
    from fleet.cli.views.one_off import show_run, show_started
    from fleet.operations.data.order import make_order
    from fleet.operations.data.place import place_of
    from fleet.operations.data.start import start

    limit = duration(timeout, "--timeout")
    declared = declared_of(file, env)
    order = make_order(
        declared.site(site), command, cpu=cpu, memory=memory, timeout=limit, spot=not on_demand
    )
    one = start(place_of(declared, site), order)
    if detach:
        show_started(one, as_json=as_json)
        return
    raise typer.Exit(show_run(one, as_json=as_json))


def runs(
    site: SiteName,
    env: Environment,
    file: File = SITES_FILE,
    since: Since = "7d",
    stop: Stop = None,
    follow: FollowIt = None,
    as_json: AsJson = False,
) -> None:
    """List what ran in tasks of their own: who, what, how it ended, what it cost.

    IDs may be cut, as long as one task is meant.
    """
    from fleet.cli.views.one_off import print_runs, print_stopped, show_run
    from fleet.operations.data.find import find, stop_run
    from fleet.operations.data.past import past_runs
    from fleet.operations.data.place import place_of

    span = duration(since, "--since")
    place = place_of(declared_of(file, env), site)
    if stop is not None:
        print_stopped(stop_run(place, stop))
    elif follow is not None:
        raise typer.Exit(show_run(find(place, follow), as_json=as_json))
    else:
        print_runs(place, past_runs(place, span), as_json=as_json)


def jobs(
    env: Environment,
    site: OneSite = None,
    file: File = SITES_FILE,
    as_json: AsJson = False,
) -> None:
    """Show what sites run by the clock: how it went last, and when it comes next."""
    from fleet.cli.views.jobs import print_jobs
    from fleet.operations.data.jobs import job_statuses

    print_jobs(job_statuses(declared_of(file, env), site), as_json=as_json)
