"""Paused and retired sites: what goes, what stays, and what may be deleted."""

from __future__ import annotations

import pytest

from tests.program.difference import difference
from tests.program.fleets import PLAIN, Programs, site
from tests.program.recording import Recording, short_type

SERVING = {
    "ecs:Service blog",
    "appautoscaling:Target blog",
    "appautoscaling:Policy blog-cpu",
}
DATA = ("rds:Cluster", "efs:AccessPoint", "secretsmanager:Secret")


@pytest.fixture(scope="module")
def live(programs: Programs) -> Recording:
    return programs.run(PLAIN)


@pytest.fixture(scope="module")
def paused(programs: Programs) -> Recording:
    return programs.run({"blog": site("blog", state="paused")})


@pytest.fixture(scope="module")
def retired(programs: Programs) -> Recording:
    return programs.run({"blog": site("blog", state="retired")})


def protection(run: Recording) -> dict[str, bool]:
    """By type, of everything that belongs to the site."""
    return {short_type(each.type): each.protect for each in run.site("blog") if each.protect}


def test_a_paused_site_has_no_tasks_and_answers_503_and_all_else_stays(
    live: Recording, paused: Recording
) -> None:
    found = difference(live, paused)
    assert found.removed == SERVING
    assert found.added == set()
    assert {path.split(" actions.0.")[0] for path in found.changed} == {
        "lb:ListenerRule blog-hosts-1"
    }


def test_the_page_of_a_paused_site_is_one_that_a_load_balancer_takes(paused: Recording) -> None:
    (action,) = paused.named("lb:ListenerRule", "blog-hosts-1").inputs["actions"]
    response = action["fixedResponse"]
    assert action["type"] == "fixed-response"
    assert (response["statusCode"], response["contentType"]) == ("503", "text/html")
    assert len(response["messageBody"].encode()) <= 1024


def test_resuming_brings_back_exactly_what_pausing_took(live: Recording, paused: Recording) -> None:
    assert difference(paused, live).added == SERVING


def test_data_is_protected_while_a_site_is_live_or_paused(
    live: Recording, paused: Recording
) -> None:
    assert protection(live) == protection(paused) == dict.fromkeys(DATA, True)
    for run in (live, paused):
        assert run.named("rds:Cluster", "blog-database").inputs["deletionProtection"]
        assert run.exports["sites"]["blog"]["protected"]


def test_a_retired_site_is_a_paused_one_whose_data_may_go(
    paused: Recording, retired: Recording
) -> None:
    found = difference(paused, retired)
    assert (found.added, found.removed) == (set(), set())
    assert found.changed == {
        "rds:Cluster blog-database protect": False,
        "rds:Cluster blog-database deletionProtection": False,
        "efs:AccessPoint blog protect": False,
        "secretsmanager:Secret blog protect": False,
    }
    assert protection(retired) == {}
    assert not retired.exports["sites"]["blog"]["protected"]


def test_a_retired_database_leaves_a_snapshot(retired: Recording) -> None:
    cluster = retired.named("rds:Cluster", "blog-database").inputs
    assert not cluster["skipFinalSnapshot"]
    assert cluster["finalSnapshotIdentifier"]


def test_without_protect_data_nothing_is_protected(programs: Programs) -> None:
    run = programs.run(PLAIN, {"protectData": False})
    assert [each.urn for each in run if each.protect] == []
    assert not run.named("rds:Cluster", "blog-database").inputs["deletionProtection"]
    assert not run.named("lb:LoadBalancer", "base-alb").inputs["enableDeletionProtection"]
    assert not run.exports["sites"]["blog"]["protected"]
