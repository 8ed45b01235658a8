"""Names that a person gives a verb: of a site, an environment, a cell, looked up in one way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from fleet.problems import FleetError, Position, Problem
from fleet.wording import did_you_mean, listing, nearest, quoted
from fleet.yaml.document import dotted

Kind = Literal["site", "environment", "cell"]

_LISTED = 12
# Of what there may be none at all: what to name then, for example.
_NONE_YET: dict[Kind, str] = {
    "site": "fleet add blog --domain blog.example.com",
    "cell": "the command without --cell",
    "environment": "a Pulumi.dev.yaml beside Pulumi.yaml",
}


def known_name(
    kind: Kind,
    name: str,
    known: Iterable[str],
    position: Position,
    path: tuple[str | int, ...] = (),
) -> str:
    """The name. Raises FleetError where it is none of the known ones: the nearest, and all."""
    names = sorted(known)
    if name in names:
        return name
    guess = nearest(name, names)
    shown = names[:_LISTED]
    if len(names) > _LISTED:
        shown.append(f"{len(names) - _LISTED} more")
    allowed = listing(shown) if shown else f"none, since there is no {kind} yet"
    found = f"found no {kind} {quoted(name)}{did_you_mean(guess)}"
    example = guess or next(iter(names), _NONE_YET[kind])
    raise FleetError(
        [Problem.of(position, dotted(path) if path else kind, found, allowed, example)]
    )


def known_environment(name: str, known: Iterable[str], settings_file: str) -> str:
    """The environment's name. Raises FleetError at the settings file that there would be."""
    return known_name("environment", name, known, Position(settings_file, 1, 1))
