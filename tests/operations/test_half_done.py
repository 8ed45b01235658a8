"""What a person and a program read of an update that an earlier run left half done."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fleet.cli.views.progress import Watching
from fleet.operations.engine.events import HalfDone, Reread, Resource
from fleet.operations.records import event_record
from fleet.operations.recovery.checkpoint import differing
from fleet.operations.run import CellEvent, Run
from fleet.operations.target import Target

TARGET = Target(folder=Path(), environment="prod", cell="eu1")
SITE = "wordpress-fleet:index:WordPressSite"
SERVICE = "aws:ecs/service:Service"
BLOG = Resource(f"urn:pulumi:prod-eu1::wordpress-fleet::{SITE}${SERVICE}::blog")
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}

TOLD: list[tuple[Any, str, dict[str, Any]]] = [
    (
        HalfDone(BLOG, "blog"),
        f"left by an update that failed: {SERVICE} blog; up reads it again",
        {"event": "half-done"},
    ),
    (
        Reread(BLOG, "blog", ("cluster", "taskDefinition")),
        f"read again after an update that failed: {SERVICE} blog: AWS has another cluster, "
        "taskDefinition",
        {"event": "reread", "differs": ["cluster", "taskDefinition"]},
    ),
    (
        Reread(BLOG, "blog", ()),
        f"read again after an update that failed: {SERVICE} blog: as it should be",
        {"event": "reread", "differs": []},
    ),
]


@pytest.mark.parametrize(("event", "line", "record"), TOLD)
def test_told_in_a_line_and_as_a_record(
    event: Any, line: str, record: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    happened = CellEvent(TARGET, event)
    Watching(cast("Run", SimpleNamespace(targets=(TARGET,), verb="up"))).show(happened)
    assert capsys.readouterr().out == f"{line}\n"
    where = {"stack": "prod-eu1", "cell": "eu1", "site": "blog"}
    about = {"type": SERVICE, "name": "blog", "urn": BLOG.urn}
    assert event_record(happened) == {**where, **about, **record}


def test_what_differs_is_what_the_program_says_but_no_secret() -> None:
    before = {
        "inputs": {"cpu": 1, "name": "blog", "password": SECRET, "__defaults": ["name"]},
        "outputs": {"arn": "a", "cpu": 2, "name": "blog", "password": {**SECRET, "c": 1}},
    }
    now = {
        "inputs": {"cpu": 1, "name": "blog", "password": SECRET, "__defaults": []},
        "outputs": {"arn": "b", "cpu": 1, "name": "blog", "password": {**SECRET, "c": 2}},
    }
    assert differing(before, now) == ("cpu",)
    assert differing(before, before) == ()
    assert differing(before, None) == ("cpu", "name", "password")
