"""What a good sites.yaml means: layers, built-in values, and what the settings add."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.problems import FleetError
from fleet.settings.load import load_settings
from fleet.settings.model import Settings, SharedDatabase
from fleet.site.model import Site
from fleet.sites_file.load import Fleet, load_fleet, load_stack

SETTINGS = Settings(environment="dev", allow_http=True, admin_email="web@example.com")
SCALING = {
    "min": 2,
    "max": 4,
    "cpu": 75,
    "requests": None,
    "cooldown": 60,
    "schedules": {},
}
BACKUP = {
    "dumps": "never",
    "files": "nightly",
    "drill": "never",
    "keep": {"days": 14, "weeks": 8, "months": 12},
}
NO_SERVER = {"host": None, "port": 587, "user": None, "secret": None}
NO_COPY = {"of": None, "uploads": None, "anonymise": True, "keep": (), "plugins_off": ()}
DOMAINS = {"domains": ["blog.example.com"]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sites.yaml"


def load(file: Path, document: dict[str, Any] | str, settings: Settings = SETTINGS) -> Fleet:
    text = document if isinstance(document, str) else yaml.safe_dump({"version": 1, **document})
    file.write_text(text)
    return load_fleet(file, settings)


def load_blog(file: Path, settings: Settings = SETTINGS, **document: Any) -> Site:
    return load(file, {"sites": {"blog": DOMAINS}, **document}, settings).sites[0]


CDN = {
    "ttl": "24h",
    "cookies": (),
    "purge_tags": 10,
    "elsewhere": (),
    "expect": {"requests": 0.5, "terabytes": 0.02},
}


def test_the_built_in_values(file: Path) -> None:
    assert load_blog(file).model_dump() == {
        "name": "blog",
        "domains": ("blog.example.com",),
        "state": "live",
        "title": "blog",
        "admin": {"user": "admin", "email": "web@example.com"},
        "image": None,
        "user": None,
        "port": 8080,
        "size": {"cpu": 512, "memory": 1024},
        "scaling": SCALING,
        "capacity": {"on_demand_base": 1, "on_demand_weight": 1, "spot_weight": 3},
        "database": {
            "placement": "dedicated",
            "min_acu": 0.5,
            "max_acu": 4,
            "pause_after": None,
            "readers": 0,
            "backup_days": 7,
        },
        "table_prefix": "wp_",
        "cdn": CDN,
        "cron": {"every": "15m", "task": "serving"},
        "jobs": {},
        "mail": {"send": "auto", "from": None, "smtp": NO_SERVER},
        "staging": NO_COPY,
        "storage": {"mode": "content"},
        "backup": BACKUP,
        "health": {"path": "/healthz", "grace": 60},
        "env": {},
        "secrets": {},
        "certificate_arn": None,
        "dns": "auto",
        "waf": "block",
        "cell": None,
        "tags": {},
    }


LAYERS = ("defaults", "profile", "site", "environment of the fleet", "environment of the site")


@pytest.mark.parametrize(
    "ranks", [ranks for count in range(6) for ranks in itertools.combinations(range(5), count)]
)
def test_the_strongest_layer_wins(file: Path, ranks: tuple[int, ...]) -> None:
    said = [{"port": 100 + rank} if rank in ranks else {} for rank in range(len(LAYERS))]
    defaults, profile, own, fleet_override, site_override = said
    overrides = {"dev": site_override, "prod": {"port": 1}}
    document = {
        "defaults": defaults,
        "profiles": {"shop": profile, "other": {"port": 2}},
        "environments": {"dev": fleet_override, "prod": {"port": 3}},
        "sites": {"blog": {**DOMAINS, **own, "profile": "shop", "environments": overrides}},
    }
    assert load(file, document).sites[0].port == (100 + max(ranks) if ranks else 8080)


def test_maps_merge_and_lists_replace(file: Path) -> None:
    document = {
        "defaults": {"tags": {"Team": "web", "Tier": "1"}, "scaling": {"max": 8}},
        "sites": {
            "blog": {
                "domains": ["blog.example.com", "www.blog.example.com"],
                "tags": {"Tier": "2"},
                "environments": {"dev": {"domains": ["blog.example.net"]}},
            }
        },
    }
    blog = load(file, document).sites[0]
    assert blog.tags == {"Team": "web", "Tier": "2"}
    assert (blog.scaling.min, blog.scaling.max) == (2, 8)
    assert blog.domains == ("blog.example.net",)


def test_null_takes_an_optional_value_back(file: Path) -> None:
    defaults = {"scaling": {"requests": 500}, "cell": "second", "image": "wordpress:6"}
    override = {"scaling": {"requests": None}, "cell": None, "image": None}
    blog = load_blog(file, defaults=defaults, environments={"dev": override})
    assert (blog.scaling.requests, blog.cell, blog.image) == (None, None, None)


def test_a_schedule_may_be_written_in_parts(file: Path) -> None:
    night = {"cron": "0 22 * * ? *", "min": 1, "max": 2, "timezone": "Europe/Vienna"}
    document = {
        "defaults": {"scaling": {"schedules": {"night": night}}},
        "environments": {"dev": {"scaling": {"schedules": {"night": {"min": 0}}}}},
    }
    schedule = load_blog(file, **document).scaling.schedules["night"]
    assert schedule.model_dump() == {**night, "min": 0}
    assert schedule.expression == "cron(0 22 * * ? *)"


def test_a_point_in_time_is_its_own_expression(file: Path) -> None:
    launch = {"cron": "at(2030-01-31T08:00:00)", "min": 10, "max": 40}
    blog = load_blog(file, defaults={"scaling": {"schedules": {"launch": launch}}})
    assert blog.scaling.schedules["launch"].expression == "at(2030-01-31T08:00:00)"


def test_sites_are_sorted_and_know_their_cell(file: Path) -> None:
    names = {"wiki": None, "blog": "second", "shop": None}
    sites = {
        name: {"domains": [f"{name}.example.com"], "cell": cell} for name, cell in names.items()
    }
    fleet = load(file, {"sites": sites})
    assert [site.name for site in fleet.sites] == ["blog", "shop", "wiki"]
    assert [site.name for site in fleet.in_cell(None)] == ["shop", "wiki"]
    assert [site.name for site in fleet.in_cell("second")] == ["blog"]
    assert fleet.in_cell("third") == ()


def test_a_fleet_may_be_empty(file: Path) -> None:
    assert load(file, {"sites": {}}).sites == ()


def test_domains_become_ascii(file: Path) -> None:
    sites = {"blog": {"domains": ["bücher.example", "*.bücher.example", "straße.example"]}}
    assert load(file, {"sites": sites}).sites[0].domains == (
        "xn--bcher-kva.example",
        "*.xn--bcher-kva.example",
        "xn--strae-oqa.example",
    )


def test_an_exact_host_may_stand_beside_a_wildcard_that_covers_it(file: Path) -> None:
    sites = {
        "blog": {"domains": ["example.com", "*.example.com"]},
        "shop": {"domains": ["shop.example.com", "*.shop.example.com"]},
    }
    assert len(load(file, {"sites": sites}).sites) == 2


def test_the_domain_suffix_replaces_domains_but_not_those_of_the_environment(file: Path) -> None:
    sites = {
        "blog": DOMAINS,
        "shop": {"domains": ["shop.example.com"], "environments": {"dev": {"port": 80}}},
        "wiki": {
            "domains": ["wiki.example.com"],
            "environments": {"dev": {"domains": ["w.example.net"]}},
        },
    }
    settings = SETTINGS.model_copy(update={"domain_suffix": "dev.example.com"})
    assert [site.domains for site in load(file, {"sites": sites}, settings).sites] == [
        ("blog.dev.example.com",),
        ("shop.dev.example.com",),
        ("w.example.net",),
    ]


def test_the_site_names_its_own_image_and_administrator(file: Path) -> None:
    settings = SETTINGS.model_copy(update={"image": "wordpress:6.9"})
    assert load_blog(file, settings).image == "wordpress:6.9"
    defaults = {"image": "custom:1", "admin": {"email": "blog@example.com"}}
    blog = load_blog(file, settings, defaults=defaults)
    assert (blog.image, blog.admin.email) == ("custom:1", "blog@example.com")


def test_shared_in_one_environment_takes_no_capacity_of_weaker_layers(file: Path) -> None:
    settings = SETTINGS.model_copy(update={"shared_database": SharedDatabase(max_acu=8)})
    document: dict[str, Any] = {
        "defaults": {"database": {"max_acu": 16, "readers": 1}},
        "environments": {"dev": {"database": {"placement": "shared"}}},
    }
    database = load_blog(file, settings, **document).database
    assert (database.placement, database.max_acu, database.readers) == ("shared", 4, 0)

    sites = {"blog": {**DOMAINS, "environments": {"dev": {"database": {"placement": "dedicated"}}}}}
    back = load_blog(file, settings, **document, sites=sites).database
    assert (back.placement, back.max_acu, back.readers) == ("dedicated", 16, 1)


def test_anchors_and_merge_keys(file: Path) -> None:
    text = """
        version: 1
        profiles:
          small: &small
            size: {cpu: 256, memory: 512}
            port: 80
        sites:
          blog:
            <<: *small
            domains: [blog.example.com]
            port: 81
          wiki: {<<: [*small, {port: 82}], domains: [wiki.example.com]}
    """
    blog, wiki = load(file, text).sites
    assert (blog.size.cpu, blog.port) == (256, 81)
    assert (wiki.size.cpu, wiki.port) == (256, 80)


def test_a_byte_order_mark_is_no_mistake(file: Path) -> None:
    file.write_text("version: 1\nsites: {}\n", encoding="utf-8-sig")
    assert load_fleet(file, SETTINGS).sites == ()


def test_an_override_for_an_environment_kept_elsewhere_is_fine(file: Path) -> None:
    (file.parent / "Pulumi.production.yaml").touch()
    assert load_blog(file, environments={"staging": {"port": 80}}).port == 8080


def test_the_mistakes_of_both_files_come_together(file: Path) -> None:
    file.write_text("version: 1\nsites: {blog: {port: 0}}\n")
    config = file.parent / "Pulumi.dev.yaml"
    config.write_text("config:\n  wordpress-fleet:allowHttp: 5\n")
    with pytest.raises(FleetError) as caught:
        load_stack(lambda: load_settings(config, "dev"), file.parent)
    places = [f"{Path(each.position.file).name}:{each.path}" for each in caught.value.problems]
    assert places == [
        "Pulumi.dev.yaml:allowHttp",
        "sites.yaml:sites.blog.admin.email",
        "sites.yaml:sites.blog.domains",
        "sites.yaml:sites.blog.port",
    ]


def test_a_stack_that_is_right(file: Path) -> None:
    load(file, {"sites": {"blog": DOMAINS}})
    settings, fleet = load_stack(lambda: SETTINGS, file.parent)
    assert settings is SETTINGS
    assert [site.name for site in fleet.sites] == ["blog"]


def test_an_error_is_one_line_a_problem(file: Path) -> None:
    with pytest.raises(FleetError) as caught:
        load(file, "version: 1\nsites: {blog: {port: 0, domains: [a.example.com]}, no: {}}\n")
    assert str(caught.value).splitlines() == [str(each) for each in caught.value.problems]
    assert len(caught.value.problems) == 3
