"""SIMULATOR_FAULTS: operations that fail or take long."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from simulator import World
from simulator.faults import VARIABLE, parse
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import Caller, RefusedError

BAD = {
    "{": "is not JSON",
    '"create"': "must be a list",
    '[{"operation": "make", "fail": "Throttling: x"}]': "operation must be one of",
    '[{"fial": "Throttling: x"}]': "may have only",
    '[{"type": "aws:*"}]': "say what happens",
    '[{"delay": "long"}]': "delay has the wrong type",
    '[{"delay": -1}]': "delay must not be negative",
    '[{"delay": 1, "times": 0}]': "times must be at least 1",
    '[{"fail": "Throttling: x", "when": "during"}]': "when must be",
    '[{"fail": "Throttling"}]': "CODE: message",
}


def faulty(world: World, monkeypatch: pytest.MonkeyPatch, *faults: dict[str, Any]) -> Caller:
    monkeypatch.setenv(VARIABLE, json.dumps(faults))
    return Caller(world)


@pytest.mark.parametrize("text", BAD)
def test_a_bad_value_is_a_clear_error(text: str) -> None:
    with pytest.raises(ValueError, match=BAD[text]) as caught:
        parse(text)
    assert VARIABLE in str(caught.value)


def test_nothing_means_no_faults() -> None:
    assert parse("") == ()


def test_a_creation_fails_with_the_answer_of_aws(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = {"operation": "create", "type": "aws:cloudwatch/*", "name": "blog*"}
    aws = faulty(world, monkeypatch, {**fault, "fail": "Throttling: Rate exceeded"})
    with pytest.raises(RefusedError, match=r"creating .* Throttling: Rate exceeded"):
        aws.create(a.LOG_GROUP, "blog-logs")
    aws.create(a.LOG_GROUP, "shop-logs")
    aws.create(a.VPC, "blog", cidrBlock="10.0.0.0/16")
    assert [each.name for each in world.resources()] == ["shop-logs", "blog"]


def test_a_lost_answer_comes_after_the_change(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = faulty(world, monkeypatch, {"fail": "RequestTimeout: lost", "when": "after"})
    with pytest.raises(RefusedError, match="RequestTimeout"):
        aws.create(a.LOG_GROUP, "blog")
    assert [each.name for each in world.resources()] == ["blog"]


def test_a_fault_is_over_after_so_many_times_in_all_processes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = {"operation": "create", "fail": "Throttling: x", "times": 2}
    for attempt in range(3):
        aws = faulty(world, monkeypatch, fault)
        if attempt < 2:
            with pytest.raises(RefusedError, match="Throttling"):
                aws.create(a.LOG_GROUP, "blog")
        else:
            aws.create(a.LOG_GROUP, "blog")


@pytest.mark.parametrize("operation", ["update", "delete", "read", "check", "diff"])
def test_every_operation_can_fail(
    world: World, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    made = Caller(world).create(a.LOG_GROUP, "blog")
    aws = faulty(world, monkeypatch, {"operation": operation, "fail": "InternalFailure: x"})
    calls = {
        "update": lambda: aws.update(made, retentionInDays=7),
        "delete": lambda: aws.delete(made),
        "read": lambda: aws.read(made),
        "check": lambda: aws.check(a.LOG_GROUP, "blog", {}),
        "diff": lambda: aws.diff_inputs(made, made.inputs),
    }
    with pytest.raises(RefusedError, match="InternalFailure"):
        calls[operation]()
    assert len(world.resources(a.LOG_GROUP)) == 1


def test_a_function_can_fail(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    aws = faulty(world, monkeypatch, {"operation": "invoke", "fail": "Throttling: x"})
    with pytest.raises(RefusedError, match="Throttling"):
        aws.invoke("aws:index/getRegion:getRegion")


def test_an_operation_takes_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    aws = faulty(world, monkeypatch, {"operation": "create", "delay": 0.3})
    begun = time.monotonic()
    aws.create(a.LOG_GROUP, "blog")
    assert time.monotonic() - begun >= 0.3
