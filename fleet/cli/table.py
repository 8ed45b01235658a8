"""The one look of tables: no lines, bold headings, numbers to the right."""

from __future__ import annotations

from rich.table import Column, Table


def table(*columns: Column, narrow: bool = False) -> Table:
    """A table without rows. `narrow` leaves one space between columns, for many of them."""
    padding = (0, 1, 0, 0) if narrow else (0, 1)
    return Table(*columns, box=None, pad_edge=False, header_style="bold", padding=padding)


def text(heading: str) -> Column:
    """What may go on in the next line."""
    return Column(heading, overflow="fold")


def word(heading: str) -> Column:
    """What must stay in one line."""
    return Column(heading, no_wrap=True)


def number(heading: str) -> Column:
    """Numbers, below one another from the right."""
    return Column(heading, justify="right", no_wrap=True)
