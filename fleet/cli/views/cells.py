"""The cells of an environment, as a table and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fleet.cli.screen import OUT
from fleet.cli.table import table, text, word
from fleet.names import NO_CELL
from fleet.plan.cells import Cell


def print_cells(cells: Sequence[Cell]) -> None:
    """A line for each cell."""
    shown = table(word("Cell"), word("Stack"), text("Sites"))
    for cell in cells:
        names = ", ".join(site.name for site in cell.sites)
        shown.add_row(cell.name or NO_CELL, cell.stack, names)
    OUT.print(shown)


def cell_records(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """One map a cell: `cell` (null for the sites without one), `stack`, `sites`."""
    return [
        {"cell": cell.name, "stack": cell.stack, "sites": [site.name for site in cell.sites]}
        for cell in cells
    ]
