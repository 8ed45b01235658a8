"""docs/benchmarks.md: a section a benchmark, with the machine and the date of its figures."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
MEMORY_INFO = Path("/proc/meminfo")
CPU_INFO = Path("/proc/cpuinfo")


def publish(name: str, intro: str, table: Table) -> None:
    """Prints a table and makes it the section `name` of the page, below its title and `intro`."""
    Console().print(table)
    text = f"## {table.title}\n\n{intro}\n\n{_markdown(table)}\n\n{machine()}"
    write_section(name, text)


def write_section(name: str, text: str) -> None:
    """Replaces the section `name` of the page, or adds it at the end."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    page = PAGE.read_text() if PAGE.exists() else "# Benchmarks\n"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    parts = (before.strip(), f"{begin}\n{text.strip()}\n{end}", after.strip())
    PAGE.write_text("\n\n".join(part for part in parts if part) + "\n")


def machine() -> str:
    """One line: date, processor, memory, versions."""
    models = [
        line.partition(":")[2].strip()
        for line in (CPU_INFO.read_text().splitlines() if CPU_INFO.exists() else [])
        if line.startswith("model name")
    ]
    processor = models[0] if models else platform.processor() or platform.machine()
    memory = MEMORY_INFO.read_text().split()[1] if MEMORY_INFO.exists() else "0"
    return (
        f"{datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} x {processor}, "
        f"{int(memory) / 2**20:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
    )


def _markdown(table: Table) -> str:
    """The table's cells as a table of Markdown."""
    columns = [[str(cell) for cell in column.cells] for column in table.columns]
    rows = list(zip(*columns, strict=True))
    heads = [str(column.header) for column in table.columns]
    rule = ["---:" if column.justify == "right" else "---" for column in table.columns]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, rule, *rows])
