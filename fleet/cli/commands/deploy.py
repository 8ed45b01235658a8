"""`fleet preview`, `fleet up`, `fleet refresh` and `fleet destroy`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fleet.cli.options import SITES_FILE, Environment, File, SiteName, declared_of
from fleet.names import cluster_name

# Operations and the Automation API take half a second to import: each command does so when it
# runs, so that `fleet --help` stays quick.

PANEL = "Deploy"
# fleet.operations.verbs.PARALLEL, which says why; importing that takes half a second.
PARALLEL = 4

Cells = Annotated[
    list[str] | None,
    typer.Option("--cell", metavar="CELL", help="Only this cell; may be repeated. - = no cell."),
]
Sites = Annotated[
    list[str] | None,
    typer.Option("--site", metavar="SITE", help="Only this site, without the shared base."),
]
Parallel = Annotated[
    int, typer.Option("--parallel", min=1, metavar="N", help="Cells at a time, 0.8 GB each.")
]
Canary = Annotated[
    str | None,
    typer.Option("--canary", metavar="CELL", help="This cell first; the others if it succeeds."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Go ahead without asking.")]
SkipPreview = Annotated[
    bool, typer.Option("--skip-preview", help="Don't compare first what would change.")
]
OnDemand = Annotated[
    bool, typer.Option("--on-demand", help="No task on Spot, until the next up without this.")
]
Mounts = Annotated[
    list[str] | None,
    typer.Option("--mount", metavar="ITEM=FOLDER", help="plugins/mine=./src; may be repeated."),
]
Events = Annotated[bool, typer.Option("--json", help="One event a line, for programs.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    for command in (preview, up, refresh, stop, interrupt, dev, destroy):
        app.command(rich_help_panel=PANEL)(command)


def preview(
    env: Environment,
    cell: Cells = None,
    site: Sites = None,
    parallel: Parallel = PARALLEL,
    on_demand: OnDemand = False,
    file: File = SITES_FILE,
    as_json: Events = False,
) -> None:
    """Show what `up` would change. On AWS nothing is touched.

    A stack that is new is made in the backend, empty.
    """
    from fleet.cli.commands.deploying import Deploying

    declared = declared_of(file, env)
    deploying = Deploying(declared, cell or (), site or (), parallel, as_json, on_demand)
    raise typer.Exit(deploying.watch_preview())


def up(
    env: Environment,
    cell: Cells = None,
    site: Sites = None,
    parallel: Parallel = PARALLEL,
    canary: Canary = None,
    yes: Yes = False,
    skip_preview: SkipPreview = False,
    on_demand: OnDemand = False,
    file: File = SITES_FILE,
    as_json: Events = False,
) -> None:
    """Make AWS what sites.yaml says, one cell beside the other."""
    from fleet.cli.commands.deploying import Deploying

    declared = declared_of(file, env)
    deploying = Deploying(declared, cell or (), site or (), parallel, as_json, on_demand)
    raise typer.Exit(deploying.watch_up(canary, yes=yes, preview=not skip_preview))


def refresh(
    env: Environment,
    cell: Cells = None,
    site: Sites = None,
    parallel: Parallel = PARALLEL,
    file: File = SITES_FILE,
    as_json: Events = False,
) -> None:
    """Read into Pulumi's state what is on AWS, which stays as it is."""
    from fleet.cli.commands.deploying import Deploying

    deploying = Deploying(declared_of(file, env), cell or (), site or (), parallel, as_json)
    raise typer.Exit(deploying.watch_refresh())


def stop(env: Environment, file: File = SITES_FILE) -> None:
    """End what the environment `local` runs on this machine; its data stays.

    `up` starts it again.
    """
    from fleet.operations import simulation

    target = declared_of(file, env).target
    if not target.simulated:
        raise typer.BadParameter("only the environment local runs here", param_hint="--env")
    ran = simulation.stop(target.folder)
    typer.echo("Stopped; fleet up starts it again." if ran else "Nothing runs.")


def interrupt(site: SiteName, env: Environment, file: File = SITES_FILE) -> None:
    """Take a Spot task of a site back as AWS does, in the environment `local`.

    It gets SIGTERM and two minutes, and ECS replaces it.
    """
    from fleet.operations import simulation

    declared = declared_of(file, env)
    target = declared.home(declared.site(site))
    if not target.simulated:
        raise typer.BadParameter("only the environment local runs here", param_hint="--env")
    task = simulation.interrupt(target.folder, cluster_name(target.environment, target.cell), site)
    typer.echo(f"{site}: task {task} was taken back; fleet status shows what takes its place.")


def dev(site: SiteName, env: Environment, mount: Mounts = None, file: File = SITES_FILE) -> None:
    """Serve working folders as plugins or themes of a site, in the environment `local`.

    What you save shows at once, and notices are logged. Without --mount it ends.
    """
    from fleet.operations.development import develop

    pairs = [each.partition("=")[::2] for each in mount or ()]
    mounts = {item: Path(folder) for item, folder in pairs}
    develop(declared_of(file, env), site, mounts, typer.echo)
    shown = ", ".join(f"{item} from {folder}" for item, folder in mounts.items())
    typer.echo(f"{site} serves {shown}." if mounts else f"{site} has its own code again.")


def destroy(
    env: Environment,
    cell: Cells = None,
    parallel: Parallel = PARALLEL,
    yes: Yes = False,
    file: File = SITES_FILE,
    as_json: Events = False,
) -> None:
    """Remove everything that the environment holds, or some of its cells."""
    from fleet.cli.commands.deploying import Deploying

    deploying = Deploying(declared_of(file, env), cell or (), (), parallel, as_json)
    raise typer.Exit(deploying.watch_destroy(yes=yes))
