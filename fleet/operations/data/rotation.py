"""Other passwords and salts for sites, without a request that fails.

    rotate(declared, "blog", ["database"], on_step=print)

A new version of the site's secret; the database's user gets the new password beside the old one;
ECS replaces the tasks; the old password goes. How far it came is what Secrets Manager, MySQL and
ECS hold, and each step does nothing where it was done, so the same call finishes one that was
killed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from fleet.batches import in_batches
from fleet.operations.data.follow import follow
from fleet.operations.data.order import make_order
from fleet.operations.data.place import Place, place_of
from fleet.operations.data.roll import roll
from fleet.operations.data.secret import Kind, SiteSecret, read_secret, secret_arn
from fleet.operations.data.start import start
from fleet.operations.data.steps import OnStep, Step, telling
from fleet.operations.declared import Declared
from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.problem import OperationError

KIND = "rotate"
# Sites at a time: their tasks of before and of after run side by side, and count against a quota.
WAVE = 5
# `rotate_all` leaves out what was done since then: so it goes on after it was killed.
DONE_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Rotation:
    place: Place
    client: Any
    on_step: OnStep
    admin: str | None = None
    """Whose password `admin` changes; None for the first administrator."""

    def read(self) -> SiteSecret:
        return read_secret(self.client, secret_arn(self.place))

    def run(self, kinds: Collection[Kind]) -> None:
        """A rotation of these kinds; before it, what is left of one that was killed."""
        with told_in_words(self.place.target):
            secret = self.read()
            if secret.rotating is not None:
                done = secret.changed_kinds()
                self._say(f"goes on with the rotation of {', '.join(sorted(done))}")
                self._finish(done)
                if set(kinds) <= done:
                    return
            with self._telling("secret"):
                self.read().begin(kinds)
            self._finish(kinds)

    def _finish(self, kinds: Collection[Kind]) -> None:
        self.read().make_current()
        # Until the end nothing else changes the secret.
        secret = self.read()
        with self._telling("passwords"):
            who = [self.admin] if self.admin else []
            admin = ["fleet-init", "admin", *who] if "admin" in kinds else ["true"]
            self._task({"schema": ["fleet-schema"], "init": admin})
        if {"database", "salts"} & set(kinds):
            with self._telling("tasks"):
                roll(self.place, secret.changed)
        if "database" in kinds:
            with self._telling("discard"):
                self._task({"schema": ["fleet-schema", "discard"]})
        secret.end()

    def _task(self, preparing: Mapping[str, Sequence[str]]) -> None:
        """The main container opens the database by the new password, and so tries it."""
        order = make_order(self.place.site, ["true"], kind=KIND, spot=False)
        ending = follow(start(self.place, replace(order, preparing=preparing)), lambda _: None)
        if ending.outcome != "succeeded":
            raise OperationError(
                f"{self.place.site.name}: the task that changes passwords "
                f"{ending.reason or ending.outcome}; fleet logs --env "
                f"{self.place.target.environment} {self.place.site.name} says why"
            )

    def _telling(self, step: str) -> AbstractContextManager[None]:
        return telling(self.place.site.name, step, self.on_step)

    def _say(self, note: str) -> None:
        self.on_step(Step(site=self.place.site.name, step="rotation", state="note", note=note))


def rotate(
    declared: Declared,
    site: str,
    kinds: Collection[Kind],
    *,
    on_step: OnStep,
    admin: str | None = None,
    done_since: datetime | None = None,
    session: boto3.Session | None = None,
) -> None:
    """Other values of these kinds for one site; first finishes a rotation that was killed.

    `database`: nobody notices. `salts`: all are logged out. `admin`: the first admin's password,
    which is then `admin_password` in the site's secret; their sessions end; of the user `admin`, if
    one is named. `done_since`: nothing where it was done since then. Raises FleetError for an
    unknown site, OperationError: a site that was never brought up, tasks that don't come up, a
    call that AWS refuses. Called again it goes on.
    """
    rotation = replace(_rotation(declared, site, on_step, session), admin=admin)
    if done_since is None or _is_wanted(rotation, kinds, done_since):
        rotation.run(kinds)


def rotate_all(
    declared: Declared,
    kinds: Collection[Kind],
    *,
    on_step: OnStep,
    wave: int = WAVE,
    done_within: timedelta = DONE_WITHIN,
    session: boto3.Session | None = None,
) -> list[str]:
    """The same for all sites that aren't retired, `wave` at a time; those that it was done for.

    Leaves out a site whose last rotation was of these kinds and ended within `done_within`. After
    a wave in which a site failed no other begins: raises OperationError, with a line for each that
    failed and how many are left.
    """
    sites = [each.name for each in declared.sites if each.state != "retired"]
    all_ = [_rotation(declared, name, on_step, session) for name in sites]
    begun_after = datetime.now(UTC) - done_within
    with ThreadPoolExecutor(wave) as pool:
        wanted = list(pool.map(lambda each: _is_wanted(each, kinds, begun_after), all_))
        left = [each for each, is_wanted in zip(all_, wanted, strict=True) if is_wanted]
        done: list[str] = []
        for batch in in_batches(left, wave):
            problems = [text for text in pool.map(_tried(kinds), batch) if text]
            done += [each.place.site.name for each in batch]
            if problems:
                more = len(left) - len(done)
                raise OperationError([*problems, f"not begun: {more}; the same command goes on"])
    return done


def _tried(kinds: Collection[Kind]) -> Callable[[_Rotation], str | None]:
    def attempt(rotation: _Rotation) -> str | None:
        try:
            rotation.run(kinds)
        except OperationError as error:
            return str(error)
        return None

    return attempt


def _is_wanted(rotation: _Rotation, kinds: Collection[Kind], begun_after: datetime) -> bool:
    with told_in_words(rotation.place.target):
        secret = rotation.read()
        return (
            secret.rotating is not None
            or secret.changed < begun_after
            or not set(kinds) <= secret.changed_kinds()
        )


def _rotation(
    declared: Declared, site: str, on_step: OnStep, session: boto3.Session | None
) -> _Rotation:
    target = declared.home(declared.site(site))
    if target.simulated:
        raise OperationError(f"{target.stack} is simulated: its passwords protect nothing and stay")
    place = place_of(declared, site, session)
    session = session or open_session(place.target)
    # The stubs of this service aren't installed.
    client: Any = session.client("secretsmanager", config=CONFIG)  # pyright: ignore[reportUnknownMemberType]
    return _Rotation(place, client, on_step)
