"""`site_cron` and `fleet cron` against an account on loopback."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from rich.console import Console

from fleet.cli import screen
from fleet.cli.views import cron as view
from fleet.operations.declared import Declared
from fleet.operations.live.cron import CronRun, overdue, site_cron
from tests.operations.test_logs import write

# 2026-12-01 06:40:00 UTC
NEXT = 1796107200
BROKE = 'fleet-cron: broke {"event": "backup_all", "why": "the run was ended", "seconds": 600.9}'


def ran(**more: object) -> str:
    told = {"ran": 2, "failed": [], "late": 0, "seconds": 0.4, "next": NEXT, "coming": []}
    return "fleet-cron: ran " + json.dumps({**told, **more})


def printed(monkeypatch: pytest.MonkeyPatch, runs: list[CronRun]) -> str:
    """What `fleet cron` shows."""
    shown = io.StringIO()
    monkeypatch.setattr(view, "OUT", Console(file=shown, width=80))
    view.print_cron(runs, 900)
    return shown.getvalue()


def test_what_the_image_wrote_is_told(
    aws: boto3.Session,
    prod: Declared,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = write(
        aws,
        "docs",
        (7200, ran(ran=9)),
        (60, "a plugin says fleet-cron"),
        (50, ran(coming={"wp_version_check": NEXT, "evil\u001b[2J": NEXT + 60})),
        (40, "NOTICE: PHP message: fleet-cron: newsletter_send failed: Exception: no list"),
        (39, ran(ran=1, failed=["newsletter_send"], late=61, next=None)),
        (30, BROKE),
        (20, "fleet-cron: no run: database: gone"),
        (10, 'fleet-cron: ran {"ran": 3'),
    )
    runs = [run for run in site_cron(prod, "docs", since=timedelta(hours=1)) if run.task == task]
    assert [(run.ran, run.failed, run.late) for run in runs] == [
        (2, (), 0),
        (1, ("newsletter_send",), 61),
        (0, (), 0),
        (0, (), 0),
    ]
    assert runs[0].next == datetime.fromtimestamp(NEXT, UTC)
    assert (runs[2].broke, runs[2].reason) == ("backup_all", "the run was ended")
    assert runs[3].reason == "database: gone"

    said = printed(monkeypatch, runs)
    assert "failed: newsletter_send" in said
    assert "backup_all ended the run: the run was ended" in said
    assert "no run: database: gone" in said
    assert said.index("wp_version_check") < said.index("evil\\x1b[2J")
    assert "next run at" in said
    assert max(map(len, said.splitlines())) <= 80
    screen.print_json(view.cron_map(runs))
    (first, *_) = json.loads(capsys.readouterr().out)
    assert first["coming"]["wp_version_check"] == "2026-12-01T06:40:00+00:00"


def test_an_event_that_no_run_came_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Due five minutes after the last run: a quarter of an hour later, and an hour's grace."""
    due = datetime.now(UTC) - timedelta(days=1)
    run = CronRun(time=due - timedelta(minutes=5), task="x", ran=1, coming={"publish": due})
    assert overdue(run, 900, due + timedelta(minutes=79)) == frozenset()
    assert overdue(run, 900, due + timedelta(minutes=81)) == {"publish"}
    assert "publish" in printed(monkeypatch, [run])
    assert "overdue, and no run came: publish; fleet status" in capsys.readouterr().err


def test_a_site_whose_events_all_slept(
    aws: boto3.Session, prod: Declared, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = list(site_cron(prod, "archive", since=timedelta(hours=1)))
    assert "no event ran, and none failed" in printed(monkeypatch, runs)
