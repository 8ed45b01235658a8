"""The fleets that are judged: the sample, one with every field in use, and drawn ones."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import yaml

from tests.judges.template import Template, template
from tests.program.fleets import (
    ADOPTED_NETWORK,
    CERTIFICATE,
    IMAGE,
    KEY,
    PARAMETER,
    PLAIN,
    SECRET,
    VARIED,
    Programs,
    site,
)
from tests.program.recording import Recording

ROOT = Path(__file__).parents[2]
DRAWN = 3
SITES_A_DRAWN_FLEET = 4

PRODUCTION_SETTINGS: dict[str, Any] = {
    "image": "",
    "environment": "prod",
    "cell": "east",
    "adminEmail": "web@example.com",
    "certificateArn": CERTIFICATE,
    "architecture": "x86_64",
    "protectData": True,
    "logRetentionDays": 90,
    "archiveDays": 90,
    "idleTimeoutSeconds": 300,
    "maintenanceWindow": "sun:02:00-sun:03:00",
    "kmsKeyArn": KEY,
    "network": {
        "cidr": "10.4.0.0/16",
        "availabilityZones": 3,
        "natGateways": "per-zone",
        "interfaceEndpoints": True,
        "flowLogs": True,
    },
    "sharedDatabase": {"minAcu": 1, "maxAcu": 32, "readers": 1},
    "zones": ["example.com", "shop.example.com"],
    "mail": {"domain": "mail.example.com"},
    "waf": {"allow": ["192.0.2.7/32"], "deny": ["198.51.100.0/24"], "requests": 5000},
    "alarms": {"email": "ops@example.com"},
    "vault": {
        "keepDays": 90,
        "lock": {
            "mode": "compliance",
            "leastDays": 30,
            "mostDays": 365,
            "coolingDays": 14,
            "forGood": True,
        },
        "copyTo": {"region": "eu-central-1"},
    },
    "tags": {"CostCentre": "web"},
}
# A network that was there before, and sites without a certificate.
ADOPTED: dict[str, Any] = {
    "certificateArn": "",
    "allowHttp": True,
    "domainSuffix": "dev.example.com",
    "network": ADOPTED_NETWORK,
}
# Certificates by `up`, in zones of the account.
CERTIFIED: dict[str, Any] = {"certificateArn": "", "zones": ["example.com"]}
# Hosts that their owners have to prove.
WAITING = {"blog": site("blog", domains=["client.example", "*.client.example", "blog.example.com"])}
# CloudFront before the sites; in an environment without it `cdn` is refused.
EDGE: dict[str, Any] = {
    **CERTIFIED,
    "edge": "cloudfront",
    "waf": {"allow": ["2001:db8::/32"], "deny": ["198.51.100.0/24", "2001:db8:1::/48"]},
    "edgePolicies": {
        "cached": "12345678-1234-1234-1234-123456789012",
        "uncached": "22345678-1234-1234-1234-123456789012",
        "forwarded": "32345678-1234-1234-1234-123456789012",
    },
}
EDGED = site(
    "blog",
    domains=["blog.example.com", "www.blog.example.com", "client.example"],
    cdn={
        "ttl": "1h",
        "cookies": ["cart"],
        "purge_tags": 1,
        "elsewhere": ["www.blog.example.com"],
        "expect": {"requests": 20, "terabytes": 4},
    },
)
# What VARIED leaves out, so that every field is in use.
EVERY_FIELD = site(
    "every",
    title="Every field",
    admin={"user": "editor", "email": "editor@example.com"},
    image=IMAGE,
    user="1000:1000",
    port=8081,
    size={"cpu": 1024, "memory": 4096},
    staging={
        "of": "shop",
        "uploads": "img.example.com",
        "anonymise": False,
        "keep": ["blogname"],
        "plugins_off": ["my-payments"],
    },
    scaling={
        "min": 2,
        "max": 10,
        "cpu": 55,
        "requests": 900,
        "cooldown": 90,
        "schedules": {
            "day": {"cron": "0 6 ? * SAT *", "timezone": "Europe/Vienna", "min": 4, "max": 10}
        },
    },
    capacity={"on_demand_base": 2, "on_demand_weight": 1, "spot_weight": 2},
    database={
        "placement": "dedicated",
        "min_acu": 0,
        "max_acu": 8,
        "pause_after": 600,
        "readers": 1,
        "backup_days": 14,
    },
    mail={"from": "web@every.example.com"},
    table_prefix="every_",
    storage={"mode": "uploads"},
    backup={
        "dumps": "nightly",
        "drill": "monthly",
        "files": "never",
        "keep": {"days": 30, "weeks": 12, "months": 24},
    },
    health={"path": "/health", "grace": 120},
    dns="manual",
    waf="count",
    jobs={
        "report": {
            "command": ["wp", "eval-file", "wp-content/report.php"],
            "schedule": "cron(H 3 * * ? *)",
            "timezone": "Europe/Vienna",
            "cpu": 512,
            "memory": 2048,
            "timeout": "1h",
            "spot": True,
        }
    },
    certificate_arn=CERTIFICATE[:-1] + "1",
    env={"WP_MEMORY_LIMIT": "256M"},
    secrets={"SMTP_PASSWORD": SECRET, "LICENCE": PARAMETER},
    tags={"Team": "every"},
)


# By a mail server of its own; `every` sends by SES.
MAILER = site(
    "mailer",
    mail={
        "send": "auto",
        "from": "web@client.example",
        "smtp": {
            "host": "smtp.provider.example",
            "port": 465,
            "user": "client",
            "secret": PARAMETER,
        },
    },
)


Fleet = tuple[dict[str, Any], dict[str, Any]]
"""Sites, and the settings of their environment."""


def fleets() -> dict[str, Fleet]:
    """Every judged fleet, by name."""
    return {
        "local": ({}, sample_settings()),
        "production": production(),
        "adopted": (PLAIN, ADOPTED),
        "certified": (WAITING, CERTIFIED),
        "edge": ({"blog": EDGED, "shop": site("shop")}, EDGE),
        "edge-open": (PLAIN, {**CERTIFIED, "edge": "cloudfront"}),
        **{f"drawn-{seed}": drawn(seed) for seed in range(DRAWN)},
    }


def recordings(programs: Programs) -> dict[str, Recording]:
    """What the program registers for each of them."""
    return {
        name: programs.run(sites, settings, stack=name.replace("-", ""))
        for name, (sites, settings) in fleets().items()
    }


def templates(programs: Programs) -> dict[str, Template]:
    """The same as CloudFormation has it."""
    return {name: template(recording) for name, recording in recordings(programs).items()}


def sample_settings() -> dict[str, Any]:
    """Those of the tests' Pulumi.local.yaml, with the project's own sites.yaml."""
    sample = ROOT / "tests/operations/sample/Pulumi.local.yaml"
    config = yaml.safe_load(sample.read_text())["config"]
    own = {
        key.partition(":")[2]: value
        for key, value in config.items()
        if key.startswith("wordpress-fleet:")
    }
    return {
        "image": "",
        "network": {},
        **own,
        "environment": "local",
        "sitesFile": str(ROOT / "sites.yaml"),
    }


def production() -> Fleet:
    """Sites with every field and state, on a base with every setting, in a cell."""
    sites = {**VARIED, "every": EVERY_FIELD, "mailer": MAILER}
    return {name: {**entry, "cell": "east"} for name, entry in sites.items()}, PRODUCTION_SETTINGS


def drawn(seed: int) -> Fleet:
    """A fleet that a number draws; the same each time."""
    draw = random.Random(seed)  # noqa: S311 - it has to be repeatable, not secret
    settings = {
        "image": draw.choice(["", IMAGE]),
        "architecture": draw.choice(["arm64", "x86_64"]),
        "protectData": draw.random() < 0.5,
        "logRetentionDays": draw.choice([1, 30, 3653]),
        "network": {
            "availabilityZones": draw.choice([2, 3]),
            "natGateways": draw.choice(["none", "single", "per-zone"]),
        },
        "sharedDatabase": {"minAcu": draw.choice([0, 0.5, 8]), "maxAcu": draw.choice([8, 256])},
    }
    return {
        f"s{number}": _site(draw, f"s{number}") for number in range(SITES_A_DRAWN_FLEET)
    }, settings


def _site(draw: random.Random, name: str) -> dict[str, Any]:
    least = draw.randint(1, 4)
    cpu = draw.choice([256, 512, 1024, 4096])
    own = {"min_acu": draw.choice([0, 0.5, 2]), "max_acu": draw.choice([2, 16.5, 256])}
    return site(
        name,
        domains=[f"{n}.{name}.example.com" for n in range(draw.randint(1, 20))],
        state=draw.choice(["live", "live", "live", "paused", "retired"]),
        size={"cpu": cpu, "memory": cpu * draw.choice([2, 4])},
        scaling={"min": least, "max": least + draw.choice([0, 9])},
        capacity={"on_demand_base": draw.randint(0, 2), "on_demand_weight": 1, "spot_weight": 3},
        database=draw.choice([{"placement": "shared"}, own]),
        storage={"mode": draw.choice(["content", "uploads"])},
        secrets=draw.choice([{}, {"SMTP_PASSWORD": SECRET}]),
    )
