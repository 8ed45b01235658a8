"""The README's tour of the environment `local`, run as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import World
from tests.engine.checkout import ROOT, Checkout

README = (ROOT / "README.md").read_text()
SECONDS = 900
COLUMNS = 80

# What a reader looks for in what each command prints, in their order.
SAID = (
    ("fleet validate", "No problems"),
    ("fleet plan", "A new site goes to the stack without a cell"),
    ("fleet up", "http://blog.localhost "),
    ("fleet status", r"blog +live +1/1"),
    ("fleet add", "news is in sites.yaml"),
    ("fleet up", r"What changes .*\nnews +23 *\nChanging local"),
    ("fleet pause", "news is paused"),
    ("fleet up", r"done  news: .*\d+ deleted"),
    ("fleet retire", "entry of news can be removed"),
    ("fleet up", "done  news: 1 updated"),
    ("sed", "^$"),
    ("sed", "^$"),
    ("fleet up", r"done  news: \d+ deleted"),
    ("fleet destroy", r"local +succeeded +\d+ "),
)


def tour() -> list[str]:
    """The commands of the README's block of shell, without its comments."""
    [block] = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    return [line for line in block.splitlines() if line]


def run(command: str, folder: Path) -> str:
    """What the command prints to a script in the activated environment."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": str(COLUMNS)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, (command, done.stdout)
    return done.stdout


@pytest.mark.timeout(SECONDS)
def test_the_tour(tmp_path: Path) -> None:
    folder = Checkout.make(tmp_path / "checkout").folder
    # The project's own; `fleet validate` judges the environment on AWS, too.
    for name in ("Pulumi.local.yaml", "Pulumi.dev.yaml"):
        (folder / name).write_text((ROOT / name).read_text())
    commands = tour()
    assert len(commands) == len(SAID)
    for command, (begin, pattern) in zip(commands, SAID, strict=True):
        assert command.startswith(begin)
        said = run(command, folder)
        assert re.search(pattern, said, re.MULTILINE), (command, said)
        assert "\x1b" not in said
    # Of each database its last state, and nothing that costs by the hour.
    left = World(str(folder / ".local/world.sqlite")).resources()
    assert {each.type.rpartition(":")[2] for each in left} == {"ClusterSnapshot"}
    assert "news-database" in [each.name for each in left]
