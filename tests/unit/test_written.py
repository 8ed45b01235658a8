"""Every setting of a site says where it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.problems import FleetError
from fleet.sites_file.written import WrittenValue, show_site, written_sites

SITES = """\
version: 1
defaults:
  tags: {Team: web}
profiles:
  shop:
    size: {cpu: 1024, memory: 2048}
environments:
  dev:
    scaling: {min: 1}
sites:
  blog:
    domains: [blog.example.com]
    profile: shop
    scaling: {min: 3}
    environments:
      dev:
        title: Trial
  docs:
    domains: [docs.example.com]
    database: {placement: shared}
"""
SETTINGS = """\
config:
  aws:region: us-east-1
  wordpress-fleet:adminEmail: web@example.com
  wordpress-fleet:allowHttp: true
  wordpress-fleet:domainSuffix: dev.example.com
  wordpress-fleet:sharedDatabase: {minAcu: 1, maxAcu: 4}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("Pulumi.dev.yaml").write_text(SETTINGS)
    Path("sites.yaml").write_text(SITES)
    return Path("sites.yaml")


def by_name(settings: tuple[WrittenValue, ...]) -> dict[str, tuple[object, str | None]]:
    return {
        ".".join(each.path): (each.value, str(each.position) if each.position else None)
        for each in settings
    }


def test_each_layer_leads_to_its_line(file: Path) -> None:
    found = by_name(show_site(file, "blog", "dev"))
    assert found["tags.Team"] == ("web", "sites.yaml:3:16")
    assert found["size.cpu"] == (1024, "sites.yaml:6:17")
    assert found["scaling.min"] == (1, "sites.yaml:9:20")
    assert found["title"] == ("Trial", "sites.yaml:17:16")
    assert found["scaling.max"] == (4, None)


def test_settings_of_the_environment_lead_to_its_own_file(file: Path) -> None:
    found = by_name(show_site(file, "blog", "dev"))
    assert found["domains"] == (["blog.dev.example.com"], "Pulumi.dev.yaml:5:33")
    assert found["admin.email"] == ("web@example.com", "Pulumi.dev.yaml:3:31")
    assert found["image"] == (None, None)


def test_without_an_environment_the_file_speaks_for_itself(file: Path) -> None:
    found = by_name(show_site(file, "blog"))
    assert found["scaling.min"] == (3, "sites.yaml:14:20")
    assert found["domains"] == (["blog.example.com"], "sites.yaml:12:14")
    assert found["title"] == ("blog", None)


def test_a_shared_database_has_no_size_of_its_own(file: Path) -> None:
    database = [name for name in by_name(show_site(file, "docs")) if name.startswith("database")]
    assert database == ["database.placement"]


def test_the_place_of_a_setting_of_the_environment(file: Path) -> None:
    written = written_sites(file, "dev")
    assert str(written.position(None, ("allowHttp",))) == "Pulumi.dev.yaml:4:30"
    assert written.position(None, ("protectData",)) is None
    assert str(written.position("blog", ("size", "memory"))) == "sites.yaml:6:31"


def test_unknown_names_name_the_nearest(file: Path) -> None:
    with pytest.raises(FleetError, match=r'sites.yaml:10:1: sites.blok: .*did you mean "blog"'):
        show_site(file, "blok", "dev")
    with pytest.raises(FleetError, match=r'found no environment "deb" .did you mean "dev"'):
        show_site(file, "blog", "deb")
