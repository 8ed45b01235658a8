"""A site's log on the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.text import Text

from fleet.cli.screen import OUT
from fleet.cli.times import time_of_day
from fleet.operations.live.logs import LogLine, Request
from fleet.operations.live.mail import PART_BEGINS

TASK_CHARACTERS = 8
# The containers that end before a task serves say in each line who they are.
BEFORE_WORDPRESS = ("schema", "init")
# Visitors choose what stands in a log. None of it may steer the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")


def show_log(lines: Iterable[LogLine]) -> None:
    """Prints a line each: time of day, task, then the request or the container's words.

    Ends quietly at Ctrl-C.
    """
    try:
        for line in lines:
            if line.message.startswith(PART_BEGINS):
                continue  # of a mail, which `fleet mail` shows
            OUT.print(_text(line), soft_wrap=True)
    except KeyboardInterrupt:
        return


def _text(line: LogLine) -> Text:
    time = time_of_day(line.time)
    if line.request is not None:
        said = _request(line.request)
    elif line.container in BEFORE_WORDPRESS:
        said = Text(f"{line.container}: {harmless(line.message)}")
    else:
        said = Text(harmless(line.message))
    return Text.assemble((f"{time} {line.task[:TASK_CHARACTERS]} ", "dim"), said)


def _request(request: Request) -> Text:
    color = "red" if request.status >= 500 else "yellow" if request.status >= 400 else "green"
    cache = f" cache {request.cache.lower()}" if request.cache else ""
    return Text.assemble(
        (str(request.status), color),
        f" {request.seconds:.3f}s ",
        harmless(f"{request.method} {request.host}{request.uri}"),
        (f" {request.client}{cache}", "dim"),
    )


def harmless(text: str) -> str:
    """The text with nothing in it that a terminal obeys."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
