"""What drills found, beside the backups: SITE/drills/TIME.json, as the image writes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from fleet.operations.data.archive import Archive, Store
from fleet.operations.live.account import told_in_words
from fleet.operations.problem import OperationError


class Drill(BaseModel):
    """How a drill went. `data_age`: seconds from the backup to the drill, which a restore at that
    moment would have lost. `seconds`: how long the database took, with the looking and without the
    load's rests.

    `problem` is None for one that went well; then the counts are there.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    backup: str
    time: datetime
    problem: str | None = None
    data_age: int | None = None
    seconds: int | None = None
    tables: int | None = None
    rows: int | None = None
    posts: int | None = None
    users: int | None = None
    files: int | None = None
    newest_post: str | None = None


def drills_of(store: Store, site: str) -> list[Drill]:
    """The drills of a site, the latest first."""
    with told_in_words(store.target):
        keys = sorted(store.keys(f"{site}/drills/"), reverse=True)
        texts = [_read(store, key) for key in keys]
    return [found for text in texts if (found := _drill(text))]


def _read(store: Store, key: str) -> bytes:
    answer: Any = store.s3.get_object(Bucket=store.bucket, Key=key, **store.owner)
    return answer["Body"].read()


def _drill(text: bytes) -> Drill | None:
    try:
        return Drill.model_validate_json(text)
    except ValidationError:
        return None


def tables_speed(store: Store, site: str) -> float | None:
    """Bytes of SQL a second that the last good drill loaded and looked at.

    None without one, or where the backup that it tried is gone.
    """
    good = next((each for each in drills_of(store, site) if each.problem is None), None)
    if good is None or not good.seconds:
        return None
    try:
        database = Archive(store, site, good.backup).manifest().database
    except OperationError:
        return None
    return database.sql_bytes / good.seconds if database and database.sql_bytes else None
