"""Automatic names: the provider's rule, to the letter."""

from __future__ import annotations

import re

import pytest

from simulator.naming import DISABLE, ENFORCE, autoname
from simulator.rows import row_of
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import InvalidError
from tests.engine.simulator.samples import Samples


def test_the_logical_name_a_hyphen_and_seven_hex_digits(samples: Samples) -> None:
    role = samples.make(a.ROLE, "blog")
    assert re.fullmatch(r"blog-[0-9a-f]{7}", role["name"])
    assert role.inputs["__defaults"] == ["name"]


def test_the_name_stays_over_updates(samples: Samples) -> None:
    role = samples.make(a.ROLE, "blog")
    assert samples.aws.update(role, description="the blog's")["name"] == role["name"]
    assert list(samples.aws.diff(role).diffs) == []


def test_a_name_that_the_program_wrote_is_left_alone(samples: Samples) -> None:
    role = samples.make(a.ROLE, "blog", name="other")
    assert role["name"] == "other"
    assert "__defaults" not in role.inputs


def test_too_long_is_refused_and_not_cut(samples: Samples) -> None:
    samples.make(a.TARGET_GROUP, "x" * 24)
    with pytest.raises(InvalidError, match="random chars is longer than maximum length 32"):
        samples.make(a.TARGET_GROUP, "x" * 25)


def test_a_load_balancers_name_may_grow_and_is_then_refused(samples: Samples) -> None:
    with pytest.raises(InvalidError, match="cannot be longer than 32 characters") as caught:
        samples.make(a.BALANCER, "x" * 25)
    assert caught.value.places == {"name"}


def test_a_buckets_name_is_in_lower_case(samples: Samples) -> None:
    assert samples.make(a.BUCKET, "AccessLogs")["bucket"].startswith("accesslogs-")


def test_some_types_get_no_name_from_pulumi(samples: Samples) -> None:
    for token in (a.DATABASE, a.ACCESS_POINT, a.TASK):
        assert row_of(token).autoname is None
    cluster = samples.make(a.DATABASE, clusterIdentifier=None)
    assert re.fullmatch(r"tf-\d{26}", cluster["clusterIdentifier"])
    prefixed = samples.make(a.DATABASE, clusterIdentifier=None, clusterIdentifierPrefix="blog-")
    assert re.fullmatch(r"blog-[0-9a-f]{26}", prefixed["clusterIdentifier"])


def test_a_prefix_keeps_the_name_from_being_made() -> None:
    inputs = {"namePrefix": "blog"}
    assert autoname(row_of(a.ROLE), "blog", inputs, {}, b"seed") == []
    assert inputs == {"namePrefix": "blog"}


def test_the_engines_seed_decides_the_suffix() -> None:
    names = []
    for seed in (b"one", b"one", b"two"):
        inputs: dict[str, str] = {}
        autoname(row_of(a.ROLE), "blog", inputs, {}, seed)
        names.append(inputs["name"])
    assert names[0] == names[1] != names[2]


def test_the_projects_own_rule_for_names() -> None:
    row = row_of(a.TARGET_GROUP)
    inputs: dict[str, str] = {}
    assert autoname(row, "blog", inputs, {}, b"", ("blog-local", 0)) == []
    assert inputs["name"] == "blog-local"
    assert "exceeds" in autoname(row, "blog", {}, {}, b"", ("x" * 33, 0))[0][1]
    assert autoname(row, "blog", {}, {}, b"", ("x" * 33, ENFORCE)) == []
    assert "disabled" in autoname(row, "blog", {}, {}, b"", ("", DISABLE))[0][1]
