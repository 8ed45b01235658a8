"""When jobs come, what they cost, and what to think of before."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest

from fleet.fields.commands import as_words, shell_syntax
from fleet.fields.occurrences import occurrences
from fleet.plan.cells import cells_of, region_usages
from fleet.plan.job_warnings import job_warnings
from fleet.plan.resources import site_resources
from fleet.plan.warnings import plan_warnings
from fleet.site.jobs import GROUP, starts_a_month
from fleet.site.scheduled import schedule_resources, scheduled
from fleet.site.task_numbers import task_range
from tests.unit.fleets import fleet, settings, site
from tests.unit.test_estimate import rates

START = datetime(2026, 11, 29, 12, 30, tzinfo=UTC)
# Where nobody is missed who hears of failures.
STAGING = settings(environment="staging")
NIGHTLY: dict[str, Any] = {"command": ["wp", "x"], "schedule": "cron(H 3 * * ? *)"}


def times(expression: str, timezone: str = "UTC", count: int = 3) -> list[str]:
    found = islice(occurrences(expression, timezone, START), count)
    return [f"{time:%Y-%m-%d %H:%M}" for time in found]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # The examples of AWS's reference, as far as they are schedules of a day or more.
        ("cron(15 10 * * ? *)", ["2026-11-30 10:15", "2026-12-01 10:15", "2026-12-02 10:15"]),
        ("cron(0 18 ? * MON-FRI *)", ["2026-11-30 18:00", "2026-12-01 18:00", "2026-12-02 18:00"]),
        ("cron(0 8 1 * ? *)", ["2026-12-01 08:00", "2027-01-01 08:00", "2027-02-01 08:00"]),
        ("cron(0/10 * ? * MON-FRI *)", ["2026-11-30 00:00", "2026-11-30 00:10"]),
        ("cron(0 9 ? * 2#1 *)", ["2026-12-07 09:00", "2027-01-04 09:00", "2027-02-01 09:00"]),
        ("cron(15 10 ? * 6L 2027)", ["2027-01-29 10:15", "2027-02-26 10:15", "2027-03-26 10:15"]),
        ("cron(0 0 L * ? *)", ["2026-11-30 00:00", "2026-12-31 00:00", "2027-01-31 00:00"]),
        ("cron(0 0 LW 1,2 ? *)", ["2027-01-29 00:00", "2027-02-26 00:00"]),
        ("cron(0 5 1W * ? *)", ["2026-12-01 05:00", "2027-01-01 05:00", "2027-02-01 05:00"]),
        ("cron(0 22 ? JAN SUN,SAT *)", ["2027-01-02 22:00", "2027-01-03 22:00"]),
        ("rate(2 hours)", ["2026-11-29 14:30", "2026-11-29 16:30", "2026-11-29 18:30"]),
        ("at(2026-11-29T13:00:00)", ["2026-11-29 13:00"]),
        ("at(2026-11-29T12:00:00)", []),
        ("cron(0 3 29 2 ? *)", ["2028-02-29 03:00", "2032-02-29 03:00"]),
        ("cron(0 3 * * ? 2025)", []),
    ],
)
def test_when_a_schedule_comes(expression: str, expected: list[str]) -> None:
    assert times(expression, count=len(expected) or 1) == expected


def test_times_are_those_of_the_zone_in_summer_and_winter() -> None:
    assert times("cron(0 3 1 3,6 ? *)", "Europe/Vienna", 2) == [
        "2027-03-01 02:00",
        "2027-06-01 01:00",
    ]


def test_jobs_of_one_hour_have_minutes_of_their_own_that_stay() -> None:
    jobs = {f"job{number}": NIGHTLY for number in range(30)}
    first, again = (scheduled(site(jobs=jobs)) for _ in range(2))
    assert first == again
    minutes = {each.expression.split("(")[1].split(" ")[0] for each in first}
    assert len(minutes) > 10
    assert all(each.expression.endswith(" 3 * * ? *)") for each in first)


def test_what_is_started() -> None:
    (one,) = scheduled(site(jobs={"tidy": {**NIGHTLY, "timeout": "2h", "spot": True}}))
    assert one.command == (
        *("fleet-task", "--kind", "job-tidy", "--timeout", "7200"),
        *("--by", "schedule", "--", "wp", "x"),
    )
    assert (one.name, one.cpu, one.memory, one.spot) == ("job-tidy", 256, 1024, True)
    assert schedule_resources(site(jobs={"a": NIGHTLY, "b": NIGHTLY})) == 4
    assert scheduled(site(jobs={"tidy": NIGHTLY}, state="paused")) == ()


def test_what_jobs_cost() -> None:
    """0.25 vCPU and 1 GB for 5 minutes, 31 times in the month."""
    here = site(jobs={"tidy": NIGHTLY})
    (line,) = GROUP.cost(here, *task_range(here), rates())
    assert (line.item, line.quantity_min) == ("Job tidy, 5 min each", 31)
    assert line.price == pytest.approx((0.25 * 0.03238 + 0.00356) / 12)
    once = site(jobs={"once": {**NIGHTLY, "schedule": "at(2030-01-01T00:00:00)"}})
    assert starts_a_month(once.jobs["once"]) == 0


def test_a_job_that_keeps_a_database_awake() -> None:
    often = {**NIGHTLY, "schedule": "rate(5 minutes)"}
    sleepy = site(jobs={"often": often, "nightly": NIGHTLY}, database={"min_acu": 0})
    found = [each.path for each in plan_warnings([sleepy], settings()) if each.path[0] == "jobs"]
    assert found == [("jobs", "often", "schedule")]


def test_a_job_that_never_comes_again() -> None:
    past = site(jobs={"past": {**NIGHTLY, "schedule": "at(2020-01-01T00:00:00)"}})
    (found,) = [each for each in plan_warnings([past], settings()) if each.path[0] == "jobs"]
    assert found.message == "it never comes again"


def test_more_starts_at_once_than_fargate_gives() -> None:
    # In different words and zones, of which one has no summer time.
    same = [
        {**NIGHTLY, "schedule": "cron(0 3 * * ? *)"},
        {**NIGHTLY, "schedule": "cron(0/30 6-8 * * ? *)", "timezone": "Asia/Karachi"},
        {**NIGHTLY, "schedule": "cron(0 3 ? * 1-7 *)"},
    ]
    many = [site(jobs={f"job{number}": same[number % 3] for number in range(21)})]
    assert [said for path, said in job_warnings(many, STAGING) if path == ("jobs",)] == [
        "21 tasks start at once at 03:00 UTC, and Fargate starts 20 a second; with H as the minute "
        "each has its own"
    ]
    spread = [site(jobs={f"job{number}": NIGHTLY for number in range(21)})]
    assert list(job_warnings(spread, STAGING)) == []
    spread = [site(f"s{number}", jobs={"tidy": NIGHTLY}) for number in range(1_000)]
    ((_, said),) = job_warnings(spread, STAGING)
    assert said.endswith("Fargate starts 20 a second; spread them over more hours")


def test_a_thousand_sites_with_schedules_against_the_quotas() -> None:
    """Cron in tasks of their own and a nightly job each, in cells of 40."""
    many = [
        site(f"s{number}", cell=f"c{number // 40}", cron={"task": "own"}, jobs={"tidy": NIGHTLY})
        for number in range(1_000)
    ]
    usages = region_usages(cells_of(fleet(*many), STAGING), STAGING)
    used = {each.what: each.used for each in usages}
    assert (used["Schedules"], used["IAM roles"]) == (2_000, 3_000)
    # The fullest minute of sixty has 26 of the thousand jobs; cron's are 1.1 a second.
    assert used["Starts at one moment"] == 26 + 2
    plain = region_usages(cells_of(fleet(site()), STAGING), STAGING)
    assert "Schedules" not in {each.what for each in plain}


def test_a_site_has_at_most_three_resources_more() -> None:
    """For cron and mail by the defaults, for cron in tasks of its own, for a first job."""
    sending = settings(mail={"domain": "mail.example.com"})
    plain = site_resources(site(), 1, STAGING)
    assert site_resources(site(), 1, sending) == plain + 3
    for fields in ({"cron": {"task": "own"}}, {"jobs": {"tidy": NIGHTLY}}):
        assert site_resources(site(**fields), 1, STAGING) == plain + 3
    both = site(cron={"task": "own"}, jobs={"tidy": NIGHTLY, "report": NIGHTLY})
    assert site_resources(both, 1, STAGING) == plain + 5


@pytest.mark.parametrize(
    ("words", "found", "meant"),
    [
        (["wp", "option", "get", "x"], None, ("wp", "option", "get", "x")),
        (["wp x"], "one text where words are expected", ("wp", "x")),
        (["wp", "x", "|", "wc"], "'|'", ("sh", "-c", "wp x | wc")),
        (["echo '"], "one text where words are expected", ("sh", "-c", "echo '")),
        ([], "no command", ("sh", "-c", "")),
    ],
)
def test_commands_are_words(words: list[str], found: str | None, meant: tuple[str, ...]) -> None:
    assert shell_syntax(words) == found
    assert as_words(words) == meant
