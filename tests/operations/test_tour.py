"""docs/tour.md, run as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import World
from tests.engine.checkout import ROOT, Checkout

TOUR = (ROOT / "docs" / "tour.md").read_text()
SECONDS = 900


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """Each command with what it printed; all must succeed, one after the other."""
    folder = Checkout.make(tmp_path_factory.mktemp("tour") / "checkout").folder
    (folder / "Pulumi.dev.yaml").write_text((ROOT / "Pulumi.dev.yaml").read_text())
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    run: list[tuple[str, str]] = []
    for command in commands():
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env={**os.environ, "PATH": path, "COLUMNS": "80"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout)
        run.append((command, done.stdout))
    world = World(str(folder / ".local/world.sqlite"))
    left = sorted({each.type.rpartition(":")[2] for each in world.resources()})
    return [*run, ("left", " ".join(left))]


def commands() -> list[str]:
    """The lines of the blocks of shell."""
    blocks = re.findall(r"^```sh\n(.*?)^```", TOUR, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.timeout(SECONDS)
def test_the_tour(steps: list[tuple[str, str]]) -> None:
    """What a reader would look for in what each step prints."""
    said = [text for _, text in steps]
    expected = [
        "No problems",  # validate
        "A new site goes to the stack without a cell",  # plan
        "https://blog.example.com",  # up
        "wordpress-local at",  # status
        "news is in sites.yaml",  # add
        r"\d+ created",  # up
        "news is paused",  # pause
        r"done  news: .*\d+ deleted",  # up: its service
        "news is retired",  # retire
        r"\d+ updated",  # up
        "",  # sed
        r"done  news: \d+ deleted",  # up
        "",  # sed
        "updated",  # up
        r"succeeded .* \d+ ",  # destroy
        "^[A-Za-z ]+$",  # left
    ]
    assert len(said) == len(expected)
    for (command, text), pattern in zip(steps, expected, strict=True):
        assert re.search(pattern, text, re.MULTILINE), (command, text)
    # A removed site's last state, and nothing that costs by the hour.
    assert said[-1] == "ClusterSnapshot"
