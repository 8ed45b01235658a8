"""What a run would change or has changed, as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from rich.table import Table
from rich.text import Text

from fleet.cli.phrases import BASE, PAST, duration, past
from fleet.cli.screen import OUT, print_error, print_note
from fleet.cli.table import number, table, text, word
from fleet.names import NO_CELL
from fleet.operations.run import CellResult, RunResult
from fleet.operations.target import Target

STYLES = {"succeeded": "green", "failed": "red", "stopped": "yellow", "skipped": "yellow"}


def show_changes(planned: RunResult, sites: Collection[str] = ()) -> None:
    """A line for each site that changes; replacements by name, since they may cost data.

    `sites`: those that alone were asked for.
    """
    changed = [cell for cell in planned.cells if cell.changes]
    if changed:
        OUT.print(_changes_table(changed, many=len(planned.cells) > 1))
    elif planned.ok:
        OUT.print("Nothing to change.")
    for cell in changed:
        for change in cell.changes:
            if change.action == "replace":
                named = f"{change.resource.type} {change.resource.name}"
                OUT.print(Text.assemble(("replaces ", "yellow"), named), soft_wrap=True)
    if sites:
        _show_left_out(planned, sites)


def show_summary(result: RunResult) -> None:
    """A line for each cell: how it went, and what was changed."""
    headings = (text("Cell"), text("Stack"), word("Outcome"))
    shown = table(*headings, *map(number, (*PAST.values(), "time")))
    for cell in result.cells:
        counts = Counter(change.action for change in cell.changes)
        shown.add_row(
            cell.target.cell or NO_CELL,
            cell.target.stack,
            Text(cell.outcome, STYLES[cell.outcome]),
            *(str(counts[action] or "") for action in PAST),
            duration(cell.seconds) if cell.seconds else "",
        )
    OUT.print(shown)


def show_errors(result: RunResult) -> None:
    """Why cells are no success, a line each, with its stack where there are several."""
    for cell in result.cells:
        named = f"{cell.target.stack}: "
        for line in cell.errors:
            known = len(result.cells) == 1 or line.startswith(named)
            print_error(line if known else f"{named}{line}")


def show_leftover(leftover: Sequence[Target]) -> None:
    """Stacks that the file has forgotten."""
    for target in leftover:
        print_note(
            f"{target.stack} holds resources, but no site names its cell: "
            f"fleet destroy --env {target.environment} --cell {target.cell or NO_CELL}"
        )


def show_done(result: CellResult) -> None:
    """One line: how many resources were created, updated ..."""
    OUT.print(past(Counter(change.action for change in result.changes)) or "Nothing changed.")


def _changes_table(cells: Sequence[CellResult], *, many: bool) -> Table:
    headings = ([text("Cell")] if many else []) + [text("What changes")]
    shown = table(*headings, *map(number, PAST))
    for cell in cells:
        by_site: dict[str, Counter[str]] = {}
        for change in cell.changes:
            by_site.setdefault(change.site or BASE, Counter())[change.action] += 1
        for site in sorted(by_site, key=lambda site: (site != BASE, site)):
            label = [cell.target.cell or NO_CELL] if many else []
            shown.add_row(*label, site, *(str(by_site[site][action] or "") for action in PAST))
    return shown


def _show_left_out(planned: RunResult, sites: Collection[str]) -> None:
    others = sum(len(cell.left_out) for cell in planned.cells)
    waiting = f"; {others} changes there wait for a run without --site" if others else ""
    named = ", ".join(sorted(sites))
    OUT.print(f"Only {named}: the shared base and other sites stay as they are{waiting}.")
