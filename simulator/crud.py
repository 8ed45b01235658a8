"""Create, update, delete and read: the calls to AWS, as changes of the world.

References, uniqueness and what blocks a deletion come from the row; `simulator.rules` adds what
no row says. Each operation is one transaction.
"""

from __future__ import annotations

import copy
import json
import random
import re
from typing import Any

from simulator.diff import differences
from simulator.errors import AwsError
from simulator.naming import DEFAULTS, autoname
from simulator.outputs import ACCOUNT, Filler
from simulator.policies import refuse_bad_policy
from simulator.rows import Row, row_of
from simulator.rules import Call, hooks
from simulator.schema import Schema, schema_of
from simulator.tags import refuse_bad_tags
from simulator.values import leaves
from simulator.world import EmptyWorld, Resource, World


def planned(row: Row, name: str, inputs: dict[str, Any], region: str) -> dict[str, Any]:
    """The properties of a preview: what is given, and everything computed as unknown."""
    props = _given(inputs)
    Filler(row, name, region, props, preview=True).fill()
    _fill_tags(row, props)
    return props


def create(world: World, row: Row, name: str, inputs: dict[str, Any], region: str) -> Resource:
    """Make a resource; AwsError when AWS would refuse."""
    _lint(world, row, inputs)
    with world.change():
        call = Call(world, row.token, name, region, _given(inputs), {})
        hooks(row.token).compute(call)
        resource = _filled(call, row)
        if row.local:
            hooks(row.token).create(call)
            return resource
        existing = world.get(row.token, resource.key)
        if existing is not None and not _overwrites(row, resource):
            _refuse_duplicate(row, resource)
        _register(world, row, resource)
        hooks(row.token).create(call)
        world.write(resource)
    return resource


def computed(token: str, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Id and outputs that a new resource would get, the same at each call; for mocks.

    Nothing is checked, and what depends on other resources (the zone of a subnet) is a plain
    default. UnknownTypeError for a type that has no row.
    """
    row = row_of(token)
    source = random.Random(f"{token}/{name}")  # noqa: S311 - no secret
    given = _given(inputs)
    autoname(row, name, given, {}, seed=f"{token}/{name}".encode())
    given.pop(DEFAULTS, None)
    region = str(given.get("region") or "us-east-1")
    call = Call(EmptyWorld(), token, name, region, given, {}, random=source)
    hooks(token).compute(call)
    resource = _filled(call, row)
    outputs = schema_of(token)
    known = outputs.outputs if outputs else resource.props
    return resource.id, {key: value for key, value in resource.props.items() if key in known}


def update(
    world: World, row: Row, key: str, old_inputs: dict[str, Any], inputs: dict[str, Any]
) -> Resource:
    """Apply what changed between two sets of inputs; the rest stays as the world has it."""
    _lint(world, row, inputs)
    with world.change():
        found = world.get(row.token, key)
        if found is None:
            raise AwsError("ResourceNotFoundException", f"{row.token} {key} doesn't exist")
        region = str(found.props.get("region") or "us-east-1")
        props = copy.deepcopy(found.props)
        for name in {change.top for change in differences(row, old_inputs, inputs)}:
            _set(row, props, name, inputs)
        call = Call(world, row.token, found.name, region, props, found.props, key)
        Filler(row, found.name, region, props).fill()
        _fill_tags(row, props)
        resource = Resource(row.token, key, found.id, found.name, props)
        _register(world, row, resource)
        hooks(row.token).update(call)
        world.write(resource)
    return resource


def delete(world: World, row: Row, key: str) -> None:
    """Delete a resource; nothing happens when it is gone already, as in the real provider."""
    if (standing := world.get(row.token, key)) is not None:
        hooks(row.token).release(world, standing)
    with world.change():
        found = world.get(row.token, key)
        if found is None:
            return
        for from_type, from_key, path in world.pointing_at(row.token, key):
            holds = row_of(from_type).references[path].holds
            if holds and (from_type, from_key) != (row.token, key):
                raise AwsError.parse(holds.format(target=key))
        region = str(found.props.get("region") or "us-east-1")
        call = Call(world, row.token, found.name, region, found.props, found.props, key)
        hooks(row.token).delete(call)
        if call.keeps:
            return
        if world.get(row.token, key, gone=True):
            world.register(row.token, key, links=[], claims=[])
        else:
            world.remove(row.token, key)


def key_of(row: Row, resource_id: str, props: dict[str, Any]) -> str:
    """The world's key of a resource in Pulumi's state, or of one to be imported by its id."""
    if row.key == row.id or not props:
        return resource_id
    return Filler(row, "", "", copy.deepcopy(props)).text(row.key)


def to_import(world: World, row: Row, import_id: str) -> Resource | None:
    """The resource that an import id of the type's own form names."""
    if row.import_id is None:
        return None
    found = world.resources(row.token)
    for one in found:
        if _text(row.import_id, {**one.props, "id": one.id}) == import_id:
            return one
    return None


def known(
    row: Row, old_inputs: dict[str, Any], olds: dict[str, Any], news: dict[str, Any]
) -> dict[str, Any]:
    """The inputs that new ones are compared with: the old ones, with the values of the state.

    The bridge compares with the state, in which the engine keeps what a failed update was to make,
    beside the inputs from before it. `olds`: the outputs in the state.
    """
    schema = schema_of(row.token)
    assert schema is not None
    return {
        name: _shaped(schema, schema.inputs.get(name), value, olds.get(name, value))
        for name, value in {**news, **old_inputs}.items()
        if name in old_inputs or name in olds
    }


def projected(row: Row, old_inputs: dict[str, Any], props: dict[str, Any]) -> dict[str, Any]:
    """The inputs that a refresh reports: the old ones, with the values that the world has.

    Without old inputs, which is an import, every argument that has a value.
    """
    schema = schema_of(row.token)
    assert schema is not None
    if not old_inputs:
        return {
            name: value
            for name, value in props.items()
            if name in schema.inputs and value not in ("", None)
        }
    current = {
        name: _shaped(schema, schema.inputs.get(name), value, props.get(name, value))
        for name, value in old_inputs.items()
    }
    changed = {change.top for change in differences(row, old_inputs, current)}
    return {
        name: copy.deepcopy(current[name] if name in changed else value)
        for name, value in old_inputs.items()
    }


def _shaped(schema: Schema, kind: Any, old: Any, current: Any) -> Any:
    """What the world has of a value, without what AWS filled in beyond the program's words."""
    fields = schema.fields(kind)
    if fields is not None and isinstance(old, dict) and isinstance(current, dict):
        return {
            name: _shaped(schema, fields.get(name), value, current[name])
            for name, value in old.items()
            if name in current
        }
    if isinstance(kind, list) and isinstance(old, list) and isinstance(current, list):
        pairs = zip(old, current, strict=False)
        shaped = [_shaped(schema, kind[0], before, after) for before, after in pairs]
        return shaped + current[len(old) :]
    return current


def _given(inputs: dict[str, Any]) -> dict[str, Any]:
    return {name: copy.deepcopy(value) for name, value in inputs.items() if name != DEFAULTS}


def _filled(call: Call, row: Row) -> Resource:
    filler = Filler(row, call.name, call.region, call.props, random=call.random)
    resource_id = filler.fill()
    call.key = resource_id if row.key == row.id else filler.text(row.key)
    del call.props["id"]
    _fill_tags(row, call.props)
    return Resource(row.token, call.key, resource_id, call.name, call.props)


def _fill_tags(row: Row, props: dict[str, Any]) -> None:
    declared = schema_of(row.token)
    if declared and "tagsAll" in declared.outputs:
        props["tagsAll"] = dict(props.get("tags") or {})


def _set(row: Row, props: dict[str, Any], name: str, inputs: dict[str, Any]) -> None:
    """One changed argument; a removed one goes back to its default."""
    if inputs.get(name) is not None:
        props[name] = copy.deepcopy(inputs[name])
    elif name in row.defaults:
        props[name] = row.defaults[name]
    else:
        props.pop(name, None)


def _lint(world: World, row: Row, inputs: dict[str, Any]) -> None:
    if isinstance(tags := inputs.get("tags"), dict):
        refuse_bad_tags(tags)
    for path, kind in row.policies.items():
        for _, text in leaves(inputs, path):
            refuse_bad_policy(world, text, kind, row.bad_policy)


def _overwrites(row: Row, resource: Resource) -> bool:
    return row.upsert or (row.overwrite is not None and bool(resource.props.get(row.overwrite)))


def _refuse_duplicate(row: Row, resource: Resource) -> None:
    for unique in row.unique:
        raise AwsError.parse(_text(unique.error, resource.props))
    raise AwsError("AlreadyExists", f"{row.token} {resource.key} already exists")


def _text(template: str, props: dict[str, Any]) -> str:
    values = {"account": ACCOUNT, **props}
    return re.sub(r"\{(\w+)\}", lambda match: str(values.get(match[1], "")), template)


def _register(world: World, row: Row, resource: Resource) -> None:
    """Check references and uniqueness, and enter them in the world."""
    links = []
    for path, reference in row.references.items():
        for _, value in leaves(resource.props, path):
            if value == "" or (reference.unless and re.match(reference.unless, str(value))):
                continue
            target = _target(world, reference.to, reference.by, value, resource)
            if target is None:
                raise AwsError.parse(_text(reference.error, {**resource.props, "value": value}))
            links.append((path, reference.to, target))
    claims = [_claim(index, unique.by, resource.props) for index, unique in enumerate(row.unique)]
    taken = world.register(
        row.token, resource.key, links=links, claims=[claim for claim in claims if claim]
    )
    if taken is not None:
        unique = row.unique[int(taken.split(" ", 1)[0])]
        raise AwsError.parse(_text(unique.error, resource.props))


def _target(world: World, token: str, by: str | None, value: Any, resource: Resource) -> str | None:
    if (token, value) == (resource.type, resource.key):
        return str(value)  # a security group that admits itself
    if by is None:
        return str(value) if world.get(token, str(value)) else None
    found = world.find(token, **{by: value})
    return found[0].key if found else None


def _claim(index: int, names: tuple[str, ...], props: dict[str, Any]) -> str | None:
    values = [props.get(name) for name in names]
    if values[0] in (None, ""):
        return None
    return f"{index} {json.dumps(values)}"
