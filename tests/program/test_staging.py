"""What a site that is a copy of another is told."""

from __future__ import annotations

import json
from typing import Any

from tests.program.fleets import Programs, site

SHOP = site("shop", cron={"every": "1m"})
NAMES = ("FLEET_STAGING", "FLEET_CRON_S", "FLEET_MAIL", "WP_ENVIRONMENT_TYPE")


def told(programs: Programs, **fields: Any) -> dict[str, str]:
    """The variables of WordPress in a copy."""
    copy = site("copy", **fields)
    recording = programs.run({"shop": SHOP, "copy": copy}, stack="production")
    definition = recording.named("ecs:TaskDefinition", "copy").inputs["containerDefinitions"]
    wordpress = next(each for each in json.loads(definition) if each["name"] == "wordpress")
    values = {each["name"]: each["value"] for each in wordpress["environment"]}
    return {name: value for name, value in values.items() if name.startswith(NAMES)}


def test_a_copy_is_quiet_and_looks_for_uploads_at_its_original(programs: Programs) -> None:
    assert told(programs, staging={"of": "shop"}) == {
        "WP_ENVIRONMENT_TYPE": "staging",
        "FLEET_STAGING_OF": "shop",
        "FLEET_STAGING_UPLOADS": "https://shop.example.com",
        "FLEET_CRON_SECONDS": "0",
        "FLEET_CRON_SLOTS": "off",
        "FLEET_MAIL": "log",
        "FLEET_MAIL_FROM": "copy@copy.example.com",
    }


def test_what_a_copy_s_own_entry_says_holds(programs: Programs) -> None:
    staging = {"of": "shop", "uploads": "cdn.example.com", "plugins_off": ["pay", "sms"]}
    found = told(programs, staging=staging, cron={"every": "1h"})
    assert found["FLEET_CRON_SECONDS"] == "3600"
    assert found["FLEET_STAGING_UPLOADS"] == "https://cdn.example.com"
    assert found["FLEET_STAGING_PLUGINS_OFF"] == "pay,sms"
