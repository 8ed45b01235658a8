"""What is over of a site that has no nights, against an account on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.operations.data.archive import Archive, Kept, store_of
from fleet.operations.data.backups import backup_ids
from fleet.operations.data.begun import going_on
from fleet.operations.data.retention import delete_over, over_ones, stays
from fleet.operations.declared import Declared, read_declared
from tests.operations.stage.played import FILES, Image, playing, sha256
from tests.operations.stage.retention import DAY, FIRST, model, some_cases

KEEP = {"days": 2, "weeks": 2, "months": 2}


@pytest.fixture
def image(aws: boto3.Session) -> Iterator[Image]:
    with playing(aws) as image:
        image.forget()
        yield image


@pytest.fixture
def project(project: Path) -> Path:
    """Without the site whose cell has no bucket."""
    path = project / "sites.yaml"
    path.write_text(path.read_text().replace(", cell: east", ""))
    return project


def test_which_stay() -> None:
    nights: list[int] = []
    rules = {"days": 14, "weeks": 8, "months": 12}
    for number in range(400):
        nights = sorted({*model([*nights, FIRST + number * DAY], rules, FIRST + number * DAY)})
        now = nights[-1] + DAY
        assert stayed(nights, rules, now) == model(nights, rules, now), number
    for times, keep, now in some_cases():
        assert stayed(times, keep, now) == model(times, keep, now)


def stayed(times: list[int], keep: dict[str, int], now: int) -> list[int]:
    at = [datetime.fromtimestamp(time, UTC) for time in times]
    found = stays(at, Kept(**keep), datetime.fromtimestamp(now, UTC))
    return sorted(int(time.timestamp()) for time in found)


def made(image: Image, night: datetime, mark: str = "0000", site: str = "gone", **more: Any) -> str:
    id_ = f"{night:%Y%m%dT%H%M%SZ}-{mark}"
    image.dump(f"s3://{image.bucket}/{site}/{id_}", time=night.isoformat(), **more)
    return id_


def test_a_removed_site_s_rules_go_on_when_somebody_asks(
    project: Path, prod: Declared, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    first = now - timedelta(days=100)
    image.files = {**FILES, "uploads/first.txt": b"of the first night"}
    over = [made(image, first, keep=KEEP)]
    image.files = FILES
    over += [made(image, first + timedelta(hours=1), "aaaa", expires=first.isoformat(), keep=None)]
    newest = made(image, now - timedelta(days=90), keep=KEEP)
    later = (now + timedelta(days=1)).isoformat()
    export = made(image, now - timedelta(days=95), "bbbb", expires=later, keep=None)
    s3 = image.session.client("s3")
    half, begun = (f"{now - timedelta(days=days):%Y%m%dT%H%M%SZ}-cccc" for days in (3, 1))
    for id_ in (half, begun):
        s3.put_object(Bucket=image.bucket, Key=f"gone/{id_}/files.jsonl.zst", Body=b"half")
    image.dump(f"s3://{image.bucket}/blog/{over[0]}", keep=KEEP)

    monkeypatch.chdir(project)
    told = CliRunner().invoke(app, ["backups", "--env", "prod"])
    assert "gone: 3 of 6 are over by its rules" in told.stdout
    asked = CliRunner().invoke(app, ["backups", "--env", "prod", "--delete-over"], input="n\n")
    assert asked.exit_code == 0, asked.output
    (found,) = over_ones(prod, session=image.session)
    assert found.ids == tuple(sorted([*over, half]))

    objects = {f"gone/objects/{sha256(text)[:2]}/{sha256(text)}" for text in FILES.values()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fleet.operations.data.retention._delete", broken_off(2))
        with pytest.raises(KeyboardInterrupt):
            delete_over([found], now=now + timedelta(days=3))
    (again,) = over_ones(prod, session=image.session)
    delete_over([again], now=now + timedelta(days=3))
    store = store_of(prod, "blog", image.session)
    assert set(backup_ids(store, "gone")) == {newest, export, begun}
    assert set(store.keys("gone/objects/")) == objects
    assert backup_ids(store, "blog") == [over[0]]
    assert over_ones(prod, session=image.session) == []
    done = CliRunner().invoke(app, ["backups", "--env", "prod", "--delete-over", "--yes"])
    assert "0 backups are deleted" in done.stdout


def test_a_paused_site_s_go_by_what_the_file_says_now(
    project: Path, prod: Declared, image: Image
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    nights = [made(image, now - timedelta(days=days), site="blog", keep=KEEP) for days in (9, 5, 1)]
    path = project / "sites.yaml"
    text = path.read_text()

    def said(state: str) -> Declared:
        rules = (
            f"state: {state}, backup: {{dumps: nightly, keep: {{days: 3, weeks: 0, months: 0}}}}"
        )
        path.write_text(text.replace("[blog.example.com]", f"[blog.example.com], {rules}"))
        return read_declared(prod.target)

    # The clock's nights see to a live one's.
    assert over_ones(said("live"), session=image.session) == []
    paused = said("paused")
    (found,) = over_ones(paused, session=image.session)
    assert (found.site, found.ids) == ("blog", tuple(nights[:2]))
    # Nobody takes away what a verb is at work with.
    store, archive = store_of(prod, "blog", image.session), Archive(found.store, "blog", nights[0])
    with going_on(store, "blog", ["export", "blog"], archive, print):
        (found,) = over_ones(paused, session=image.session)
        assert found.ids == (nights[1],)


def broken_off(calls: int) -> object:
    """What deletes so many, and is then killed."""
    from fleet.operations.data import retention

    real, left = retention._delete, [calls]  # pyright: ignore[reportPrivateUsage]

    def delete(store: object, key: str) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return real(store, key)  # type: ignore[arg-type]

    return delete
