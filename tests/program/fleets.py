"""Fleets and settings for the tests, and the runs of the program that they share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.program import adopted
from tests.program.monitor import RecordingMonitor
from tests.program.recording import STACK, Recording, run_program

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000"
KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/wordpress:6.8"
OTHER_IMAGE = "docker.io/agency/wordpress:7"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:smtp-AbCdEf"  # noqa: S105 - its name
PARAMETER = "arn:aws:ssm:us-east-1:123456789012:parameter/agency/licence"

ADOPTED_NETWORK: dict[str, Any] = adopted.NETWORK

# An adopted network and a ready image: the least that a stack is made of, so a run is quick.
SMALL = {
    "adminEmail": "web@example.com",
    "certificateArn": CERTIFICATE,
    "image": IMAGE,
    "network": ADOPTED_NETWORK,
}
# A network and an image of the stack's own, and a database to share.
OWN = {
    "image": "",
    "zones": ["shop.eu"],
    "mail": {"domain": "mail.shop.eu"},
    "alarms": {"email": "ops@shop.eu"},
    "vault": {"lock": {}, "copyTo": {"region": "eu-central-1"}},
    "network": {"flowLogs": True},
    "sharedDatabase": {"minAcu": 0.5, "maxAcu": 4},
}


def site(name: str, **fields: Any) -> dict[str, Any]:
    """A site's entry in sites.yaml, with one domain unless `fields` say otherwise."""
    return {"domains": [f"{name}.example.com"], **fields}


PLAIN = {"blog": site("blog")}
# CloudFront before the sites.
EDGE: dict[str, Any] = {"certificateArn": "", "zones": ["example.com"], "edge": "cloudfront"}

# Every choice that a site has, spread over sites that could meet: secrets of two kinds, both
# databases, both storages, all states, many and wild domains, fixed and scheduled tasks.
VARIED = {
    "blog": site("blog"),
    "shop": site(
        "shop",
        domains=[f"{n}.shop.example.com" for n in range(12)] + ["*.shop.example.com", "*.shop.eu"],
        scaling={
            "min": 4,
            "max": 20,
            "requests": 600,
            "schedules": {"sale": {"cron": "0 8 1 * ? *", "min": 8, "max": 40}},
        },
        secrets={"SMTP_PASSWORD": SECRET, "LICENCE": PARAMETER},
        env={"WP_MEMORY_LIMIT": "256M"},
        database={"min_acu": 2, "max_acu": 16, "readers": 2},
        mail={"from": "web@shop.eu"},
        tags={"Team": "shop"},
    ),
    "docs": site(
        "docs",
        database={"placement": "shared"},
        storage={"mode": "uploads"},
        cron={"every": "1h", "task": "own"},
        backup={"dumps": "nightly", "drill": "monthly"},
    ),
    "wiki": site("wiki", database={"placement": "shared"}, port=9000),
    "quiet": site("quiet", scaling={"min": 1, "max": 1}, image=OTHER_IMAGE),
    "archive": site("archive", state="paused"),
    "old": site("old", state="retired"),
}


class Programs:
    """Runs of the program, each made once for its sites, settings and stack."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runs: dict[str, Recording] = {}
        self.registered: list[str] = []
        """The URNs that the last run registered, also if it was refused."""

    def run(
        self,
        sites: Mapping[str, Any],
        settings: Mapping[str, Any] | None = None,
        *,
        stack: str = STACK,
        stack_resources: Mapping[str, Any] | None = None,
    ) -> Recording:
        """A fleet of these sites, in this order, as `run_program` records it."""
        config = {**SMALL, **(settings or {})}
        key = json.dumps([sites, config, stack, stack_resources])
        if key not in self._runs:
            config.setdefault("sitesFile", str(self.write(sites)))
            monitor = RecordingMonitor(stack, stack_resources)
            try:
                self._runs[key] = run_program(config, monitor)
            finally:
                self.registered = list(monitor.recorded())
        return self._runs[key]

    def write(self, sites: Mapping[str, Any]) -> Path:
        """A sites.yaml with these sites, named after what is in it."""
        text = yaml.safe_dump({"version": 1, "sites": dict(sites)}, sort_keys=False)
        path = self._folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.yaml"
        path.write_text(text)
        return path
