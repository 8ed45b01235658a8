"""`fleet status`, `logs` and `exec` as a person or a script runs them."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from fleet.cli.views.status_tables import stacks_view
from fleet.operations.declared import Declared
from fleet.operations.live.status import fleet_status

Fleet = Callable[..., subprocess.CompletedProcess[str]]

COLUMNS = 80
COMMAND = [sys.executable, "-c", "from fleet.cli.main import main; main()"]


@pytest.fixture
def fleet(aws: object, project: Path) -> Fleet:
    """Runs `fleet` in the project, without a terminal."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=project,
            env=environment() | variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def environment() -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": root, "COLUMNS": str(COLUMNS)}


def rows(text: str) -> dict[str, list[str]]:
    """First word of each line -> the line's cells."""
    return {cells[0]: cells for line in text.splitlines() if (cells := re.split(" {2,}", line))}


def test_a_table_of_80_columns_without_escape_codes(fleet: Fleet) -> None:
    done = fleet("status", "--env", "prod", FORCE_COLOR="")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= COLUMNS
    found = rows(done.stdout)
    assert found["blog"][1:7] == ["live", "4/4", "0", "0", "4/4", "completed"]
    assert found["archive"][1:7] == ["paused", "-", "-", "-", "-", "-"]
    assert found["news"][1] == "not deployed"
    assert found["closing"][1] == "to be paused"
    assert found["gone"][1:6] == ["not in file", "2/2", "0", "2", "2/2"]
    assert found["docs"][7].strip() == "shared"
    assert re.search(r"^Files of all sites: .* on fs-", done.stdout, re.MULTILINE)
    assert "wordpress-prod-east at " in done.stdout


def test_json_is_one_line_for_programs(fleet: Fleet) -> None:
    done = fleet("status", "--env", "prod", "--cell", "east", "--json")
    [stack] = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert (stack["cell"], stack["deployed"]) == ("east", True)
    [far] = stack["sites"]
    assert far["tasks"]["providers"] == [{"provider": "FARGATE", "running": 2, "pending": 0}]


def test_the_sites_without_a_cell_alone(fleet: Fleet) -> None:
    done = fleet("status", "--env", "prod", "--cell", "-", "--json")
    assert [stack["cell"] for stack in json.loads(done.stdout)] == [None]


def test_a_stack_that_is_not_deployed(fleet: Fleet) -> None:
    done = fleet("status", "--env", "dev")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "error: there is no cluster wordpress-dev: not deployed yet; fleet up --env dev",
        "error: there is no cluster wordpress-dev-east: not deployed yet; "
        "fleet up --env dev --cell east",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["status", "--env", "prd"], 'did you mean "prod"?'),
        (["status", "--env", "prod", "blgo"], 'did you mean "blog"?'),
        (["status", "--env", "prod", "--cell", "eats"], 'did you mean "east"?'),
        (["logs", "--env", "prod", "blgo"], 'did you mean "blog"?'),
        (["exec", "--env", "prod", "blgo", "--", "true"], 'did you mean "blog"?'),
    ],
)
def test_one_line_and_no_traceback(fleet: Fleet, arguments: list[str], said: str) -> None:
    done = fleet(*arguments)
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert said in line


def test_missing_credentials(fleet: Fleet) -> None:
    done = fleet("status", "--env", "prod", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert done.returncode == 1
    assert done.stderr.startswith("error: prod: no AWS credentials; log in with `aws sso login`")
    assert done.stderr.count("\n") == 1


def test_logs_since_a_time_that_is_none(fleet: Fleet) -> None:
    done = fleet("logs", "--env", "prod", "blog", "--since", "yesterday")
    assert done.returncode == 2
    assert "'yesterday' is no time" in done.stderr


@pytest.mark.usefixtures("aws")
def test_watching_without_a_terminal_until_interrupted(project: Path) -> None:
    command = [*COMMAND, "status", "--env", "prod", "--cell", "east", "--watch"]
    with subprocess.Popen(
        command, cwd=project, env=environment(), stdout=subprocess.PIPE, text=True
    ) as watching:
        assert watching.stdout
        for line in watching.stdout:
            if line.startswith("Files of all sites"):
                break
        time.sleep(0.5)
        watching.send_signal(signal.SIGINT)
        assert (watching.stdout.read(), watching.wait(20)) == ("", 0)


@pytest.mark.usefixtures("aws")
def test_colors_on_a_terminal_unless_they_are_not_wanted(
    prod: Declared, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown() -> str:
        console = Console(force_terminal=True, width=COLUMNS, highlight=False)
        with console.capture() as captured:
            for part in stacks_view(fleet_status(prod)):
                console.print(part)
        return captured.get()

    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[1m" in shown()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[3\dm", shown())
