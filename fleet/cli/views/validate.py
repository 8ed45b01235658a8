"""What `fleet validate` prints."""

from __future__ import annotations

import typer

from fleet.cli.screen import OUT, print_note
from fleet.cli.table import number, table, word
from fleet.names import in_order
from fleet.quotas import TARGET_GROUPS_A_LOAD_BALANCER
from fleet.sites_file.check import Check
from fleet.sites_file.load import Fleet
from fleet.wording import listing

HEADINGS = ("Environment", "Sites", "Live", "Paused", "Domains", "Cells")


def print_check(check: Check) -> int:
    """Prints the problems, one a line, or a table of what is valid. Returns the exit status."""
    if check.problems:
        for problem in check.problems:
            typer.echo(str(problem))
        count = len(check.problems)
        typer.echo(f"{count:,} problem{'s' if count > 1 else ''}", err=True)
        return 1
    OUT.print("No problems", style="green")
    shown = table(word(HEADINGS[0]), *map(number, HEADINGS[1:]))
    for environment, fleet in check.fleets.items():
        shown.add_row(environment or "(none)", *_counts(fleet))
    OUT.print(shown)
    if check.without_settings:
        names = listing(check.without_settings, last="and")
        print_note(f"the settings of {names} were not there to check: there is no Pulumi.ENV.yaml")
    for note in _crowded_cells(check):
        typer.echo(note)
    return 0


def _counts(fleet: Fleet) -> list[str]:
    sites = fleet.sites
    live = sum(site.state == "live" for site in sites)
    domains = sum(len(site.domains) for site in sites)
    cells = len({site.cell for site in sites})
    return [f"{number:,}" for number in (len(sites), live, len(sites) - live, domains, cells)]


def _crowded_cells(check: Check) -> list[str]:
    """Cells that no load balancer holds. The file is valid, but AWS would refuse to run it."""
    notes: list[str] = []
    for environment, fleet in check.fleets.items():
        for cell in sorted({site.cell or "" for site in fleet.sites}, key=in_order):
            count = len(fleet.in_cell(cell or None))
            if count > TARGET_GROUPS_A_LOAD_BALANCER:
                where = f"cell {cell}" if cell else "the cell without a name"
                notes.append(
                    f"{where} of {environment or 'the file'} has {count:,} sites; a load balancer "
                    f"takes {TARGET_GROUPS_A_LOAD_BALANCER}: give some of them another `cell`"
                )
    return notes
