"""Verbs that take a site's data elsewhere, killed behind each call that changes anything."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from fleet.operations.data.archive import store_of
from fleet.operations.data.begun import NOTES
from fleet.operations.data.clone import clone_site
from fleet.operations.data.importing import import_site
from fleet.operations.data.leaving import check_export, export_leaving, purge_site
from fleet.operations.data.listed import files_of
from fleet.operations.data.move import move_site
from fleet.operations.data.push import push_code
from fleet.operations.data.restore import plan_restore, restore_site
from fleet.operations.data.steps import Step
from fleet.operations.declared import Declared, read_declared
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.sites_file.edits import retire_site
from tests.operations.stage.foreign import TAKEN, dump, tree
from tests.operations.stage.played import FILES, Image, playing, sha256

CHANGES = (
    *(f"s3.{name}Object" for name in ("Copy", "Delete", "Put")),
    "s3.DeleteObjects",
    "ecs.RunTask",
)
NOW = datetime(2026, 11, 29, 18, tzinfo=UTC)
OVER = NOW + timedelta(days=31)
Verb = Callable[[boto3.Session], Any]


@pytest.fixture
def image(aws: boto3.Session, tmp_path: Path) -> Iterator[Image]:
    with playing(aws) as image:
        image.ledger = tmp_path / "ledger"
        yield image


def killed(image: Image, verb: Verb, after: int) -> bool:
    """Runs the verb in a process that gets SIGKILL behind its change number `after`.

    Whether it was killed, and didn't end before.
    """
    child = os.fork()
    if child == 0:
        left = [after]

        def kill(**_: Any) -> None:
            left[0] -= not image.at_work
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        for change in CHANGES:
            image.session.events.register(f"after-call.{change}", kill)
        status = 1
        try:
            verb(image.session)
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    image.recall()
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def at_each_change(image: Image, verb: Verb) -> Iterator[int]:
    """After each change: the verb was killed there, and ended when it was called again."""
    after = 1
    while True:
        image.forget()
        image.commands.clear()
        image.begun.clear()
        if not killed(image, verb, after):
            return
        # Behind the last change it has ended, and is a new one when it is called again.
        if not has_note(image):
            return
        verb(image.session)
        # Whatever was called twice, its load is one.
        assert len(set(image.begun)) <= 1
        yield after
        after += 1


def nobody(_: Step) -> None:
    """Nobody listens."""


def keys(image: Image) -> set[str]:
    listed = image.session.client("s3").list_objects_v2(Bucket=image.bucket)
    return {each.get("Key", "") for each in listed.get("Contents", [])}


def has_note(image: Image) -> bool:
    return any(f"/{NOTES}/" in key for key in keys(image))


def objects(site: str, *paths: str) -> set[str]:
    hashes = {sha256(FILES[path]) for path in paths or FILES}
    return {f"{site}/objects/{each[:2]}/{each}" for each in hashes}


def done_once(image: Image, *options: str) -> str:
    """One archive was made of `blog` and loaded into `docs`, and no note is left; its id."""
    dumps = {command[1] for command in image.commands if command[0] == "fleet-dump"}
    loads = {tuple(command) for command in image.commands if command[0] == "fleet-load"}
    assert len(dumps) == 1
    id_ = dumps.pop().rsplit("/", 1)[-1]
    assert loads == {("fleet-load", f"s3://{image.bucket}/docs/{id_}", *options)}
    found = keys(image)
    assert not has_note(image)
    # The original's, whatever became of the copy.
    assert {f"blog/{id_}/manifest.json", *objects("blog", "copy")} <= found
    return id_


def test_a_clone(prod: Declared, image: Image) -> None:
    def clone(session: boto3.Session) -> None:
        clone_site(
            *(prod, "blog", "docs"), on_step=nobody, overwrite_production=True, session=session
        )

    for after in at_each_change(image, clone):
        id_ = done_once(image, "--anonymise")
        found = keys(image)
        assert objects("docs") <= found, after
        # People's data isn't left where the copy's tasks read.
        assert not {f"docs/{id_}/manifest.json", f"docs/{id_}/database.sql.zst"} & found, after


def test_a_move_as_rename_makes_it(prod: Declared, image: Image) -> None:
    def move(session: boto3.Session) -> None:
        move_site(
            *(prod, "blog", "docs"),
            into=prod,
            on_step=nobody,
            overwrite_production=True,
            session=session,
        )

    for after in at_each_change(image, move):
        id_ = done_once(image, "--keep-addresses")
        assert {f"docs/{id_}/manifest.json", *objects("docs")} <= keys(image), after


def test_a_push(prod: Declared, image: Image) -> None:
    def push(session: boto3.Session) -> None:
        push_code(
            *(prod, "blog", "docs"), on_step=nobody, overwrite_production=True, session=session
        )

    for after in at_each_change(image, push):
        done_once(image, "--code-only")
        assert objects("docs", "plugins/hello.php") <= keys(image), after


def test_another_verb_of_the_same_site_that_ends_meanwhile(prod: Declared, image: Image) -> None:
    docs = (prod, "blog", "docs")
    more: Any = {"overwrite_production": True}

    def push(session: boto3.Session) -> None:
        push_code(*docs, on_step=nobody, session=session, **more)

    others: list[str] = []

    def on_step(_: Step) -> None:
        if not others:
            others.append("push")
            assert killed(image, push, 2)  # behind the start of its dump

    image.forget()
    clone_site(*docs, on_step=on_step, session=image.session, **more)
    assert has_note(image)
    push(image.session)
    assert not has_note(image)
    # One of each: the clone neither took the note of the push away nor went on with its archive.
    dumps = [command[1] for command in image.commands if command[0] == "fleet-dump"]
    assert len(set(dumps)) == 2
    loads = [command[1:] for command in image.commands if command[0] == "fleet-load"]
    assert sorted(options for _, *options in loads) == [["--anonymise"], ["--code-only"]]


def test_an_import(prod: Declared, image: Image, tmp_path: Path) -> None:
    tables, files = dump(tmp_path / "a.sql.gz"), tree(tmp_path / "files")

    def take(session: boto3.Session) -> None:
        import_site(
            *(prod, "blog", tables),
            files=files,
            on_step=nobody,
            agreed=lambda report: True,
            overwrite_production=True,
            session=session,
        )

    for after in at_each_change(image, take):
        (load,) = {tuple(command) for command in image.commands}
        archive = store_of(prod, "blog", image.session).archive("blog", load[1].rsplit("/", 1)[-1])
        listed = files_of(archive, archive.manifest().files)
        sent = {f"blog/objects/{each.sha256[:2]}/{each.sha256}" for each in listed}
        # What was sent before it was killed is what it goes on with, and no second archive is made.
        assert {key for key in keys(image) if not key.startswith(f"blog/{archive.id}/")} == sent
        assert len(sent) == len(TAKEN), after


def test_an_export_of_who_leaves_and_the_purge(
    prod: Declared, project: Path, image: Image, tmp_path: Path
) -> None:
    out = tmp_path / "out"

    def leave(session: boto3.Session) -> None:
        export_leaving(prod, "blog", str(out), on_step=nobody, session=session, now=NOW)

    for after in at_each_change(image, leave):
        (dump,) = {command[1] for command in image.commands}
        archive = store_of(prod, "blog", image.session).archive("blog", dump.rsplit("/", 1)[-1])
        check_export(str(out), archive)
        assert not has_note(image), after

    retire_site(project / "sites.yaml", "blog", "prod")
    retired = read_declared(Target(folder=project, environment="prod"))

    def purge(session: boto3.Session) -> None:
        # Behind the last of it there is nothing to go on with.
        with suppress(OperationError):
            purge_site(retired, "blog", on_step=nobody, session=session, now=OVER)

    for after in (1, 2):
        leave(image.session)
        assert killed(image, purge, after)
        purge(image.session)
        assert not [key for key in keys(image) if key.startswith("blog/")], after


def test_a_restore_as_another_site(prod: Declared, image: Image) -> None:
    keep = {"days": 14, "weeks": 8, "months": 12}

    def restore(session: boto3.Session) -> None:
        image.at_work = True
        image.dump(f"s3://{image.bucket}/blog/20261120T031200Z-0000", keep=keep)
        image.at_work = False
        plan = plan_restore(
            prod, "blog", NOW, to="docs", overwrite_production=True, session=session
        )
        restore_site(prod, plan, on_step=nobody, session=session)

    for after in at_each_change(image, restore):
        url = f"s3://{image.bucket}/docs/20261120T031200Z-0000"
        # One task, which the second call follows.
        assert image.commands == [["fleet-load", url]], after
        assert objects("docs") <= keys(image), after
        assert not has_note(image), after
