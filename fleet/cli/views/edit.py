"""A change of sites.yaml on the terminal."""

from __future__ import annotations

from rich.text import Text

from fleet.cli.screen import OUT, print_note
from fleet.sites_file.edits import Edit

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def print_edit(edit: Edit, options: str, done: str) -> None:
    """The lines that changed, what stands against it, and what to run next, with `options`."""
    for line in edit.diff.splitlines():
        OUT.print(Text(line, style=_STYLES.get(line[:1], "")), soft_wrap=True)
    OUT.print(Text(done if edit.changed else f"Nothing to change: {done}"), soft_wrap=True)
    for each in edit.overruled:
        text = f"but {each.state} in {each.environment}, as {each.position} says"
        print_note(text)
    if edit.changed:
        OUT.print(
            f"See what that does: fleet preview {options}; do it: fleet up {options}",
            soft_wrap=True,
        )
