"""The fleet as it runs, and what to do next."""

from __future__ import annotations

from rich.table import Table

from fleet.cli.screen import OUT
from fleet.cli.table import number, table, text, word
from fleet.cli.views.run import show_done
from fleet.operations import simulation
from fleet.operations.engine.outputs import FleetOutputs, SiteOutput
from fleet.operations.run import CellResult
from fleet.operations.target import Target

TASKLESS = "-"
# Longer ones take a second line, so that the table fits 80 columns.
SHORT_URL = 32


def show_fleet(result: CellResult) -> None:
    """The end of `fleet up` for one stack: what changed, a table of sites, the next steps."""
    if result.changes:
        show_done(result)
    else:
        OUT.print("Nothing changed: the fleet is what sites.yaml says.")
    if result.outputs is None:
        return
    OUT.print()
    OUT.print(_table(result.target, result.outputs))
    OUT.print()
    for line in _next_steps(result.target, result.outputs):
        OUT.print(line, soft_wrap=True)


def _table(target: Target, outputs: FleetOutputs) -> Table:
    # An address is there to be clicked: in one line, where all of them are short.
    urls = [_url(target, site) for site in outputs.sites]
    url = word if max(map(len, urls), default=0) <= SHORT_URL else text
    headings = (text("Site"), url("URL"), text("State"), number("Tasks"), number("Spot"))
    shown = table(*headings, text("Database"))
    for site, address in zip(outputs.sites, urls, strict=True):
        shown.add_row(site.name, address, site.state, *_tasks(site), _database(site))
    return shown


def _url(target: Target, site: SiteOutput) -> str:
    return simulation.address(target.folder, site.url) if target.simulated else site.url


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
        if lacking := simulation.missing(target.folder):
            first = f"{first}\n{lacking[0].upper()}{lacking[1:]}."
    else:
        first = f"Point the domains of the sites at {outputs.load_balancer}."
    if target.simulated and simulation.runs(target.folder):
        shown = simulation.passwords_file(target.folder).relative_to(target.folder)
        first = f"{first}\nLog in at /wp-admin: users and passwords are in {shown}."
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
