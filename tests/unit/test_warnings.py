"""Each warning: once where the setting surprises, and silence where it doesn't."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.plan.warnings import plan_warnings
from fleet.settings.model import Settings
from fleet.site.database import max_connections
from fleet.site.workers import php_workers, request_memory, workers_of
from tests.unit import fleets
from tests.unit.fleets import site


def settings(**values: Any) -> Settings:
    """Of an environment that sends no mail, which surprises nobody there."""
    return fleets.settings(**{"environment": "staging", **values})


def paths(**fields: Any) -> list[str]:
    """The settings of one site that surprise."""
    return [".".join(each.path) for each in plan_warnings([site(**fields)], settings())]


def environment(**values: Any) -> list[str]:
    return [".".join(each.path) for each in plan_warnings([], settings(**values))]


def test_in_production_mail_is_sent_or_missed() -> None:
    def said(state: str = "live", **values: Any) -> list[str]:
        given = fleets.settings(**values)
        nightly = site(state=state, backup={"dumps": "nightly"})
        found = plan_warnings([nightly], given)
        return [each.message for each in found if each.path == ("mail",)]

    (missed,) = said()
    assert missed.startswith("1 of 1 sites send no mail, not even for a lost password")
    (sandbox,) = said(mail={"domain": "mail.example.com"})
    assert "to verified addresses only" in sandbox
    assert not any("mail" in message for message in said("paused"))


def test_in_production_somebody_hears_of_what_fails() -> None:
    def heard(environment: str = "prod", **values: Any) -> bool:
        given = fleets.settings(environment=environment, **values)
        found = plan_warnings([site(cron={"task": "own"})], given)
        return not any(each.path == ("alarms",) for each in found)

    assert not heard()
    assert heard("staging")
    assert heard(alarms={"email": "ops@example.com"})


def test_a_vault_that_can_t_be_undone_and_one_that_no_snapshot_reaches() -> None:
    lock = {"mode": "compliance", "leastDays": 30, "mostDays": 365, "coolingDays": 14}
    (found,) = plan_warnings([], settings(vault={"lock": {**lock, "forGood": True}}))
    assert found.message.startswith("CANNOT BE UNDONE: 14 days after the first `up`")
    assert "up to 365 days" in found.message
    away = {"copyTo": {"vaultArn": "arn:aws:backup:eu-west-1:210987654321:backup-vault:fleets"}}
    assert environment(vault=away) == ["vault.copyTo"]
    key = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
    assert environment(vault=away, kmsKeyArn=key) == environment(kmsKeyArn=key)
    assert environment(vault={"lock": {}}) == []


def test_what_is_built_in_surprises_nobody() -> None:
    assert paths() == []
    assert environment() == []


KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
SPOT = {"on_demand_base": 0, "on_demand_weight": 0, "spot_weight": 1}
SLEEP = {"cron": "0 22 * * ? *", "min": 0, "max": 0}
READERS = {"readers": 1, "max_acu": 8}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"capacity": SPOT}, ["capacity.on_demand_base"]),
        ({"scaling": {"min": 1}}, ["scaling.min"]),
        ({"scaling": {"min": 1}, "capacity": SPOT}, ["capacity.on_demand_base"]),
        ({"scaling": {"schedules": {"off": SLEEP}}}, ["scaling.schedules.off.min", "cron.task"]),
        ({"scaling": {"cpu": 95}}, ["scaling.cpu"]),
        ({"scaling": {"min": 2, "max": 2, "cpu": 95}}, []),
        ({"database": {"min_acu": 0}}, ["database.min_acu"]),
        (
            {"database": {"min_acu": 0}, "health": {"path": "/"}},
            ["database.min_acu", "health.path"],
        ),
        (
            {"database": {"min_acu": 0}, "health": {"grace": 30}},
            ["database.min_acu", "health.grace"],
        ),
        ({"scaling": {"min": 2, "max": 30}}, ["database.max_acu"]),
        ({"scaling": {"min": 4, "max": 4}}, ["database.readers"]),
        ({"scaling": {"min": 4, "max": 20}, "database": READERS}, []),
        ({"scaling": {"min": 4, "max": 20}, "database": {"placement": "shared"}}, []),
        ({"database": {"backup_days": 1}}, ["database.backup_days"]),
        ({"image": "docker.io/agency/wordpress:latest"}, ["image"]),
        ({"image": "docker.io/agency/wordpress:6.8"}, []),
        ({"state": "paused"}, ["database.min_acu"]),
        ({"state": "retired"}, ["database.min_acu"]),
        ({"state": "paused", "database": {"min_acu": 0}}, []),
        ({"state": "paused", "database": {"placement": "shared"}}, []),
    ],
)
def test_settings_of_a_site(fields: dict[str, Any], expected: list[str]) -> None:
    assert paths(**fields) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"certificateArn": "", "allowHttp": True}, ["allowHttp"]),
        ({"protectData": False}, ["protectData"]),
        ({"network": {"natGateways": "single"}}, ["network.natGateways"]),
        ({"network": {"natGateways": "per-zone"}}, []),
        ({"network": {"natGateways": "single", "interfaceEndpoints": True}}, []),
        ({"network": {"natGateways": "single"}, "protectData": False}, ["protectData"]),
        ({"kmsKeyArn": KEY}, ["kmsKeyArn"]),
        ({"sharedDatabase": {"minAcu": 0, "maxAcu": 2}}, ["sharedDatabase"]),
        ({"sharedDatabase": {"minAcu": 0.5, "maxAcu": 2}}, []),
    ],
)
def test_settings_of_the_environment(values: dict[str, Any], expected: list[str]) -> None:
    assert environment(**values) == expected


def test_one_task_on_spot_is_told_as_such() -> None:
    (found,) = plan_warnings([site(scaling={"min": 1, "max": 1}, capacity=SPOT)], settings())
    assert found.message.startswith("its one task runs on Spot only")


def test_sites_together_may_ask_too_much_of_the_shared_database() -> None:
    """Five sites of four tasks of five workers are 100 connections; 1 ACU takes 90."""
    given = settings(sharedDatabase={"minAcu": 0.5, "maxAcu": 1})
    sites = [site(name, database={"placement": "shared"}) for name in "abcde"]
    (found,) = plan_warnings(sites, given)
    assert "may open 100 connections" in found.message
    assert "takes 90" in found.message
    assert plan_warnings(sites[:4], given) == ()


@pytest.mark.parametrize(
    ("min_acu", "max_acu", "expected"),
    [(0.5, 1, 90), (1, 4, 135), (1, 7.5, 135), (1, 8, 1_000), (0.5, 32, 2_000), (1, 256, 6_000)],
)
def test_connections_follow_the_most_acu(min_acu: float, max_acu: float, expected: int) -> None:
    assert max_connections(min_acu, max_acu) == expected


@pytest.mark.parametrize(
    ("cpu", "memory", "expected"),
    # By memory (MiB - 208) / (an eighth of it, 64 to 256, and 12); by CPU 16 a vCPU and at least 4,
    # one or two for what takes long, and one for events; the smaller of both.
    [(256, 512, 4), (512, 1024, 5), (1024, 2048, 6), (1024, 8192, 19), (4096, 8192, 29)],
)
def test_workers_are_those_of_the_image(cpu: int, memory: int, expected: int) -> None:
    assert workers_of(site(size={"cpu": cpu, "memory": memory})) == expected


def test_a_worker_for_events_where_the_task_runs_them() -> None:
    size = {"cpu": 1024, "memory": 8192}
    for cron in ({"task": "own"}, {"every": "never"}):
        assert workers_of(site(size=size, cron=cron)) == 18
    # Two for pages remain, whatever a request may use.
    assert workers_of(site(env={"WP_MEMORY_LIMIT": "256M"})) == 4


@pytest.mark.parametrize(
    ("env", "memory", "workers"),
    [
        ({}, 128, 5),
        ({"FLEET_PHP_MEMORY": "256"}, 256, 3),
        ({"WP_MEMORY_LIMIT": "256M"}, 256, 3),
        ({"WP_MAX_MEMORY_LIMIT": "1G"}, 1024, 2),
        ({"FLEET_PHP_JIT": "on", "FLEET_PHP_MEMORY": "64"}, 64, 10),
        ({"FLEET_PHP_JIT": "on", "FLEET_PHP_MEMORY": "96"}, 96, 7),
        ({"FLEET_PHP_JIT": "off", "FLEET_PHP_MEMORY": "104"}, 104, 7),
        ({"FLEET_PHP_JIT": "on", "FLEET_PHP_MEMORY": "104"}, 104, 6),
        ({"WP_MEMORY_LIMIT": "64M"}, 128, 5),
        ({"FLEET_PHP_MEMORY": "64", "WP_MEMORY_LIMIT": "256M"}, 64, 10),
    ],
)
def test_workers_follow_the_memory_of_a_request(
    env: dict[str, str], memory: int, workers: int
) -> None:
    assert request_memory(site().size, env) == memory
    assert php_workers(site().size, env, events=False) == workers


@pytest.mark.parametrize(
    ("env", "path"),
    [({"FLEET_WORKERS": "8"}, "FLEET_WORKERS"), ({"WP_MEMORY_LIMIT": "1G"}, "WP_MEMORY_LIMIT")],
)
def test_workers_that_do_not_fit(env: dict[str, str], path: str) -> None:
    found = [each for each in plan_warnings([site(env=env)], settings()) if "fit" in each.message]
    assert [each.path for each in found] == [("env", path)]
    assert "do not fit into 1024 MiB" in found[0].message
    assert not [each for each in plan_warnings([site()], settings()) if "fit" in each.message]


EVERY_LIST = {"allow": ["192.0.2.7/32", "2001:db8::/32"], "deny": ["198.51.100.0/24", "::1/128"]}


@pytest.mark.parametrize(("hosts", "cells", "said"), [(20, 1, 0), (40, 1, 1), (40, 2, 0)])
def test_many_counted_hosts_make_a_cells_firewall_dearer(hosts: int, cells: int, said: int) -> None:
    sites = [
        site(f"site-{number}", waf="count", cell=f"c{number % cells}") for number in range(hosts)
    ]
    found = plan_warnings(sites, settings(waf=EVERY_LIST))
    assert [each.path for each in found if each.path == ("waf",)] == [("waf",)] * said
    assert not [each for each in found if each.path == ("waf",) and "40 hosts" not in each.message]


def test_a_cdn_of_others_is_gone_past_where_the_load_balancer_answers_everybody() -> None:
    behind = site(env={"FLEET_TRUSTED_PROXIES": "203.0.113.0/24"})
    (open_to_all,) = plan_warnings([behind], settings())
    assert open_to_all.path == ("edge",)
    assert "goes past that CDN" in open_to_all.message
    edged = settings(edge="cloudfront", zones=["example.com"], certificateArn=None)
    assert not plan_warnings([behind], edged)
