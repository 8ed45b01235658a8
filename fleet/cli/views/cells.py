"""The cells of an environment, as a table and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from fleet.cli.screen import OUT
from fleet.names import NO_CELL
from fleet.plan.cells import Cell


def print_cells(cells: Sequence[Cell]) -> None:
    """A line for each cell."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Cell", "Stack"):
        table.add_column(heading, no_wrap=True)
    table.add_column("Sites", overflow="fold")
    for cell in cells:
        names = ", ".join(site.name for site in cell.sites)
        table.add_row(cell.name or NO_CELL, cell.stack, names)
    OUT.print(table)


def cell_records(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """One map a cell: `cell` (null for the sites without one), `stack`, `sites`."""
    return [
        {"cell": cell.name, "stack": cell.stack, "sites": [site.name for site in cell.sites]}
        for cell in cells
    ]
