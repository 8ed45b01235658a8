"""`fleet lock` against an account on loopback, whose tasks of a site's own are played."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.operations.data import lockdown
from fleet.operations.data.lockdown import Lockdown, code_back_to, lock_site
from fleet.operations.data.steps import Step
from fleet.operations.declared import Declared
from fleet.operations.problem import OperationError
from tests.engine.checkout import ROOT
from tests.operations.stage.page import alike, shown
from tests.operations.stage.page import told as steps
from tests.operations.stage.played import Image
from tests.operations.test_calls import counting, documented
from tests.operations.test_one_off_calls import FOR_ALL
from tests.operations.test_rotation import Account, Killed, heard, image, stands

__all__ = ["image", "stands"]
SINCE = datetime(2026, 11, 20, 14, tzinfo=UTC)
SHELL = {"kind": "file", "name": "uploads/shell.php", "what": "is a program, of [bold]2026[/bold]"}
FINDINGS = [SHELL]
PAGE = (ROOT / "docs/lockdown.md").read_text()


@pytest.fixture
def told(image: Image) -> Iterator[list[list[str]]]:
    """The image's part: a report of each look. The commands that it was given."""
    commands: list[list[str]] = []
    s3 = image.session.client("s3")

    def looked(parsed: dict[str, Any], **_: Any) -> None:
        for task in parsed.get("tasks", []):
            words = task["overrides"]["containerOverrides"][-1]["command"]
            command = words[words.index("--") + 1 :]
            if command[0] == "fleet-lockdown" and command not in commands:
                commands.append(command)
                _write(command)

    def _write(command: list[str]) -> None:
        given = dict(zip(command[1::2], command[2::2], strict=True))
        _, _, bucket, site, id_ = given["--report"].split("/")
        first = given["--part"] == "before"
        report = {
            "time": "2026-11-30T10:00:00Z",
            "since": given["--since"],
            "kept": given["--keep"],
            "code": "",
            "off": ["wp_support"] if first else [],
            "sessions": 3 if first else 0,
            "application_passwords": 1 if first else 0,
            "findings": FINDINGS,
        }
        key = f"{site}/lockdowns/{id_}-{given['--part']}.json"
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(report).encode())

    image.forget()
    image.session.events.register_first("after-call.ecs.RunTask", looked)
    yield commands
    image.session.events.unregister("after-call.ecs.RunTask", looked)


@pytest.fixture
def lock(prod: Declared, image: Image) -> Callable[..., Lockdown]:
    def do(**more: Any) -> Lockdown:
        steps: list[Step] = more.pop("steps", [])
        more = {"since": SINCE, "session": image.session, **more}
        return lock_site(prod, "blog", on_step=steps.append, **more)

    return do


def test_all_passwords_change_between_two_looks(
    lock: Callable[..., Lockdown], image: Image, stands: Account, told: list[list[str]]
) -> None:
    before, calls, steps = stands.value("blog"), counting(image.session), list[Step]()
    done = lock(keep="anna", code="12", steps=steps)
    assert {key for key in before if before[key] == stands.value("blog")[key]} == set()
    assert (done.kept, done.off, done.back, done.sessions) == ("anna", ("wp_support",), (), 3)
    assert len(done.findings) == 1
    first, second = told
    assert (first[-1], second[-1]) == ("before", "after")
    expected = ["--keep", "anna", "--since", "2026-11-20T14:00:00Z", "--code-back-to", "12"]
    assert first[1:7] == second[1:7] == expected
    assert {"schema": ["fleet-schema"], "init": ["fleet-init", "admin", "anna"]} in image.prepared
    assert heard(steps) == ["secret", "passwords", "tasks", "discard"]
    # Of a bucket, HeadBucket is asked by the right to list it; logs are the played image's.
    asked = {call for call in calls if not call.startswith("logs:")} - {"s3:HeadBucket"}
    assert asked - documented("rotate") - documented("run") - FOR_ALL <= documented("lock")


# After the first look's task, the secret's new version and its label, a task, the rollout.
@pytest.mark.parametrize("dies_at", range(7))
def test_killed_anywhere_it_is_done_once(
    lock: Callable[..., Lockdown],
    stands: Account,
    told: list[list[str]],
    dies_at: int,
) -> None:
    before = stands.value("blog")
    stands.dies_at = dies_at
    with pytest.raises(Killed):
        lock()
    stands.dies_at = None
    done = lock()
    assert [command[-1] for command in told] == ["before", "after"]
    assert stands.value("blog", "AWSPREVIOUS") == before
    assert stands.rotating("blog") is None
    assert done.off == ("wp_support",)


@pytest.fixture
def terminal(project: Path, image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the project's folder, 80 columns wide."""
    monkeypatch.chdir(project)
    monkeypatch.setenv("COLUMNS", "80")
    # The command's own session would know nothing of the played tasks.
    monkeypatch.setattr(lockdown, "lock_site", partial(lock_site, session=image.session))


@pytest.mark.usefixtures("stands", "terminal")
def test_what_it_says(told: list[list[str]]) -> None:
    words = ["lock", "blog", "--env", "prod", "--since", "2026-11-20 14:00Z"]
    done = CliRunner().invoke(app, words, input="n\n")
    assert "turn off its admins but admin?" in done.output
    assert told == []
    done = CliRunner().invoke(app, [*words, "--yes"])
    assert done.exit_code == 0, done.output
    assert "is a program, of [bold]2026[/bold]" in done.stdout
    assert "off    wp_support" in done.stdout
    assert "fleet run --env prod blog -- wp fleet lock open LOGIN" in done.stdout
    done = CliRunner().invoke(app, [*words, "--yes", "--json"])
    record = json.loads(done.stdout.splitlines()[-1])
    assert (record["kept"], record["findings"]) == ("admin", [SHELL])


@pytest.mark.usefixtures("stands", "told", "terminal")
def test_it_prints_what_the_page_shows(image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    words, lines = shown(PAGE, "fleet lock", {"shop": "blog"})
    rows = PAGE.partition("What    Which")[2].partition("\n")[2].partition("\noff ")[0].splitlines()
    monkeypatch.setattr("tests.operations.test_lockdown.FINDINGS", findings(rows))
    image.says = {"fleet-lockdown": steps("look", "logins")}
    done = CliRunner().invoke(app, words, input="y\n")
    assert done.exit_code == 0, done.output
    assert [alike(line) for line in done.stdout.splitlines()] == lines, done.stdout


def findings(rows: list[str]) -> list[dict[str, str]]:
    """Of the page's table."""
    found: list[dict[str, str]] = []
    for row in rows:
        kind, name, what = row[:8].strip(), row[8:33].strip(), row[33:].strip()
        if kind:
            found.append({"kind": kind, "name": name, "what": what})
        else:
            found[-1]["what"] += f" {what}"
    for each in found:
        each["what"] = each["what"].replace("shop.example", "blog.example")
    return found


def test_a_generation_or_a_time() -> None:
    assert code_back_to(None) is None
    assert code_back_to("12") == "12"
    assert code_back_to("2026-11-20 14:00 Europe/Vienna") == "2026-11-20T13:00:00Z"
    with pytest.raises(OperationError, match=r"yesterday.+ is no time"):
        code_back_to("yesterday")
    assert set(lockdown.KINDS) == {"database", "salts", "admin"}
