"""Commands as lists of words, which nobody reads as shell."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

# What a shell would act on, as a word of its own or at the end of one.
OPERATORS = frozenset({"&&", "||", "|", "|&", ";", "&", ">", ">>", "<", "2>", "2>&1", "<<<"})


def shell_syntax(words: Sequence[str]) -> str | None:
    """What of the words only a shell would understand; None for a plain command."""
    if not words or not words[0].strip():
        return "no command"
    if any(letter.isspace() for letter in words[0]):
        return "one text where words are expected"
    return next((repr(word) for word in words if word in OPERATORS), None)


def as_words(words: Sequence[str]) -> tuple[str, ...]:
    """How a person would have written it: through a shell if it needs one, else word by word."""
    text = " ".join(words)
    try:
        parted = shlex.split(text)
    except ValueError:
        parted = []
    if not parted or set(parted) & OPERATORS or any(mark in text for mark in ";|&<>$`*"):
        return ("sh", "-c", text)
    return tuple(parted)
