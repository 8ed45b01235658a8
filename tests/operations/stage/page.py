"""What a page of the docs shows of commands, to be compared with what they print."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

NUMBER = re.compile(r"(?<!\w)\d[\d,.]*(?: (?:B|kB|MB|GB|s|min|h|d)\b)?")


def shown(page: str, beginning: str, names: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The words of the command that a page shows, and the lines below it.

    `names`: the page's sites -> what the account has in their place.
    """
    block = next(part for part in page.split("```\n") if part.startswith(f"$ {beginning}"))
    for name, here in names.items():
        block = re.sub(rf"\b{name}\b", here, block)
    command, *lines = block.replace("\\\n", " ").strip().splitlines()
    return shlex.split(command.removeprefix("$ fleet ")), [alike(line) for line in lines]


def alike(line: str) -> str:
    """A line without its numbers, times and ids."""
    line = re.sub(r"s3://[A-Za-z0-9-]+/", "s3://BUCKET/", line)
    line = re.sub(r"\d{8}T\d{6}Z-[0-9a-f]{4,8}", "ID", line)
    line = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "TIME", line)
    line = re.sub(" +", " ", NUMBER.sub("N", line)).strip()
    return re.sub(r"N( N)+", "N", line)


def told(*steps: str) -> list[dict[str, Any]]:
    """Steps as the image begins and ends them."""
    return [{"step": step, "state": state} for step in steps for state in ("begun", "done")]


LOADS = (
    *("check", "space", "load", "fix", "upgrade", "files", "maintenance"),
    *("swap", "purge", "smoke", "open"),
)
