"""Whatever stands in the files, the answer is a list of problems, never a traceback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from fleet.fields.doc import fields_of
from fleet.names import PROJECT
from fleet.settings.model import Settings
from fleet.sites_file.check import Check, check_file
from fleet.sites_file.model import SitesFile

quick = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=300,
)


def known_keys(model: type[BaseModel]) -> Iterator[str]:
    definitions = model.model_json_schema().get("$defs", {}).values()
    for definition in definitions:
        yield from definition["properties"]


SITE_KEYS = sorted({*known_keys(SitesFile), "prod", "Bad Name"})
SETTINGS_KEYS = sorted({*fields_of(Settings), *known_keys(Settings)})
WORDS = [
    "",
    "no",
    "a.example.com",
    "*.example.com",
    "dev",
    "0777",
    "x\x00",
    "ü",
    "at(",
    "/",
    "shop",
]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 5_000),
    st.floats(allow_nan=True),
    st.sampled_from(WORDS),
    st.text(max_size=5),
    st.dates(),
)
sites_trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(SITE_KEYS), inner, max_size=6)
    ),
    max_leaves=30,
)
fields = st.dictionaries(st.sampled_from(SITE_KEYS), sites_trees, max_size=5) | scalars
named_fields = st.dictionaries(st.sampled_from(["blog", "shop", "dev", "No!"]), fields, max_size=3)
sites_files = st.fixed_dictionaries(
    {"version": st.just(1), "sites": named_fields | scalars},
    optional={"defaults": fields, "profiles": named_fields, "environments": named_fields},
)
settings_trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(SETTINGS_KEYS), inner, max_size=6)
    ),
    max_leaves=10,
)
settings_files = st.dictionaries(st.sampled_from(SETTINGS_KEYS), settings_trees, max_size=6)


def checked(folder: Path, sites: bytes, config: bytes) -> Check:
    (folder / "sites.yaml").write_bytes(sites)
    (folder / "Pulumi.dev.yaml").write_bytes(config)
    check = check_file(folder / "sites.yaml", None)
    for problem in check.problems:
        assert str(problem).isprintable(), "one line, and nothing that a terminal obeys"
        file = Path(problem.position.file).read_bytes().decode("utf-8", "replace")
        lines = re.split(r"\r\n|\r|\n", file.removeprefix("\ufeff"))
        assert 1 <= problem.position.line <= len(lines)
        assert 1 <= problem.position.column <= len(lines[problem.position.line - 1]) + 1
    return check


@given(sites_files, settings_files)
@quick
def test_any_values(tmp_path: Path, sites: dict[str, Any], config: dict[str, Any]) -> None:
    prefixed = {f"{PROJECT}:{key}": value for key, value in config.items()}
    checked(tmp_path, dumped(sites), dumped({"config": prefixed}))


def dumped(tree: object) -> bytes:
    return yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "replace")


@given(st.text(st.sampled_from("ab:-?[]{}#&*!|>'\"%@`,\n \t<0é")), st.text())
@quick
def test_any_text(tmp_path: Path, sites: str, config: str) -> None:
    checked(tmp_path, sites.encode(), config.encode("utf-8", "replace"))


@given(st.binary(), st.binary())
@quick
def test_any_bytes(tmp_path: Path, sites: bytes, config: bytes) -> None:
    checked(tmp_path, sites, config)
