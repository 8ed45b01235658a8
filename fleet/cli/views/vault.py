"""What a vault holds, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from rich.text import Text

from fleet.cli.phrases import age, size
from fleet.cli.screen import ERR, OUT, print_json
from fleet.cli.table import number, table, word
from fleet.cli.times import exact
from fleet.operations.data.vault import Copy, by_what, old_ones


def print_vault(copies: Sequence[Copy], *, as_json: bool) -> bool:
    """A line for each thing that is copied; times are UTC. Whether there is anything."""
    if as_json:
        print_json([asdict(each) for each in copies])
        return bool(copies)
    now = datetime.now(UTC)
    shown = table(
        *(word("Vault"), word("Of"), number("Copies"), word("Last")),
        *(number("Age"), number("Size")),
    )
    for (vault, of), found in by_what(copies).items():
        last = found[0]
        shown.add_row(
            *(vault, of, str(len(found)), exact(last.time)),
            *(age(now - last.time), size(last.bytes)),
        )
    if copies:
        OUT.print(shown)
    else:
        ERR.print("nothing in the vault so far; the first copies come at 00:30 UTC")
    for of in old_ones(copies, now):
        ERR.print(Text.assemble(("old: ", "bold red"), f"no copy of {of} for two days"))
    return bool(copies)
