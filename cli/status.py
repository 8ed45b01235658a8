"""`fleet status` on the terminal, once or again and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import typer
from pydantic import TypeAdapter
from rich.console import Group
from rich.live import Live

from cli.screen import OUT, print_error
from cli.status_view import stacks_view
from operations.status import StackStatus

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
                _print(read(), as_json)
                time.sleep(REFRESH_SECONDS)
        with Live(console=OUT, auto_refresh=False) as live:
            while True:
                live.update(Group(*stacks_view(read())), refresh=True)
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
        cell = f" --cell {stack.cell}" if stack.cell else ""
        print_error(
            f"there is no cluster {stack.cluster}: not deployed yet; "
            f"fleet up --env {stack.environment}{cell}"
        )
    return not missing
