"""`fleet run` and `fleet runs` against an account on loopback, whose tasks the tests play."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.cli.views.one_off import show_run
from fleet.names import log_group_name
from fleet.operations.data.find import find
from fleet.operations.data.follow import follow
from fleet.operations.data.order import Order, make_order
from fleet.operations.data.past import past_runs
from fleet.operations.data.place import Place, place_of
from fleet.operations.data.start import OneOff, start, tasks_of
from fleet.operations.declared import Declared
from fleet.operations.live.tasks import task_id
from fleet.operations.problem import OperationError

NIGHT, NEXT_NIGHT, AT_ONCE = "dump-2026-11-29", "dump-2026-11-30", "at-once"
FIRST = {
    "kind": "run",
    "task": "x",
    "by": "ann",
    "command": "wp cron test",
    "cpu": 256,
    "memory": 512,
    "timeout": 60,
    "spot": False,
}


@pytest.fixture
def place(aws: boto3.Session, prod: Declared) -> Place:
    return place_of(prod, "blog", aws)


@pytest.fixture(autouse=True)
def nothing_left(aws: boto3.Session) -> Iterator[None]:
    yield
    ecs = aws.client("ecs")
    for arn in ecs.list_tasks(cluster="wordpress-prod", family="prod-blog")["taskArns"]:
        ecs.stop_task(cluster="wordpress-prod", task=arn)


def order(place: Place, *command: str, **more: Any) -> Order:
    return make_order(place.site, command or ("wp", "option", "list"), **more)


def write(aws: boto3.Session, task: str, *lines: str) -> None:
    """What the task's main container logs."""
    logs, group = aws.client("logs"), log_group_name("prod", None, "blog")
    stream = f"blog/wordpress/{task}"
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int(time.time() * 1000)
    logs.put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[{"timestamp": now, "message": line} for line in lines],
    )


def last_line(status: int, why: str = "") -> str:
    said = {"kind": "run", "status": status, "seconds": 1, "why": why}
    return f"fleet-task: ended {json.dumps(said)}"


@contextmanager
def answered(events: Any, change: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """Each described task is as `change` makes it: the account has no containers that end."""

    def edit(parsed: dict[str, Any], **_: Any) -> None:
        for task in parsed.get("tasks", []):
            change(task)

    events.register("after-call.ecs.DescribeTasks", edit)
    try:
        yield
    finally:
        events.unregister("after-call.ecs.DescribeTasks", edit)


def ended(status: int | None, **more: Any) -> Callable[[dict[str, Any]], None]:
    def change(task: dict[str, Any]) -> None:
        main: dict[str, Any] = {"name": "wordpress"}
        if status is not None:
            main["exitCode"] = status
        own = {"lastStatus": "STOPPED", "stopCode": "EssentialContainerExited"}
        task.update({**own, "containers": [{"name": "init", "exitCode": 0}, main], **more})

    return change


def test_the_task_is_the_site_s_own_with_another_command(place: Place) -> None:
    asked = order(place, "wp", "cron", "test", cpu=256, memory=512, timeout=timedelta(minutes=5))
    one = start(place, asked)
    (task,) = [each for each in tasks_of(place) if task_id(each) == one.id]
    given = task.get("overrides", {})
    schema, init, main = given.get("containerOverrides", [])
    assert (given.get("cpu"), given.get("memory")) == ("256", "512")
    assert schema.get("command") == init.get("command") == ["true"]
    assert main.get("command", [])[-4:] == ["--", "wp", "cron", "test"]
    assert "--by" in main.get("command", [])
    assert task.get("capacityProviderName") == "FARGATE_SPOT"
    assert task.get("taskDefinitionArn", "").rsplit("/", 1)[-1].startswith("prod-blog:")


def test_one_token_starts_one_task_however_often_it_is_asked(place: Place) -> None:
    first = start(place, order(place), NIGHT)
    again = start(place, order(place), NIGHT)
    other = start(place, order(place), NEXT_NIGHT)
    assert first.id == again.id != other.id
    assert find(place, first.id[:12]).id == first.id


def test_the_log_as_it_comes_then_the_status(aws: boto3.Session, place: Place) -> None:
    one, told, steps = start(place, order(place)), list[str](), iter(range(9))

    def sleep(_: float) -> None:
        step = next(steps)
        if step == 1:
            write(aws, one.id, "one", "two")
        if step == 3:
            write(aws, one.id, "three", last_line(3))
            place.ecs.stop_task(cluster=place.cluster, task=one.id)

    with answered(
        place.ecs.meta.events, lambda task: task["lastStatus"] == "STOPPED" and ended(3)(task)
    ):
        ending = follow(one, told.append, sleep=sleep)
    assert (ending.outcome, ending.status) == ("failed", 3)
    assert [line for line in told if not line.startswith("fleet-task")] == ["one", "two", "three"]


def test_a_task_needs_nobody_who_waits(
    aws: boto3.Session,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    one = start(place, order(place))
    monkeypatch.setattr("fleet.operations.data.follow.POLL_SECONDS", 0.01)

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    write(aws, one.id, "at work")
    monkeypatch.setattr("fleet.cli.views.one_off._line", interrupt)
    assert show_run(one, as_json=False) == 130
    assert f"{one.id[:8]} goes on; its log: fleet runs" in capsys.readouterr().err
    (task,) = [each for each in tasks_of(place) if task_id(each) == one.id]
    assert task.get("desiredStatus") == "RUNNING"


def test_a_killed_command_leaves_its_task_at_work(place: Place, project: Path) -> None:
    """And the next one that asks hears of it."""

    def at_work() -> list[str]:
        return [task_id(each) for each in tasks_of(place) if each.get("lastStatus") != "STOPPED"]

    fleet = Path(sys.executable).with_name("fleet")
    command = (fleet, "run", "--env", "prod", "blog", "--", "wp", "cron", "test")
    with subprocess.Popen(command, cwd=project) as waiting:
        while not at_work():
            assert waiting.poll() is None
            time.sleep(0.1)
        waiting.kill()
    assert waiting.returncode == -signal.SIGKILL
    (task,) = at_work()
    run = {each.id: each for each in past_runs(place)}[task]
    assert (run.command, run.ending) == ("wp cron test", None)


def test_an_empty_log_and_one_whose_end_never_comes(place: Place) -> None:
    one, times = start(place, order(place)), iter(range(0, 900, 7))
    with answered(place.ecs.meta.events, ended(0)):
        ending = follow(one, print, sleep=lambda _: None, clock=lambda: float(next(times)))
    assert (ending.outcome, ending.exit_status) == ("succeeded", 0)


def test_a_task_beyond_its_limits_is_stopped(place: Place) -> None:
    one, times = start(place, order(place)), iter(range(0, 90_000, 1_000))
    ending = follow(one, print, sleep=lambda _: None, clock=lambda: float(next(times)))
    assert ending.outcome == "timed out"


def test_a_paused_site_runs_commands_too(aws: boto3.Session, prod: Declared) -> None:
    place = place_of(prod, "archive", aws)
    one = start(place, order(place))
    (task,) = tasks_of(place)
    assert task_id(task) == one.id
    # It may never have been live, so its database and files are prepared.
    given = task.get("overrides", {}).get("containerOverrides", [])
    assert [each.get("name") for each in given] == ["wordpress"]
    aws.client("ecs").stop_task(cluster=place.cluster, task=one.id)


def test_a_site_that_was_never_brought_up(aws: boto3.Session, prod: Declared) -> None:
    place = place_of(prod, "news", aws)
    with pytest.raises(OperationError, match=r"news isn't there yet, .*; fleet up --env prod"):
        start(place, order(place))


def test_what_ran_from_ecs_and_from_the_log(aws: boto3.Session, place: Place) -> None:
    one = start(place, order(place, "wp", "cron", "test"))
    write(aws, "old", f"fleet-task: begun {json.dumps(FIRST)}", "x", last_line(124))
    write(aws, "lost", f"fleet-task: begun {json.dumps(FIRST)}", "fleet-task: ended {nonsense")
    runs = {run.id: run for run in past_runs(place)}
    here, old, lost = runs[one.id], runs["old"], runs["lost"]
    assert (here.command, here.ending, here.spot) == ("wp cron test", None, True)
    assert (old.command, old.by, old.ending and old.ending.outcome) == (
        "wp cron test",
        "ann",
        "timed out",
    )
    assert lost.ending
    assert lost.ending.status is None


def test_the_command_line(
    aws: boto3.Session, prod: Declared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(prod.target.folder)
    monkeypatch.setattr("fleet.operations.data.place.open_session", lambda _: aws)
    monkeypatch.setattr("fleet.operations.data.follow.POLL_SECONDS", 0.01)
    fleet = CliRunner()

    def run(*words: str) -> tuple[int, str]:
        done = fleet.invoke(app, words)
        return done.exit_code, done.stdout

    status, out = run("run", "--env", "prod", "blog", "--detach", "--json", "--", "wp", "x")
    task = json.loads(out)["id"]
    assert (status, json.loads(out)["event"]) == (0, "started")
    write(aws, task, f"fleet-task: begun {json.dumps(FIRST)}", "--hello", last_line(3))

    with answered(aws.events, ended(3)):
        assert run("runs", "--env", "prod", "blog", "--follow", task[:8]) == (3, "--hello\n")
    status, out = run("runs", "--env", "prod", "blog")
    assert (status, task[:8] in out, "runs" in out) == (0, True, True)
    status, out = run("runs", "--env", "prod", "blog", "--stop", task[:8])
    assert (status, out.startswith(f"stopping {task[:8]}")) == (0, True)
    _, out = run("runs", "--env", "prod", "blog", "--json")
    (seen,) = [each for each in json.loads(out) if each["id"] == task]
    assert (seen["command"], seen["ending"]["outcome"]) == ("wp x", "stopped")
    assert seen["usd"] > 0


def test_two_who_ask_with_one_token_at_once(place: Place) -> None:
    """Both get a task: ECS itself keeps them one, by the token that both calls carry."""
    sent, started = list[str](), list[OneOff]()

    def remember(params: dict[str, Any], **_: Any) -> None:
        sent.append(params["clientToken"])

    place.ecs.meta.events.register("before-parameter-build.ecs.RunTask", remember)
    threads = [
        threading.Thread(target=lambda: started.append(start(place, order(place), AT_ONCE)))
        for _ in range(2)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(started) == 2
    assert set(sent) == {AT_ONCE}
