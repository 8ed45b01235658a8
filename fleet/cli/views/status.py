"""`fleet status` on the terminal, once or again and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import typer
from pydantic import TypeAdapter
from rich.console import Group
from rich.live import Live
from rich.text import Text

from fleet.cli.screen import OUT, print_error
from fleet.cli.views.status_tables import not_deployed, stacks_view
from fleet.operations.live.status import StackStatus

# A refresh asks AWS about as many calls as there are live sites.
REFRESH_SECONDS = 10.0

Read = Callable[[], Sequence[StackStatus]]


def show_status(read: Read, *, watch: bool, as_json: bool) -> bool:
    """Shows what `read` finds; with `watch` until Ctrl-C. Returns whether all is deployed.

    On a terminal a watched table stays in place; in a pipe each look adds one below the other.
    """
    if not watch:
        stacks = read()
        _print(stacks, as_json)
        return _all_deployed(stacks)
    try:
        if as_json or not OUT.is_terminal:
            while True:
                stacks = read()
                _print(stacks, as_json)
                _all_deployed(stacks)
                time.sleep(REFRESH_SECONDS)
        # More than the terminal's height scrolls: cut off at its end would be what is ill.
        with Live(console=OUT, auto_refresh=False, vertical_overflow="visible") as live:
            while True:
                stacks = read()
                missing = [Text(not_deployed(each)) for each in stacks if not each.deployed]
                live.update(Group(*stacks_view(stacks), *missing), refresh=True)
                time.sleep(REFRESH_SECONDS)
    except KeyboardInterrupt:
        return True


def _print(stacks: Sequence[StackStatus], as_json: bool) -> None:
    if as_json:
        typer.echo(TypeAdapter(Sequence[StackStatus]).dump_json(stacks))
        return
    for part in stacks_view(stacks):
        OUT.print(part)


def _all_deployed(stacks: Sequence[StackStatus]) -> bool:
    """Says of each stack that isn't there how to make it."""
    missing = [stack for stack in stacks if not stack.deployed]
    for stack in missing:
        print_error(not_deployed(stack))
    return not missing
