"""What a copy does otherwise than its original, by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from fleet.settings.model import Settings
from fleet.site.model import Site
from fleet.site.staging import GROUP
from fleet.site.task_numbers import task_range
from fleet.sites_file.load import load_fleet
from tests.unit.test_estimate import rates

SETTINGS = Settings(environment="prod", allow_http=True, admin_email="web@example.com")


def test_a_copy_is_quiet_unless_its_own_entry_says_otherwise(tmp_path: Path) -> None:
    copy: dict[str, Any] = {"domains": ["copy.example.com"], "staging": {"of": "blog"}}
    document = {
        "version": 1,
        "defaults": {"cron": {"every": "1m"}, "mail": {"send": "auto"}},
        "sites": {"blog": {"domains": ["blog.example.com"]}, "copy": copy},
    }
    file = tmp_path / "sites.yaml"
    file.write_text(yaml.safe_dump(document))
    blog, quiet = load_fleet(file, SETTINGS).sites
    assert (blog.cron.every, quiet.cron.every) == ("1m", "never")
    assert (blog.mail.send, quiet.mail.send) == ("auto", "log")
    assert quiet.staging.uploads == "blog.example.com"
    copy["cron"] = {"every": "1h"}
    file.write_text(yaml.safe_dump(document))
    assert load_fleet(file, SETTINGS).sites[1].cron.every == "1h"


def warned(**fields: Any) -> set[tuple[str, ...]]:
    site = Site(name="copy", domains=("copy.example.com",), **fields)
    return {path for warn in GROUP.warnings for path, _ in warn(site)}


def test_people_and_mails_of_a_copy_are_warned_of() -> None:
    log = {"mail": {"send": "log"}}
    assert warned(staging={"of": "blog"}, **log) == set()
    assert warned(staging={"of": "blog", "anonymise": False}, **log) == {("staging", "anonymise")}
    assert warned(staging={"of": "blog"}) == {("mail", "send")}
    assert warned(staging={"anonymise": False}) == set()


def test_copies_by_a_ci_are_priced() -> None:
    def lines(**fields: Any) -> dict[str, tuple[float, float]]:
        site = Site(name="copy", domains=("copy.example.com",), **fields)
        found = GROUP.cost(site, *task_range(site), rates())
        return {line.item: (line.quantity_min, line.quantity_max) for line in found}

    copy = {"staging": {"of": "blog"}}
    # A dump and a load, in 30.4 / 7 weeks.
    assert lines(**copy) == {"Copies of blog by weekly CI, 2 tasks each": (0, 8.7)}
    assert lines() == lines(**copy, state="paused") == {}
