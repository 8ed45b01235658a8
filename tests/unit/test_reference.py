"""The reference page and the JSON Schema say what the models say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import BaseModel, TypeAdapter

from fleet.docs.reference import ERROR, PAGE, page
from fleet.docs.schema import schema
from fleet.fields.doc import Doc, doc_of, fields_of, model_in
from fleet.settings.model import Settings
from fleet.sites_file.check import check_file
from fleet.sites_file.model import SitesFile

ROOT = Path(__file__).parents[2]
BAD = Path(__file__).parent / "bad"
VALIDATOR = Draft202012Validator(schema())


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text() == page(), "run `python -m fleet.docs.reference`"


def test_the_error_on_the_page_is_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sites = (
        "version: 1\nsites:\n  blog:\n    domains: [a.example.com]\n    scaling: {min: 5, max: 2}"
    )
    Path("sites.yaml").write_text(sites)
    assert [str(each) for each in check_file(Path("sites.yaml"), None).problems] == [ERROR]


def models_in(model: type[BaseModel]) -> set[type[BaseModel]]:
    found = {model}
    for field in fields_of(model).values():
        arguments = [field.annotation, *getattr(field.annotation, "__args__", ())]
        inner = {each for each in map(model_in, arguments) if each is not None}
        found |= inner.union(*map(models_in, inner))
    return found


FIELDS = [
    (model, name)
    for root in (SitesFile, Settings)
    for model in sorted(models_in(root), key=lambda each: each.__name__)
    for name in fields_of(model)
]


@pytest.mark.parametrize(
    ("model", "name"), FIELDS, ids=lambda value: value if isinstance(value, str) else value.__name__
)
def test_every_field_has_an_example_that_is_valid(model: type[BaseModel], name: str) -> None:
    words = doc_of(model, name)
    assert isinstance(words, Doc)
    field = fields_of(model)[name]
    annotated = TypeAdapter(model)
    others: dict[str, Any] = {
        other: doc_of(model, other).example
        for other, each in fields_of(model).items()
        if each.is_required()
    }
    annotated.validate_python({**others, name: words.example})
    assert field.is_required() or words.built_in or field.get_default() is not None


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_the_schema_takes_the_sample() -> None:
    VALIDATOR.validate(yaml.safe_load((ROOT / "sites.yaml").read_text()))


@pytest.mark.parametrize(
    "name",
    [
        "capacity.weight_too_high",
        "defaults.domains",
        "domains.empty",
        "domains.missing",
        "domains.too_many",
        "env.list",
        "environment_name.invalid",
        "key.unknown_near_known",
        "override.profile",
        "port.zero",
        "scaling.min_zero",
        "site_name.hyphens",
        "site_name.too_long",
        "size.cpu_unknown",
        "state.unknown",
        "trap.true_as_variable",
        "version.missing",
        "version.unknown",
    ],
)
def test_the_schema_refuses(name: str) -> None:
    """What an editor can see; the rest is for `fleet validate`."""
    assert not VALIDATOR.is_valid(yaml.safe_load((BAD / f"{name}.yaml").read_text()))


def test_the_schema_takes_a_schedule_in_parts() -> None:
    override = {"dev": {"scaling": {"schedules": {"night": {"min": 0}}}}}
    VALIDATOR.validate({"version": 1, "environments": override, "sites": {}})
