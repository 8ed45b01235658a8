"""Adding, pausing, resuming and retiring sites of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.problems import FleetError
from fleet.sites_file.edits import Edit, add_site, pause_site, resume_site, retire_site

SITES = """\
version: 1  # the format
defaults: {tags: {Team: web}}
profiles:
  asleep: {state: paused}

sites:
  # the company's own
  blog:
    domains: [blog.example.com]  # canonical

  shop:
    domains: [shop.example.com]
    profile: asleep
    environments:
      dev: {state: live}
# the end
"""
SETTINGS = """\
config:
  wordpress-fleet:adminEmail: web@example.com
  wordpress-fleet:allowHttp: true
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    for environment in ("dev", "prod"):
        (tmp_path / f"Pulumi.{environment}.yaml").write_text(SETTINGS)
    path = tmp_path / "sites.yaml"
    path.write_text(SITES)
    return path


def changed(edit: Edit) -> list[str]:
    """The lines that an edit took away and brought."""
    return [line for line in edit.diff.splitlines()[2:] if line[:1] in "+-"]


def test_pause_and_resume(file: Path) -> None:
    assert changed(pause_site(file, "blog")) == ["+    state: paused"]
    assert changed(resume_site(file, "blog")) == ["-    state: paused"]
    assert file.read_text() == SITES


def test_retire_a_paused_site(file: Path) -> None:
    pause_site(file, "blog")
    assert changed(retire_site(file, "blog")) == ["-    state: paused", "+    state: retired"]


def test_pause_in_one_environment(file: Path) -> None:
    edit = pause_site(file, "blog", "prod")
    assert changed(edit) == ["+    environments: {prod: {state: paused}}"]
    resume_site(file, "blog", "prod")
    assert file.read_text() == SITES


def test_resume_what_a_profile_pauses_needs_a_word(file: Path) -> None:
    assert changed(resume_site(file, "shop")) == ["+    state: live"]


def test_resume_keeps_the_word_that_stands_against_a_profile(file: Path) -> None:
    edit = pause_site(file, "shop", "dev")
    assert changed(edit) == [
        "-    environments:",
        "-      dev: {state: live}",
    ], "without its own word the site is paused by its profile"
    assert changed(resume_site(file, "shop", "dev")) == ["+    environments: {dev: {state: live}}"]


def test_what_is_so_already_changes_nothing(file: Path) -> None:
    edit = resume_site(file, "blog")
    assert not edit.changed
    assert edit.diff == ""
    assert not pause_site(file, "shop").changed


def test_an_environment_that_says_otherwise_is_named(file: Path) -> None:
    edit = retire_site(file, "shop")
    (overruled,) = edit.overruled
    assert (overruled.environment, overruled.state) == ("dev", "live")
    assert overruled.position.line == 16


def test_add_a_site(file: Path) -> None:
    edit = add_site(file, "news", ["news.example.com", "*.news.example.com"], profile="asleep")
    assert changed(edit) == [
        "+",
        "+  news:",
        '+    domains: [news.example.com, "*.news.example.com"]',
        "+    profile: asleep",
    ]
    assert file.read_text().endswith("profile: asleep\n# the end\n")


@pytest.mark.parametrize(
    ("name", "domains", "expected"),
    [
        ("blog", ["new.example.com"], "sites.yaml:8:3: sites.blog: found a site blog already"),
        (
            "news",
            ["blog.example.com"],
            "sites.yaml:9:15: sites.blog.domains[0]: found blog.example.com already, in site blog",
        ),
        ("news", ["news"], 'sites.news.domains[0]: found the text "news", which has one label'),
        ("News", ["news.example.com"], 'found the name "News"'),
        ("", ["news.example.com"], 'found the name ""'),
        ("news", [], "found a list of 0"),
    ],
)
def test_a_site_that_can_not_be_is_refused(
    file: Path, name: str, domains: list[str], expected: str
) -> None:
    with pytest.raises(FleetError) as raised:
        add_site(file, name, domains)
    assert expected in str(raised.value)
    assert file.read_text() == SITES


def test_an_unknown_profile_names_the_nearest(file: Path) -> None:
    with pytest.raises(FleetError, match='did you mean "asleep"'):
        add_site(file, "news", ["news.example.com"], profile="aslep")
    assert file.read_text() == SITES


def test_unknown_names_name_the_nearest(file: Path) -> None:
    with pytest.raises(FleetError, match=r'no site "blg" .did you mean "blog".*blog or shop'):
        pause_site(file, "blg")
    with pytest.raises(FleetError, match=r'no environment "prd" .did you mean "prod".*dev or prod'):
        pause_site(file, "blog", "prd")


def test_a_new_cell_is_asked_for_by_name(file: Path) -> None:
    add_site(file, "news", ["news.example.com"], cell="west")
    with pytest.raises(FleetError, match=r'no cell "wst" .did you mean "west".*--new-cell'):
        add_site(file, "wiki", ["wiki.example.com"], cell="wst")
    add_site(file, "wiki", ["wiki.example.com"], cell="east", new_cell=True)


def test_where_all_sites_have_a_cell_a_new_one_needs_one(file: Path) -> None:
    file.write_text("version: 1\nsites:\n  a: {domains: [a.example.com], cell: west}\n")
    with pytest.raises(FleetError, match=r"allowed is a cell .west."):
        add_site(file, "b", ["b.example.com"])
    add_site(file, "b", ["b.example.com"], cell="west")


def test_a_file_that_was_wrong_before_is_told_as_it_stands(file: Path) -> None:
    wrong = SITES.replace("version: 1", "version: 2")
    file.write_text(wrong)
    with pytest.raises(FleetError) as raised:
        pause_site(file, "blog")
    assert str(raised.value).startswith(f"{file}:1:10: version: found the number 2")
    assert file.read_text() == wrong


def test_an_environment_with_a_file_of_its_own_has_no_say(file: Path) -> None:
    """Here it lacks what the sites of sites.yaml need: an administrator's address."""
    own = "config:\n  wordpress-fleet:allowHttp: true\n  wordpress-fleet:sitesFile: eu1.yaml\n"
    (file.parent / "Pulumi.eu1.yaml").write_text(own)
    site = "  own: {domains: [own.example.com], admin: {email: me@example.com}}\n"
    (file.parent / "eu1.yaml").write_text(f"version: 1\nsites:\n{site}")
    add_site(file, "news", ["news.example.com"])
    pause_site(file.parent / "eu1.yaml", "own")
    with pytest.raises(FleetError, match=r"eu1\.yaml:.*admin"):
        add_site(file.parent / "eu1.yaml", "news", ["news.example.com"])


def test_an_entry_that_others_share_is_left_to_its_author(file: Path) -> None:
    first = "  a: &a\n    domains: [a.example.com]\n"
    text = f"version: 1\nsites:\n{first}  b:\n    <<: *a\n    domains: [b.example.com]\n"
    file.write_text(text)
    with pytest.raises(FleetError, match="can't be changed alone"):
        pause_site(file, "a")
    assert file.read_text() == text


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(FleetError, match="found no such file"):
        pause_site(tmp_path / "sites.yaml", "blog")
