"""The fleet as it runs, and what to do next."""

from __future__ import annotations

from rich.table import Table

from fleet.cli.screen import OUT
from fleet.cli.table import number, table, text, word
from fleet.cli.views.run import show_done
from fleet.operations.engine.outputs import FleetOutputs, SiteOutput
from fleet.operations.run import CellResult
from fleet.operations.target import Target

TASKLESS = "-"


def show_fleet(result: CellResult) -> None:
    """The end of `fleet up` for one stack: what changed, a table of sites, the next steps."""
    if result.changes:
        show_done(result)
    else:
        OUT.print("Nothing changed: the fleet is what sites.yaml says.")
    if result.outputs is None:
        return
    OUT.print()
    OUT.print(_table(result.outputs))
    OUT.print()
    for line in _next_steps(result.target, result.outputs):
        OUT.print(line, soft_wrap=True)


def _table(outputs: FleetOutputs) -> Table:
    headings = (*map(text, ("Site", "URL", "State")), number("Tasks"), number("Spot"))
    shown = table(*headings, word("Database"))
    for site in outputs.sites:
        shown.add_row(site.name, site.url, site.state, *_tasks(site), _database(site))
    return shown


def _tasks(site: SiteOutput) -> tuple[str, str]:
    if site.state != "live":
        return TASKLESS, TASKLESS
    return f"{site.tasks_min}-{site.tasks_max}", f"{site.spot_share:.0%}"


def _database(site: SiteOutput) -> str:
    if site.min_acu is None or site.max_acu is None:
        return site.placement
    return f"{site.placement}, {site.min_acu:g}-{site.max_acu:g} ACU"


def _next_steps(target: Target, outputs: FleetOutputs) -> list[str]:
    environment = f"--env {target.environment}" + (f" --cell {target.cell}" if target.cell else "")
    if target.simulated:
        first = "All of this is simulated: no AWS account was touched."
    else:
        first = f"Point the domains of the sites at {outputs.load_balancer}."
    return [
        first,
        f"Change sites.yaml, see what that does: fleet preview {environment}; "
        f"do it: fleet up {environment}",
        f"Leave again: {_unprotect(target, outputs)}fleet destroy {environment}",
    ]


def _unprotect(target: Target, outputs: FleetOutputs) -> str:
    """What has to come before `fleet destroy`."""
    if not any(site.protected for site in outputs.sites):
        return ""
    return f"protectData: false in {target.settings_file.name}, then fleet up, then "
