"""How many tasks target tracking wants, as AWS's user guide says, and when schedules come."""

from datetime import UTC, datetime, timedelta

import pytest

from simulator.local.clock import Clock
from simulator.local.scaling import CPU, REQUESTS, Past, Policy, decide

BY_CPU = Policy(CPU, 50, out_cooldown=1, in_cooldown=1)
BY_REQUESTS = Policy(REQUESTS, 100)
LOW = [20.0] * 15


@pytest.mark.parametrize(
    ("tasks", "points", "past", "wanted"),
    [
        # Three minutes above the target, and not before; in proportion to the last one.
        (2, {CPU: [90.0, 90.0]}, Past(), 2),
        (2, {CPU: [90.0, 50.0, 90.0]}, Past(), 2),
        (2, {CPU: [60.0, 60.0, 60.0]}, Past(), 3),
        (2, {CPU: [60.0, 60.0, 90.0]}, Past(), 4),
        (2, {CPU: [500.0] * 3}, Past(), 6),
        # In the cooldown what was added is part of what is wanted.
        (4, {CPU: [90.0] * 3}, Past(added=99.5, before=2), 4),
        (4, {CPU: [150.0] * 3}, Past(added=99.5, before=2), 6),
        (4, {CPU: [75.0] * 3}, Past(added=98.5, before=2), 6),
        # Fifteen minutes well below it, and not before; never below what the highest needs.
        (4, {CPU: LOW[1:]}, Past(), 4),
        (4, {CPU: LOW}, Past(), 2),
        (4, {CPU: [*LOW, 45.0]}, Past(), 4),
        (4, {CPU: [*LOW[1:], 30.0]}, Past(), 3),
        (4, {CPU: LOW}, Past(taken=99.5), 4),
        (4, {CPU: [0.0] * 15}, Past(), 2),
        # Any policy adds, all together take away.
        (2, {CPU: LOW, REQUESTS: [150.0] * 3}, Past(), 3),
        (4, {CPU: LOW, REQUESTS: [95.0] * 15}, Past(), 4),
        (4, {CPU: LOW, REQUESTS: [60.0] * 15}, Past(), 3),
        (0, {REQUESTS: [150.0] * 3}, Past(), 0),
        (2, {}, Past(), 2),
    ],
)
def test_tracking(tasks: int, points: dict[str, list[float]], past: Past, wanted: int) -> None:
    policies = [BY_CPU, BY_REQUESTS] if REQUESTS in points else [BY_CPU]
    assert decide(tasks, (2, 6), policies, points, past, now=100.0) == wanted


def test_a_policy_that_takes_nothing_away() -> None:
    only_adds = Policy(CPU, 50, takes_away=False)
    assert decide(4, (1, 6), [only_adds], {CPU: LOW}, Past(), 0.0) == 4
    assert decide(4, (1, 6), [], {CPU: LOW}, Past(), 0.0) == 4


def test_a_schedule_comes_once_and_a_changed_one_begins_anew() -> None:
    clock, now = Clock(), datetime(2026, 11, 30, 12, tzinfo=UTC)
    every = ("a", "rate(1 minute)", "UTC")
    minutes = [now + timedelta(minutes=number) for number in (0, 0.5, 1, 1.5, 2, 9, 9.5)]
    assert [clock.is_due(*every, each) for each in minutes] == [0, 0, 1, 0, 1, 1, 0]
    assert not clock.is_due("a", "rate(2 minutes)", "UTC", now + timedelta(minutes=60))
