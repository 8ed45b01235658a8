"""The program's resources, judged by AWS's own word and others'."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from fleet.settings.model import Settings
from fleet.site.model import SiteFields
from tests.judges import fleets, requests
from tests.judges import template as said
from tests.judges.exceptions import exemptions
from tests.judges.judges import Finding, judge
from tests.judges.template import Template
from tests.program.fleets import Programs


@pytest.fixture(scope="module")
def templates(programs: Programs) -> dict[str, Template]:
    return fleets.templates(programs)


@pytest.fixture(scope="module")
def found(
    templates: dict[str, Template], tmp_path_factory: pytest.TempPathFactory
) -> list[Finding]:
    return judge(templates, tmp_path_factory.mktemp("templates"))


def test_nothing_is_wrong_but_the_accepted_exceptions(found: list[Finding]) -> None:
    wrong = [each for each in found if not any(own.covers(each) for own in exemptions())]
    assert not wrong, "\n".join(map(str, wrong))


def test_every_exception_is_needed(found: list[Finding]) -> None:
    """One that nothing falls under any more goes, with each check that finds nothing."""
    idle = [
        (own.what, check)
        for own in exemptions()
        for check in own.checks
        if not any(own.covers(each) and each.check == check for each in found)
    ]
    assert idle == []


def test_every_judge_has_looked(templates: dict[str, Template], found: list[Finding]) -> None:
    """A judge that looks at nothing finds nothing: each has something that is accepted."""
    assert {each.judge for each in found} >= {"cfn-lint", "checkov"}
    assert {each.template for each in found} == set(templates)


def test_every_type_is_said_and_asked_for_and_no_other(
    programs: Programs, templates: dict[str, Template]
) -> None:
    """A new type fails here: give it a row in cloudformation.yaml and requests.yaml."""
    recordings = fleets.recordings(programs).values()
    types = {each.type for one in recordings for each in one if not each.is_component}
    assert set(said.rows()) == types
    asked = {each["Type"] for one in templates.values() for each in one["Resources"].values()}
    assert set(requests.rows()) == asked


def test_every_field_and_setting_is_in_use() -> None:
    """So that what a new one makes is judged."""
    production, _ = fleets.production()
    used = [used for _, used in fleets.fleets().values()]
    sites = {
        path
        for path in fields(SiteFields)
        if not any(has(s, path) for s in (*production.values(), fleets.EDGED))
    }
    settings = {
        path for path in map(camel, fields(Settings)) if not any(has(s, path) for s in used)
    }
    assert (sites, settings) == (set(), set())


def fields(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """The dotted path of every field that isn't a model itself."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from fields(inner, f"{path}{name}.")
        else:
            yield f"{path}{field.alias or name}"


def has(value: Any, path: str) -> bool:
    first, _, rest = path.partition(".")
    return first in value and (not rest or has(value[first], rest))


def camel(path: str) -> str:
    first, *words = path.split("_")
    return first + "".join(word.capitalize() for word in words)
