"""The examples, run or read as their users would."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

import httpx
import pytest
import yaml
from ephemeral_port_reserve import reserve
from typer.main import get_command

from fleet.cli.main import app
from tests.engine.checkout import ROOT
from tests.operations.stage.cells import STANDING, Cells, site

EXAMPLES = ROOT / "examples"
WORKFLOW = EXAMPLES / "github-actions" / "fleet.yml"
REFRESH = WORKFLOW.with_name("refresh.yml")
LOOPBACK = "127.0.0.1"


def test_the_script(cells: Cells) -> None:
    cells.write_sites(
        {"blog": STANDING["blog"], "shop": STANDING["shop"], "new": site("new", "eu1")}
    )
    script = [sys.executable, EXAMPLES / "deploy.py", "--folder", cells.folder]
    arguments = ["local", "--first", "eu1"]
    done = subprocess.run(
        [*script, *arguments], capture_output=True, text=True, check=False, timeout=400
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines == ["local-eu1: new changes", "local-eu1: succeeded", "local-eu2: succeeded"]
    done = subprocess.run([*script, "loca"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1


@pytest.fixture
def service(cells: Cells) -> Iterator[httpx.Client]:
    port = reserve()
    command = [sys.executable, "-m", "uvicorn", "--factory", "examples.service.app:create_app"]
    variables = {**os.environ, "FLEET_ENV": "local", "FLEET_FOLDER": str(cells.folder)}
    with subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, env=variables) as server:
        try:
            with httpx.Client(base_url=f"http://{LOOPBACK}:{port}", timeout=120) as client:
                _wait_for(client, server)
                yield client
        finally:
            server.terminate()
            server.wait(60)


def test_the_service_adds_a_site_and_streams_how_it_comes_up(
    service: httpx.Client, cells: Cells
) -> None:
    wrong = service.post("/sites", json={"name": "News", "domains": ["news.example.com"]})
    assert wrong.status_code == 422
    assert "sites.yaml" in wrong.json()["errors"][0]
    body = {"name": "news", "domains": ["news.example.com"], "cell": "eu1"}
    added = service.post("/sites", json=body)
    assert added.status_code == 202, added.text
    assert service.post("/sites", json={**body, "name": "more"}).status_code == 409
    with service.stream("GET", added.json()["events"]) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        events = [json.loads(line[6:]) for line in stream.iter_lines() if line]
    assert events[0]["event"] == "begun"
    assert {event["site"] for event in events if event["event"] == "finished"} == {"news"}
    outcomes = {"local-eu1": "succeeded"}
    assert events[-1] == {"event": "result", "verb": "up", "ok": True, "outcomes": outcomes}
    assert service.get("/sites/none/events").status_code == 404
    assert "news" in yaml.safe_load((cells.folder / "sites.yaml").read_text())["sites"]


def _wait_for(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            client.get("/docs")
        except httpx.ConnectError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("no service")


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true.
    return yaml.safe_load(WORKFLOW.read_text())


@pytest.mark.parametrize("path", [WORKFLOW, REFRESH], ids=lambda path: path.name)
def test_a_workflow_pins_its_actions(path: Path) -> None:
    jobs = yaml.safe_load(path.read_text())["jobs"]
    uses = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]
    assert uses
    assert [each for each in uses if not re.fullmatch(r"[\w./-]+@v\d+\.\d+\.\d+", each)] == []


def test_the_workflow_runs_commands_that_exist(workflow: dict[str, Any], cells: Cells) -> None:
    """GitHub sets the variables; the account is the simulated one."""
    scripts = [
        step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step
    ]
    validate, listing, preview, deploy = (each for each in scripts if ".venv/bin/fleet" in each)
    output = cells.folder / "output"
    given = {**os.environ, "FLEET_ENV": "local", "CELL": "eu1", "GITHUB_OUTPUT": str(output)}
    for script in (validate, listing, preview):
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=cells.folder,
            env=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (script, done.stdout, done.stderr)
    name, _, value = output.read_text().partition("=")
    assert name == "cells"
    assert [each["cell"] for each in json.loads(value)] == ["eu1", "eu2", "us1"]
    assert "Nothing to change." in (cells.folder / "preview.txt").read_text()
    _, verb, *arguments = shlex.split(deploy)
    assert verb == "up"
    get_command(app).commands[verb].make_context(verb, arguments)


def test_the_weekly_refresh_is_a_command_that_exists() -> None:
    job = yaml.safe_load(REFRESH.read_text())["jobs"]["clone"]
    (pair,) = job["strategy"]["matrix"]["include"]
    (script,) = (step["run"] for step in job["steps"] if ".venv/bin/fleet" in step.get("run", ""))
    given = {"FLEET_ENV": "prod", "OF": pair["of"], "COPY": pair["copy"]}
    _, verb, *arguments = shlex.split(Template(script).substitute(given))
    context = get_command(app).commands[verb].make_context(verb, arguments)
    assert (context.params["site"], context.params["to"]) == (pair["of"], pair["copy"])
