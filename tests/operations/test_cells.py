"""`fleet up` and its kin over the cells of an environment: the real engine, the simulated AWS."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.operations.stage.cells import (
    COLUMNS,
    OF_A_SITE,
    STANDING,
    Cells,
    ended,
    parsed,
    site,
    without_codes,
)

REFUSAL = "DBClusterQuotaExceededFault: You have reached your cluster quota"
NO_DATABASE = {"operation": "create", "type": "aws:rds/cluster:Cluster", "fail": REFUSAL}
BAD = site("bad", "eu1", database={"placement": "dedicated"})


def test_three_cells_from_nothing(first_up: str, standing_cells: Cells) -> None:
    """As a script sees it: no escape codes, no line of a table beyond the 80th column."""
    assert "\x1b" not in first_up
    assert max(len(line) for line in first_up.splitlines()) <= COLUMNS
    summary = first_up.splitlines()[-4:]
    assert summary[0].split() == [
        *("Cell", "Stack", "Outcome", "created", "updated", "replaced", "deleted", "time")
    ]
    made = str(standing_cells.of_a_cell)
    assert [line.split()[:4] for line in summary[1:]] == [
        ["eu1", "local-eu1", "succeeded", made],
        ["eu2", "local-eu2", "succeeded", made],
        ["us1", "local-us1", "succeeded", made],
    ]
    for cell, name in (("eu1", "blog"), ("eu2", "shop"), ("us1", "wiki")):
        assert f"local-{cell}: done  {name}: {OF_A_SITE} created" in first_up
    services = standing_cells.world.resources()
    clusters = {each.props["name"] for each in services if each.type == "aws:ecs/cluster:Cluster"}
    assert clusters == {"wordpress-local-eu1", "wordpress-local-eu2", "wordpress-local-us1"}


def test_cells_share_one_settings_file_and_one_salt(standing_cells: Cells, tmp_path: Path) -> None:
    assert [name for name in standing_cells.files() if name.startswith("Pulumi")] == [
        "Pulumi.local.yaml",
        "Pulumi.yaml",
    ]
    text = standing_cells.settings.read_text()
    assert text.count("encryptionsalt:") == 1
    salt = yaml.safe_load(text)["encryptionsalt"]
    for cell in ("eu1", "eu2", "us1"):
        standing_cells.stack_name = f"local-{cell}"
        assert standing_cells.state()["secrets_providers"]["state"]["salt"] == salt
    standing_cells.stack_name = "local"


def test_one_failing_cell_does_not_stop_the_others(cells: Cells) -> None:
    cells.write_sites({**STANDING, "bad": BAD, "new": site("new", "eu2")})
    both = ("--env", "local", "--cell", "eu1", "--cell", "eu2")
    done = cells.fleet("up", *both, "--skip-preview", faults=[NO_DATABASE])
    assert done.returncode == 1
    assert re.search(r"^eu1 +local-eu1 +failed", done.stdout, re.MULTILINE)
    assert re.search(rf"^eu2 +local-eu2 +succeeded +{OF_A_SITE} ", done.stdout, re.MULTILINE)
    assert done.stderr.splitlines() == [
        "error: local-eu1: bad: aws:rds/cluster:Cluster bad-database: creating "
        f"aws:rds/cluster:Cluster (bad-database): {REFUSAL}; a quota is used up: `fleet plan` "
        "shows which; ask AWS in Service Quotas for more, or give sites another cell or region"
    ]
    assert "Pulumi.local-eu1.yaml" not in cells.files()


def test_canary_goes_first_and_its_failure_keeps_the_others_back(cells: Cells) -> None:
    cells.write_sites({**STANDING, "bad": BAD})
    arguments = ("up", "--env", "local", "--canary", "eu1")
    events = cells.events(*arguments, faults=[NO_DATABASE])
    assert [e["cell"] for e in events if e["event"] == "begun"] == ["eu1"]
    assert {cell: event["outcome"] for cell, event in ended(events).items()} == {
        "eu1": "failed",
        "eu2": "skipped",
        "us1": "skipped",
    }
    assert ended(events)["us1"]["errors"] == ["not begun: local-eu1, the canary, failed"]
    assert events[-1]["event"] == "result"
    assert not events[-1]["ok"]
    # What is missing is made by the next run, the others after it.
    events = cells.events(*arguments, "--cell", "eu1", "--cell", "us1")
    order = [(e["event"], e["cell"]) for e in events if e["event"] in ("begun", "ended")]
    assert order[:2] == [("begun", "eu1"), ("ended", "eu1")]
    assert events[-1]["ok"]
    made = {event["name"] for event in events if event["event"] == "finished"}
    assert "bad-database" in made
    assert {event["site"] for event in events if event["event"] == "finished"} == {"bad"}


def test_one_site_alone(cells: Cells) -> None:
    """`blog` is there, `blog-shop` and `blog-two` are new: a prefix is no match."""
    new = {name: site(name, "eu1") for name in ("blog-shop", "blog-two")}
    cells.write_sites({**STANDING, **new})
    shown = cells.fleet("up", "--env", "local", "--site", "blog-shop").stdout
    told = "Only blog-shop: the shared base and other sites stay as they are"
    assert f"{told}; {OF_A_SITE} changes" in shown
    assert f"done  blog-shop: {OF_A_SITE} created" in shown
    services = [each for each in cells.world.resources() if each.type == "aws:ecs/service:Service"]
    assert {each.props["name"] for each in services} == {*STANDING, "blog-shop"}
    [gone] = (each for each in services if each.props["name"] == "blog")
    with cells.world.change():
        cells.world.remove(gone.type, gone.key)
    events = cells.events("refresh", "--env", "local", "--site", "blog")
    assert ended(events)["eu1"]["changes"] == {"delete": 1}
    done = cells.fleet("refresh", "--env", "local", "--site", "blog-two")
    assert done.stderr == "error: local-eu1: blog-two: not deployed yet\n"
    # Two stacks, of which one loses what the other gets.
    cells.write_sites({**STANDING, "blog-shop": site("blog-shop", "eu2")})
    both = ("--env", "local", "--cell", "eu1", "--cell", "eu2")
    done = cells.fleet("up", *both, "--skip-preview")
    assert (done.returncode, done.stderr) == (0, "")
    services = [each for each in cells.world.resources() if each.type == "aws:ecs/service:Service"]
    (there,) = [each for each in services if each.props["name"] == "blog-shop"]
    assert there.props["cluster"].endswith("/wordpress-local-eu2")


def test_a_cell_that_the_file_has_forgotten(cells: Cells) -> None:
    """Its stack still holds a base: it is named, and can be destroyed by its name."""
    cells.write_sites({name: STANDING[name] for name in ("shop",)})
    done = cells.fleet("preview", "--env", "local")
    assert "Nothing to change." in done.stdout
    assert done.stderr.splitlines() == [
        f"note: local-{cell} holds resources, but no site names its cell: "
        f"fleet destroy --env local --cell {cell}"
        for cell in ("eu1", "us1")
    ]
    done = cells.fleet("destroy", "--env", "local", "--cell", "us1")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(rf"^us1 +local-us1 +succeeded +{cells.of_a_cell} ", done.stdout, re.MULTILINE)
    assert 'no cell "us1"' in cells.fleet("preview", "--env", "local", "--cell", "us1").stderr


@pytest.mark.parametrize("verb", ["preview", "refresh"])
def test_json_is_one_event_a_line_and_nothing_else(standing_cells: Cells, verb: str) -> None:
    done = standing_cells.fleet(verb, "--env", "local", "--cell", "eu1", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    begun, end, result = parsed(done.stdout)
    assert begun == {"event": "begun", "stack": "local-eu1", "cell": "eu1", "verb": verb}
    assert end.pop("seconds") > 0
    where = {"stack": "local-eu1", "cell": "eu1"}
    unchanged = {"outcome": "succeeded", "changes": {}, "errors": []}
    assert end == {"event": "ended", **where, **unchanged}
    outcomes = {"local-eu1": "succeeded"}
    assert result == {"event": "result", "verb": verb, "ok": True, "outcomes": outcomes}


def test_on_a_terminal_of_80_columns(cells: Cells) -> None:
    """A bar a cell while it works, which is gone at the end; what stays fits the width."""
    cells.write_sites({**STANDING, "new": site("new", "eu1")})
    arguments = ("preview", "--env", "local", "--cell", "eu1", "--cell", "us1")
    shown = cells.on_a_terminal(*arguments)
    assert "Comparing local-eu1 with sites.yaml" in shown
    assert "Comparing local-us1 with sites.yaml" in shown
    assert "\x1b[1m" in shown
    *_, heading, row = (line for line in without_codes(shown).splitlines() if line.strip())
    assert heading.split() == ["Cell", "What", "changes", "create", "update", "replace", "delete"]
    assert row.split() == ["eu1", "new", str(OF_A_SITE)]
    assert max(len(heading), len(row)) <= COLUMNS
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", cells.on_a_terminal(*arguments[:5], NO_COLOR="1"))
