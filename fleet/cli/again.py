"""The command that runs, as it may be typed once more."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

import typer


def again(context: typer.Context, instead: Mapping[str, str]) -> str:
    """The whole call, `instead` by parameters' names in the place of what it gave them."""
    words = ["fleet", str(context.info_name)]
    for parameter in context.command.params:
        given = instead.get(str(parameter.name), context.params.get(str(parameter.name)))
        if given != parameter.get_default(context):
            option = max(parameter.opts, key=len) if parameter.opts[0].startswith("-") else None
            words.extend(_words(option, given))
    return shlex.join(words)


def _words(option: str | None, given: object) -> Iterator[str]:
    for each in given if isinstance(given, list | tuple) else [given]:
        if option is not None:
            yield option
        if not isinstance(each, bool):
            yield str(each)
