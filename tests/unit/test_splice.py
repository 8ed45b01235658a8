"""Changes of a file's text touch the lines they must and no others."""

from __future__ import annotations

import difflib
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fleet.yaml.splice import SpliceError, add_entry, remove_value, set_value
from tests.unit.layouts import Layout, layouts


def changes(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that went and the lines that came, line breaks included."""
    went, came = [], []
    for line in difflib.ndiff(before.splitlines(True), after.splitlines(True)):
        if line.startswith("- "):
            went.append(line[2:])
        elif line.startswith("+ "):
            came.append(line[2:])
    return went, came


def data(text: str) -> Any:
    return yaml.safe_load(text)


def assert_comments_stay(layout: Layout, after: str) -> None:
    for comment in layout.comments:
        assert f"{comment}\r" in after or f"{comment}\n" in f"{after}\n", comment


def paths(name: str) -> list[tuple[str, ...]]:
    return [("sites", name, "state"), ("sites", name, "environments", "dev", "state")]


@given(layouts(), st.data())
def test_a_word_more_is_a_line_more_or_a_line_changed(
    layout: Layout, choice: st.DataObject
) -> None:
    path = choice.draw(st.sampled_from(paths(choice.draw(st.sampled_from(layout.names)))))
    after = set_value(layout.text, path, "paused")
    went, came = changes(layout.text, after)
    assert len(came) <= 2
    # Only a flow map, or a last line without a line break, is changed rather than added to.
    assert len(went) == len(came) - 1 or all("{" in line or line in after for line in went)
    assert_comments_stay(layout, after)


@given(layouts(), st.data())
def test_there_and_back_is_the_same_file(layout: Layout, choice: st.DataObject) -> None:
    path = choice.draw(st.sampled_from(paths(choice.draw(st.sampled_from(layout.names)))))
    paused = set_value(layout.text, path, "paused")
    retired = set_value(paused, path, "retired")
    assert data(retired) != data(paused)
    assert set_value(retired, path, "paused") == paused
    assert remove_value(paused, path, keep=2).rstrip("\r\n") == layout.text.rstrip("\r\n")


@given(layouts())
def test_a_site_more_is_lines_more(layout: Layout) -> None:
    values = {"domains": ["new.example.com", "*.new.example.com"], "profile": "no"}
    after = add_entry(layout.text, ("sites",), "new", values)
    ended = "" if layout.text.endswith("\n") else layout.newline
    went, came = changes(layout.text + ended, after + ended)
    assert [line.strip() for line in went] == []
    assert 3 <= len(came) <= 4
    assert data(after)["sites"] == {**data(layout.text)["sites"], "new": values}
    assert list(data(after)["sites"])[-1] == "new"
    assert_comments_stay(layout, after)


@given(layouts(), st.data())
def test_line_endings_stay(layout: Layout, choice: st.DataObject) -> None:
    path = choice.draw(st.sampled_from(paths(choice.draw(st.sampled_from(layout.names)))))
    after = set_value(layout.text, path, "paused")
    if "\r\n" in layout.text:
        assert after.count("\r\n") == after.count("\n")
    else:
        assert "\r" not in after


STATE = ("sites", "a", "state")
STATE_IN_DEV = ("sites", "a", "environments", "dev", "state")


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (
            STATE,
            "sites:\n  a:\n    state: paused  # until May\n    port: 1\n",
            "sites:\n  a:\n    # until May\n    port: 1\n",
        ),
        (
            STATE_IN_DEV,
            "sites:\n  a:\n    environments: # x\n      dev:\n        state: paused\n    port: 1\n",
            "sites:\n  a:\n    # x\n    port: 1\n",
        ),
        (STATE, "sites: {a: {state: paused}}", "sites: {a: {}}"),
        (STATE, "sites: {a: {state: paused, port: 1}}", "sites: {a: {port: 1}}"),
        (STATE, "sites: {a: {port: 1, state: paused}}", "sites: {a: {port: 1}}"),
    ],
)
def test_a_removal_leaves_comments_and_no_empty_maps(
    path: tuple[str, ...], before: str, after: str
) -> None:
    assert remove_value(before, path, keep=2) == after


def test_a_removal_that_would_take_a_comment_along_is_refused() -> None:
    with pytest.raises(SpliceError):
        remove_value("sites: {a: {state: paused, # May\n  port: 1}}", STATE, keep=2)


def test_keys_in_quotes_beget_keys_in_quotes() -> None:
    """So that a file which is JSON stays JSON."""
    before = '{"sites": {"a": {"port": 1}}}'
    assert set_value(before, ("sites", "a", "state"), "paused") == (
        '{"sites": {"a": {"state": "paused", "port": 1}}}'
    )


@pytest.mark.parametrize(
    "text",
    [
        "base: &b {port: 1}\nsites:\n  a: *b\n",
        "sites:\n  a: &a\n    port: 1\n  b:\n    <<: *a\n",
        "sites:\n  a: &a {port: 1}\n  b: *a\n",
    ],
)
def test_a_change_that_would_reach_another_site_is_refused(text: str) -> None:
    with pytest.raises(SpliceError):
        set_value(text, ("sites", "a", "state"), "paused")


def test_an_alias_at_the_end_is_not_mistaken_for_its_anchor() -> None:
    text = "big: &big {cpu: 1}\nsites:\n  a:\n    size: *big\n# end\n"
    assert add_entry(text, ("sites",), "b", {"port": 2}) == (
        "big: &big {cpu: 1}\nsites:\n  a:\n    size: *big\n  b:\n    port: 2\n# end\n"
    )
