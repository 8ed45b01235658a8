"""What a verb has begun, so that the same command goes on with it after it was killed.

A note below the prefix of the site that is exported or replaced: s3://BUCKET/SITE/begun/HASH.json,
of the verb's words, since several verbs of a site may be under way. It names the archive: the tasks
that make and load it outlive whoever started them, and a second archive, loaded behind the first,
would put the first where `fleet undo` goes back to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fleet.operations.data.archive import Archive, Store
from fleet.operations.data.steps import OnStep, Step, StepsFailedError
from fleet.operations.live.account import told_in_words

NOTES = "begun"
# An archive of yesterday isn't what whoever asks today means.
GOES_ON = timedelta(days=1)
# ECS forgets a task an hour after its end, and then has nothing to follow under its token.
KNOWN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Begun:
    """A verb at work on `archive`; `since` is when it was first begun."""

    archive: Archive
    since: datetime

    @property
    def mark(self) -> str:
        """What a load is told apart by from an earlier one of the same archive."""
        return f"{self.since:%Y%m%dT%H%M%S%fZ}"

    def token(self, step: str) -> str | None:
        """By which a task of this verb is found again; None once ECS may have forgotten it.

        A task that is started a second time does no harm: it waits for the first, and finds done
        what that did.
        """
        is_known = datetime.now(UTC) - self.since < KNOWN
        # A restore's archive is an old one, which may have been loaded some minutes ago.
        return f"{self.archive.id}-{self.since:%H%M%S%f}-{step}" if is_known else None


@contextmanager
def going_on(
    store: Store,
    site: str,
    words: Sequence[str],
    new: Archive,
    on_step: OnStep,
    *,
    uses: Sequence[str] = (),
) -> Iterator[Begun]:
    """The verb that was begun by the same `words`, or one that begins with the archive `new`.

    While the note is there no night takes that archive away, nor those of the ids `uses`.

    The note goes when the verb has ended, and when one of its tasks failed: what is run then is to
    begin anew. It stays where the verb was killed or AWS was away.
    """
    key = _key(site, words)
    begun = _read(store, key, new)
    if begun is None:
        begun = Begun(new, datetime.now(UTC))
        _write(store, key, words, begun, uses)
    else:
        note = f"goes on with {begun.archive.url}, begun at {begun.since:%Y-%m-%d %H:%M} UTC"
        on_step(Step(site=site, step="begin", state="note", note=note))
    try:
        yield begun
    except StepsFailedError:
        _forget(store, key)
        raise
    _forget(store, key)


def _key(site: str, words: Sequence[str]) -> str:
    return f"{site}/{NOTES}/{hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16]}.json"


def _read(store: Store, key: str, new: Archive) -> Begun | None:
    with told_in_words(store.target):
        try:
            answer = store.s3.get_object(Bucket=store.bucket, Key=key, **store.owner)
        except store.s3.exceptions.NoSuchKey:
            return None
        said: dict[str, Any] = json.loads(answer["Body"].read())
    since = datetime.fromisoformat(str(said["since"]))
    if datetime.now(UTC) - since > GOES_ON:
        return None
    return Begun(new.store.archive(new.site, str(said["archive"])), since)


def _write(store: Store, key: str, words: Sequence[str], begun: Begun, uses: Sequence[str]) -> None:
    archive, since = begun.archive.id, begun.since.isoformat()
    said = {"words": words, "archive": archive, "uses": uses, "since": since}
    with told_in_words(store.target):
        store.s3.put_object(
            Bucket=store.bucket, Key=key, Body=json.dumps(said).encode(), **store.owner
        )


def _forget(store: Store, key: str) -> None:
    with told_in_words(store.target):
        store.s3.delete_object(Bucket=store.bucket, Key=key, **store.owner)
