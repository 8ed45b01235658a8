"""How errors name what they found."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from typing import Any

import yaml

from fleet.yaml.scalars import Trap

# Long enough for a domain, short enough for a line.
_QUOTED_CHARACTERS = 60
# A word longer than any known one has no nearest one, and comparing takes the product of lengths.
_COMPARED_CHARACTERS = 40
_LISTED_WORDS = 24


def quoted(text: str) -> str:
    """The text in double quotes on one line, cut when long, with nothing a terminal obeys."""
    escaped = json.dumps(_cut(text), ensure_ascii=False)
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in escaped)


def plain(text: str) -> str:
    """The text as it is, where it is short and all of it can be seen; else in quotes."""
    return text if text.isprintable() and len(text) <= _QUOTED_CHARACTERS else quoted(text)


def describe(value: Any) -> str:
    """A value of a YAML file, as a reader would name it."""
    match value:
        case None:
            return "nothing"
        case Trap(text):
            meaning = _cut(value.meaning)
            plain = meaning.endswith(f" {text}")
            return meaning if plain else f"{_cut(text)}, which YAML reads as {meaning}"
        case bool():
            return f"the boolean {str(value).lower()}"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {quoted(value)}"
        case dict():
            return "a map"
        case _:
            return "a list"


def listing(words: Iterable[str], last: str = "or") -> str:
    """`a, b or c`; of many words the first ones and how many more there are."""
    all_of_them = list(words)
    shown = all_of_them[:_LISTED_WORDS]
    if len(all_of_them) > len(shown):
        return f"{', '.join(shown)} {last} one of {len(all_of_them) - len(shown):,} more"
    *front, end = shown
    return f"{', '.join(front)} {last} {end}" if front else end


def nearest(word: str, known: Iterable[str], likeness: float = 0.62) -> str | None:
    """The known word that `word` was probably meant to be."""
    if len(word) > _COMPARED_CHARACTERS:
        return None
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=likeness)), None)


def did_you_mean(guess: str | None) -> str:
    """What follows a word that is not known."""
    return "" if guess is None else f" (did you mean {quoted(guess)}?)"


def yaml_example(key: str | None, value: Any) -> str:
    """`key: value` as a line of YAML, or the value alone."""
    line: str = yaml.safe_dump(
        [value] if key is None else {key: value},
        default_flow_style=True,
        sort_keys=False,
        allow_unicode=True,
        width=1_000,
    )
    return line.strip()[1:-1]


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTED_CHARACTERS else text[: _QUOTED_CHARACTERS - 1] + "…"
