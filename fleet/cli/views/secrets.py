"""Rotations on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from fleet.cli.screen import OUT, print_json
from fleet.operations.data.secret import Kind

_WORDS: dict[Kind, str] = {
    "database": "another database password",
    "salts": "other keys and salts",
    "admin": "another admin password",
}


def print_rotated(sites: Sequence[str], kinds: Sequence[Kind], *, as_json: bool) -> None:
    """Who has what now."""
    if as_json:
        print_json({"rotated": list(sites), "kinds": list(kinds)})
        return
    names = ", ".join(sites)
    if not sites:
        OUT.print("each site has been done lately; --done-within 0s does them again")
        return
    have = "have" if len(sites) > 1 else "has"
    OUT.print(f"{names} {have} {' and '.join(_WORDS[kind] for kind in kinds)}", soft_wrap=True)
