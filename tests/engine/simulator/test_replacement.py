"""Replacement: exactly on the arguments that replace, and in the right order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.diff import differences
from simulator.rows import row_of, tokens
from simulator.schema import Schema, schema_of
from simulator.values import UNKNOWN
from tests.engine.simulator import names as a
from tests.engine.simulator.samples import Samples

# Arguments whose change replaces or not by what else is set: tests of their own, below.
BY_CIRCUMSTANCE = {
    (a.SERVICE, "capacityProviderStrategies"),
    (a.SERVICE, "triggers"),
    ("docker-build:index:Image", "registries"),
}


def value_of(schema: Schema, kind: Any, number: int, depth: int = 0) -> Any:
    """Some value of a declared type; another number gives another value."""
    if isinstance(kind, list):
        return [value_of(schema, kind[0], number, depth)]
    fields = schema.fields(kind)
    if fields is not None:
        if depth > 2 or not fields:
            return {}
        name = sorted(fields)[0]
        return {name: value_of(schema, fields[name], number, depth + 1)}
    if isinstance(kind, dict):
        return {"key": value_of(schema, kind["*"], number, depth)}
    plain = {"integer": number, "number": number, "boolean": bool(number)}
    return plain.get(kind, f"value-{number}")


@pytest.mark.parametrize("token", tokens())
def test_replacement_happens_exactly_on_the_arguments_that_replace(token: str) -> None:
    row, schema = row_of(token), schema_of(token)
    assert schema is not None
    for name, kind in schema.inputs.items():
        if (token, name) in BY_CIRCUMSTANCE:
            continue
        old, new = ({name: value_of(schema, kind, number)} for number in (0, 1))
        if name in row.formats or name in row.policies:
            old, new = ({name: json.dumps(content)} for content in (old, new))
        if old == new:
            continue  # an object without fields has one value only
        found = differences(row, old, new)
        assert found, f"a change of {name} makes no diff"
        for change in found:
            path = change.at.replace("[0]", "")
            assert change.replaces == any(
                path == replacing or path.startswith(f"{replacing}.") for replacing in row.replaces
            ), f"{name}: {change}"


def test_an_argument_of_a_block_can_replace(samples: Samples) -> None:
    point = samples.one(a.ACCESS_POINT)
    changes = samples.aws.diff(point, posixUser={"uid": 2002, "gid": 1001})
    assert list(changes.replaces) == ["posixUser"]
    assert list(changes.detailedDiff) == ["posixUser.uid"]


def test_a_value_that_is_not_known_yet_replaces(samples: Samples) -> None:
    task = samples.one(a.TASK)
    news = {**task.inputs, "executionRoleArn": UNKNOWN}
    assert list(samples.aws.diff_inputs(task, news).replaces) == ["executionRoleArn"]


def test_a_name_of_the_program_deletes_before_it_creates(samples: Samples) -> None:
    automatic, written = samples.make(a.TARGET_GROUP), samples.make(a.TARGET_GROUP, name="blog")
    assert not samples.aws.diff(automatic, port=9090).deleteBeforeReplace
    assert samples.aws.diff(written, port=9090).deleteBeforeReplace


def test_some_types_always_delete_before_they_create(samples: Samples) -> None:
    target = samples.one(a.MOUNT)
    other = samples.subnets()[1]
    assert samples.aws.diff(target, subnetId=other).deleteBeforeReplace


def test_ignored_changes_make_no_diff(samples: Samples) -> None:
    service = samples.one(a.SERVICE)
    assert list(samples.aws.diff(service, desiredCount=9).diffs) == ["desiredCount"]
    assert list(samples.aws.diff(service, "desiredCount", desiredCount=9).diffs) == []
    tagged = samples.make(a.BUCKET, tags={"Site": "blog", "Team": "web"})
    changes = samples.aws.diff(tagged, 'tags["Team"]', tags={"Site": "shop", "Team": "ops"})
    assert list(changes.detailedDiff) == ["tags.Site"]
