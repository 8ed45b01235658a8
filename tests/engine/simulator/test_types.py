"""Every type of the table: made, read, imported and deleted, with outputs in the SDK's types."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import World, computed
from simulator.rows import row_of, tokens
from simulator.schema import Schema, generate, path_of, schema_of
from simulator.values import UNKNOWN
from tests.engine.simulator.caller import Caller, RefusedError
from tests.engine.simulator.samples import SAMPLED, Samples

IN_AWS = [token for token in tokens() if token.startswith("aws:")]
TAGGED = [token for token in IN_AWS if (found := schema_of(token)) and "tags" in found.inputs]
_PYTHON = {"string": str, "integer": int, "number": (int, float), "boolean": bool}


def wrong_types(schema: Schema, value: Any, kind: Any, at: str = "") -> list[str]:
    """Places of a value that aren't what the SDK declares."""
    if isinstance(kind, list):
        if not isinstance(value, list):
            return [f"{at}: {value!r} is no list"]
        return [wrong for item in value for wrong in wrong_types(schema, item, kind[0], at)]
    fields = schema.fields(kind)
    if fields is not None and isinstance(value, dict):
        return [
            wrong
            for name, inner in value.items()
            for wrong in (
                wrong_types(schema, inner, fields[name], f"{at}.{name}")
                if name in fields
                else [f"{at}.{name} isn't declared"]
            )
        ]
    if isinstance(kind, dict):
        return [] if isinstance(value, dict) else [f"{at}: {value!r} is no object"]
    good = kind == "any" or isinstance(value, _PYTHON[kind])
    return [] if good and not (kind == "integer" and value is True) else [f"{at}: {value!r}"]


def undeclared(token: str, outputs: dict[str, Any]) -> list[str]:
    schema = schema_of(token)
    assert schema is not None
    return [
        wrong
        for name, value in outputs.items()
        for wrong in wrong_types(schema, value, schema.outputs[name], name)
    ]


def test_a_sample_of_every_type_is_tried() -> None:
    assert set(tokens()) == SAMPLED


@pytest.mark.parametrize("token", tokens())
def test_outputs_come_in_the_declared_types(samples: Samples, token: str) -> None:
    made = samples.make(token)
    assert undeclared(token, made.outputs) == []
    assert made.id


@pytest.mark.parametrize("token", tokens())
def test_mocks_get_outputs_in_the_declared_types(samples: Samples, token: str) -> None:
    inputs = samples.inputs(token)
    resource_id, outputs = computed(token, "sample", inputs)
    assert resource_id
    assert undeclared(token, outputs) == []
    assert computed(token, "sample", inputs) == (resource_id, outputs)


@pytest.mark.parametrize("token", tokens())
def test_a_preview_knows_no_computed_value(samples: Samples, token: str) -> None:
    inputs = samples.inputs(token)
    shown = samples.aws.preview(token, "sample", **inputs)
    row = row_of(token)
    for name in row.outputs:
        if name in shown and name not in inputs:
            autonamed = row.autoname is not None and name == row.autoname.property
            assert autonamed or shown[name] is UNKNOWN, name


@pytest.mark.parametrize("token", tokens())
def test_the_same_arguments_make_no_diff(samples: Samples, token: str) -> None:
    made = samples.make(token)
    assert list(samples.aws.diff(made).detailedDiff) == []


@pytest.mark.parametrize("token", tokens())
def test_a_refresh_of_what_nobody_changed_changes_nothing(samples: Samples, token: str) -> None:
    made = samples.make(token)
    read = samples.aws.read(made)
    assert read is not None
    assert read.inputs == made.inputs
    assert list(samples.aws.diff(read).detailedDiff) == []


@pytest.mark.parametrize("token", IN_AWS)
def test_what_is_imported_fits_the_program_that_made_it(samples: Samples, token: str) -> None:
    made = samples.make(token)
    key = next(each.key for each in samples.aws.world.resources(token) if each.name == made.name)
    adopted = samples.aws.adopt(token, made.name, key)
    assert adopted is not None
    assert adopted.id == made.id
    news = samples.aws.check(token, made.name, _program_inputs(made.inputs), adopted.inputs)
    changes = samples.aws.diff_inputs(adopted, {**news, **_names(made.inputs)})
    assert list(changes.detailedDiff) == []


def _program_inputs(inputs: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if not name.startswith("__")}


def _names(inputs: dict[str, Any]) -> dict[str, Any]:
    return {name: inputs[name] for name in inputs.get("__defaults", [])}


@pytest.mark.parametrize("token", IN_AWS)
def test_deleted_it_is_gone_and_a_second_deletion_is_fine(samples: Samples, token: str) -> None:
    made = samples.make(token)
    samples.aws.delete(made)
    assert samples.aws.read(made) is None
    assert [each for each in samples.aws.world.resources(token) if each.name == made.name] == []
    samples.aws.delete(made)


@pytest.mark.parametrize("token", TAGGED)
def test_tags_change_in_place_and_come_back_whole(samples: Samples, token: str) -> None:
    made = samples.make(token, tags={"Site": "blog"})
    assert made["tagsAll"] == {"Site": "blog"}
    changes = samples.aws.diff(made, tags={"Site": "shop"})
    assert list(changes.detailedDiff) == ["tags.Site"]
    assert not changes.replaces
    assert samples.aws.update(made, tags={"Site": "shop"})["tagsAll"] == {"Site": "shop"}


def test_a_type_without_a_row_is_an_error(aws: Caller) -> None:
    with pytest.raises(RefusedError, match="doesn't know the resource type aws:mq/broker:Broker"):
        aws.create("aws:mq/broker:Broker", "jobs")


def test_a_function_without_code_is_an_error(aws: Caller) -> None:
    with pytest.raises(RefusedError, match="doesn't know the function aws:mq/getBroker:getBroker"):
        aws.invoke("aws:mq/getBroker:getBroker")


def test_the_schema_files_are_what_the_sdks_declare() -> None:
    for service, text in generate.generate().items():
        told = "run python -m simulator.schema.generate"
        assert path_of(service).read_text() == text, told


def test_every_path_of_the_table_is_one_of_the_sdk() -> None:
    for token in tokens():
        row, schema = row_of(token), schema_of(token)
        assert schema is not None, token
        tables = (row.enums, row.ranges, row.lengths, row.patterns, row.formats, row.max_items)
        paths = [*row.required, *row.replaces, *row.sets, *row.keeps, *row.references]
        paths += [*row.defaults, *row.policies, *(path for table in tables for path in table)]
        groups = (*row.conflicts, *row.exactly_one_of, *row.required_with)
        paths += [path for group in groups for path in group]
        for path in paths:
            assert _declared(schema, path), f"{token}: {path}"
        assert row.outputs.keys() <= schema.outputs.keys(), token


def _declared(schema: Schema, path: str) -> bool:
    fields: dict[str, Any] | None = {**schema.outputs, **schema.inputs}
    for name in path.split("."):
        if fields is None or name not in fields:
            return False
        kind = fields[name]
        fields = schema.fields(kind[0] if isinstance(kind, list) else kind)
    return True


def test_the_world_is_empty_before_anything_is_made(world: World) -> None:
    assert world.resources() == []
