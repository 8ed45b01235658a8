"""Runs that are stopped, killed, or not alone."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from typing import Any

from tests.operations.stage.cells import SECONDS, STANDING, Cells, ended, parsed, site

# A creation that is under way for long enough to be interrupted.
SLOW = "aws:efs/accessPoint:AccessPoint"
NEW = {**STANDING, "new": site("new", "eu1"), "other": site("other", "eu2")}
BOTH = ("--env", "local", "--cell", "eu1", "--cell", "eu2")
UP = ("up", "--env", "local", "--skip-preview", "--json")


def slow(seconds: float) -> list[dict[str, Any]]:
    return [{"operation": "create", "type": SLOW, "name": "new*", "delay": seconds}]


def until_slow(run: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """Reads the run's events up to the one that says that the slow creation has begun."""
    assert run.stdout
    events: list[dict[str, Any]] = []
    for line in run.stdout:
        events += parsed(line)
        if (events[-1]["event"], events[-1].get("type")) == ("started", SLOW):
            return events
    raise AssertionError(events[-1], run.stderr and run.stderr.read())


def kill(run: subprocess.Popen[str], engine: int) -> None:
    """Command and engine at once, as when the machine dies."""
    run.kill()
    os.kill(engine, signal.SIGKILL)
    run.wait()


def test_ctrl_c_stops_every_engine_in_good_order(cells: Cells) -> None:
    cells.write_sites(NEW)
    with cells.running(*UP, "--parallel", "1", faults=slow(4)) as run:
        seen = until_slow(run)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=SECONDS)
    events = [*seen, *parsed(out)]
    assert run.returncode == 130
    assert err.startswith("Stopping; waiting for what AWS is doing.")
    # What AWS was doing is waited for, so the state knows of it; nothing is left locked.
    assert {(e["type"], e["site"]) for e in events if e["event"] == "finished"} >= {(SLOW, "new")}
    assert cells.locks() == []
    told = ended(events)
    assert [told[cell]["outcome"] for cell in ("eu1", "eu2", "us1")] == [
        *("stopped", "skipped", "skipped")
    ]
    [line] = told["eu1"]["errors"]
    assert re.fullmatch(
        r"local-eu1: stopped after \d+ changes; the state is saved, and the next run goes on from "
        "there",
        line,
    )
    assert told["us1"]["errors"] == ["not begun: the run was cancelled"]
    again = cells.events(*UP, "--cell", "eu1")
    assert again[-1]["ok"]
    before, after = (
        {each["urn"] for each in run if each["event"] == "finished"} for run in (events, again)
    )
    assert before.isdisjoint(after)
    assert {each["site"] for each in again if each["event"] == "finished"} == {"new"}


def test_a_second_ctrl_c_does_not_wait_and_nothing_is_made_twice(cells: Cells) -> None:
    cells.write_sites(NEW)
    endless = {**slow(10 * SECONDS)[0], "when": "after"}
    with cells.running(*UP, "--cell", "eu1", faults=[endless]) as run:
        seen = until_slow(run)
        # AWS hears of it after the engine has said that it begins.
        while len(cells.world.resources(SLOW)) == len(STANDING):
            time.sleep(0.1)
        run.send_signal(signal.SIGINT)
        assert run.stderr
        assert run.stderr.readline().startswith("Stopping; waiting")
        # The engine takes two signals for one when they come at the same moment.
        time.sleep(2)
        run.send_signal(signal.SIGINT)
        out, _ = run.communicate(timeout=SECONDS)
    assert run.returncode == 130
    told = ended([*seen, *parsed(out)])["eu1"]
    assert told["outcome"] == "stopped"
    assert "while AWS was creating 1 more; the next up looks for these" in told["errors"][-1]
    again = cells.events(*UP, "--cell", "eu1")
    assert again[-1]["ok"]
    assert [e["type"] for e in again if e["event"] == "adopted"] == [SLOW]
    made = [each for each in cells.world.resources() if each.type == SLOW]
    assert len(made) == len(STANDING) + 1


def test_two_at_once_on_one_stack(cells: Cells) -> None:
    cells.write_sites(NEW)
    with cells.running(*UP, "--cell", "eu1", faults=slow(10 * SECONDS)) as first:
        until_slow(first)
        [lock] = cells.locks()
        holder = json.loads(lock.read_text())
        second = cells.fleet("up", *BOTH, "--skip-preview")
        kill(first, holder["pid"])
    # The other cell went on.
    assert re.search(r"^eu2 +local-eu2 +succeeded", second.stdout, re.MULTILINE)
    assert second.returncode == 1
    [line] = second.stderr.splitlines()
    who = f"{holder['username']}@{holder['hostname']} (process {holder['pid']})"
    assert line.startswith(f"error: local-eu1: another run holds the stack: {who} since 20")


def test_killed_and_resumed(cells: Cells) -> None:
    cells.write_sites(NEW)
    with cells.running(*UP, "--cell", "eu1", faults=slow(3)) as run:
        until_slow(run)
        [lock] = cells.locks()
        kill(run, json.loads(lock.read_text())["pid"])
    again = cells.events(*UP, "--cell", "eu1")
    assert again[-1]["ok"], again[-2]
    assert cells.locks() == []
    made = [each for each in cells.world.resources() if each.type == SLOW]
    assert len(made) == len(STANDING) + 1
