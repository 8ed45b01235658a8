"""A site that was broken into: shut, with other passwords, and told of.

    lock_site(declared, "shop", since=moment("2026-11-20 14:00Z"), on_step=print)

The image does it with none of the site's code loaded, once before the passwords change and once
after: what was still at work between the two could have let somebody in again. Each report lies in
SITE/lockdowns/, and says that its part is done: the same call goes on behind it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import boto3
from pydantic import BaseModel, ConfigDict

from fleet.fields.moments import iso_utc, moment
from fleet.operations.data.archive import Store, store_of
from fleet.operations.data.begun import Begun, going_on
from fleet.operations.data.rotation import rotate
from fleet.operations.data.secret import Kind
from fleet.operations.data.steps import OnStep, Step, run_steps
from fleet.operations.declared import Declared
from fleet.operations.live.account import told_in_words
from fleet.operations.problem import OperationError
from fleet.wording import quoted

KINDS: Collection[Kind] = ("database", "salts", "admin")
Part = Literal["before", "after"]


class Finding(BaseModel):
    """Something for a person to look at. `kind`: user, role, code, file, option, event, post, sql
    or key."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    name: str
    what: str


class Report(BaseModel):
    """What one look found and shut. `code`: the generation that the code is like, or ''."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    time: datetime
    since: datetime
    kept: str
    code: str = ""
    off: tuple[str, ...] = ()
    sessions: int = 0
    application_passwords: int = 0
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockdown:
    """What was shut. `back`: logins that were let in again between the two looks."""

    site: str
    since: datetime
    kept: str
    code: str
    off: tuple[str, ...]
    back: tuple[str, ...]
    sessions: int
    application_passwords: int
    findings: tuple[Finding, ...]


def lock_site(
    declared: Declared,
    site: str,
    *,
    since: datetime,
    on_step: OnStep,
    keep: str | None = None,
    code: str | None = None,
    session: boto3.Session | None = None,
) -> Lockdown:
    """Shuts it. Called again with the same words within a day it goes on where it was.

    `keep`: the administrator whose login stays, by default the first; `code`: the number of a
    generation or a time, as `code_back_to` gives it. Raises FleetError for an unknown site,
    OperationError: no such administrator, no such generation, and as `rotate`.
    """
    store = store_of(declared, site, session)
    keep = keep or declared.site(site).admin.user
    words = ["lock", keep, code or ""]
    with going_on(store, site, words, store.archive(site), on_step) as begun:
        shut = _Shutting(declared, store, begun, site, on_step, session)
        before = shut.done("before", since, keep, code)
        more: Any = {"admin": keep, "done_since": begun.since, "session": session}
        rotate(declared, site, KINDS, on_step=on_step, **more)
        after = shut.done("after", since, keep, code)
    if after.off:
        on_step(Step(site=site, step="lock", state="note", note=_still_inside(after)))
    return _both(site, before, after)


def _both(site: str, before: Report, after: Report) -> Lockdown:
    return Lockdown(
        site=site,
        since=before.since,
        kept=before.kept,
        code=after.code,
        off=before.off,
        back=after.off,
        sessions=before.sessions + after.sessions,
        application_passwords=before.application_passwords + after.application_passwords,
        findings=tuple(dict.fromkeys((*before.findings, *after.findings))),
    )


def _still_inside(after: Report) -> str:
    return (
        f"{', '.join(after.off)} could change the site again after the first look: something of "
        "whoever broke in is still at work"
    )


@dataclass(frozen=True, slots=True)
class _Shutting:
    declared: Declared
    store: Store
    begun: Begun
    site: str
    on_step: OnStep
    session: boto3.Session | None

    def done(self, part: Part, since: datetime, keep: str, code: str | None) -> Report:
        """The report of a part, which is done unless its report is there."""
        found = self._read(part)
        if found is None:
            back = [] if code is None else ["--code-back-to", code]
            words = ["fleet-lockdown", "--keep", keep, "--since", iso_utc(since), *back]
            run_steps(
                self.declared,
                self.site,
                [*words, "--report", self.begun.archive.url, "--part", part],
                on_step=self.on_step,
                token=self.begun.token(part),
                session=self.session,
            )
            found = self._read(part)
        if found is None:
            raise OperationError(f"{self.site}: its report is gone; the same command goes on")
        return found

    def _read(self, part: Part) -> Report | None:
        store, key = self.store, f"{self.site}/lockdowns/{self.begun.archive.id}-{part}.json"
        with told_in_words(store.target):
            try:
                answer: Any = store.s3.get_object(Bucket=store.bucket, Key=key, **store.owner)
            except store.s3.exceptions.NoSuchKey:
                return None
            return Report.model_validate_json(answer["Body"].read())


def code_back_to(text: str | None) -> str | None:
    """What `--code-back-to` says, as the image takes it. Raises OperationError."""
    if text is None or text.isdigit():
        return text
    try:
        return iso_utc(moment(text))
    except ValueError as error:
        raise OperationError(
            f"--code-back-to: found {quoted(text)}, {error}; or the number of a generation, which "
            "wp fleet code list tells"
        ) from None
