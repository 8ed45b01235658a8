"""A killed engine leaves nothing twice and nothing out."""

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from fleet.names import PROJECT
from fleet.operations import deploy
from fleet.operations.engine.events import Adopted, Event
from fleet.operations.recovery.checkpoint import pending_creations
from fleet.operations.recovery.creations import Asked, ByTags, FromInputs, Listed, rule_for
from fleet.operations.target import Target
from simulator import happenings
from tests.engine.checkout import SECONDS, Checkout
from tests.engine.fleets import PLAIN, site

# Parts of a site that are created at once, found again by name, by tags, or by making them anew.
HELD = (
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:efs/accessPoint:AccessPoint",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:secretsmanager/secret:Secret",
)
# Between them, these create every type of resource.
EVERY_TYPE: dict[str, Any] = {
    "blog": {
        "domains": ["blog.example.com"],
        "scaling": {
            "requests": 100,
            "schedules": {"night": {"cron": "0 22 * * ? *", "min": 1, "max": 2}},
        },
    },
    "docs": {"domains": ["docs.example.com"], "database": {"placement": "shared"}},
}


def target(checkout: Checkout) -> Target:
    return Target(folder=checkout.folder, environment=checkout.stack_name)


def census(checkout: Checkout) -> Counter[tuple[str, str]]:
    """How often each thing exists on AWS, by its type and logical name."""
    return Counter((found.type, found.name) for found in checkout.world.resources())


def kill_at(checkout: Checkout, types: Sequence[str], when: str) -> set[str]:
    """Kills `pulumi up` while creations of all `types` don't come back; gives their URNs.

    `when`: whether AWS has heard of them already, "before" or "after".
    """
    fault = {"operation": "create", "delay": 10 * SECONDS, "when": when}
    faults = json.dumps([{**fault, "type": type_} for type_ in types])
    command = ["up", "--yes", "--skip-preview", "--parallel=64", "--stack"]
    engine = subprocess.Popen(
        [checkout.folder / ".venv/bin/pulumi", *command, checkout.stack_name],
        cwd=checkout.folder,
        env={**os.environ, **checkout.variables, "SIMULATOR_FAULTS": faults},
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + SECONDS
    pending: dict[str, str] = {}
    while set(pending.values()) != set(types):
        assert engine.poll() is None
        assert time.monotonic() < deadline, sorted(pending.values())
        time.sleep(0.2)
        rows = pending_creations(checkout.state())
        pending = {row["urn"]: row["type"] for row in rows}
    os.kill(engine.pid, signal.SIGKILL)
    engine.wait()
    return {row["urn"] for row in pending_creations(checkout.state())}


def overwrite_state(checkout: Checkout, state: dict[str, Any]) -> None:
    """Writes the backend's file itself: `pulumi stack import` drops pending operations."""
    file = checkout.folder / f".local/state/.pulumi/stacks/{PROJECT}/{checkout.stack_name}.json"
    document = json.loads(file.read_text())
    document["checkpoint"]["latest"] = state
    file.write_text(json.dumps(document))


@pytest.mark.parametrize("when", ["before", "after"])
def test_up_after_a_kill_makes_each_resource_once(fleet: Checkout, when: str) -> None:
    sites = {**PLAIN, "new": site("new")}
    fleet.write_sites(sites)
    pending = kill_at(fleet, HELD, when)
    seen: list[Event] = []
    deploy.up_stack(target(fleet), on_event=seen.append)
    adopted = {event.resource.urn for event in seen if isinstance(event, Adopted)}
    assert adopted == (pending if when == "after" else set())
    counts = census(fleet)
    assert {thing: count for thing, count in counts.items() if count > 1} == {}
    anchor, new = (
        Counter(type_ for type_, name in counts if name.startswith(site)) for site in sites
    )
    assert new == anchor
    assert deploy.up_stack(target(fleet)).changes == ()


@pytest.mark.parametrize("at_edge", [False, True])
def test_every_type_of_resource_is_found_again(bare: Checkout, at_edge: bool) -> None:
    """As if the engine had been killed while it created all of a fleet at once."""
    if at_edge:
        happenings.host_zone(bare.world, "example.com")
        bare.set(
            zones=["example.com"],
            certificateArn=None,
            allowHttp=None,
            edge="cloudfront",
            waf={"deny": ["198.51.100.0/24"]},
            vault={"lock": {}, "copyTo": {"region": "eu-central-1"}},
        )
    bare.write_sites(PLAIN if at_edge else EVERY_TYPE)
    deploy.up_stack(target(bare))
    state = bare.state()
    rules = {row["urn"]: rule_for(row["type"]) for row in state["resources"]}
    assert {urn for urn, rule in rules.items() if rule is None and "$aws:" in urn} == set()
    # What is made by repeating it stays: the others can only depend on what has been made.
    findable = FromInputs | ByTags | Asked | Listed
    lost = [row for row in state["resources"] if isinstance(rules[row["urn"]], findable)]
    ids = {row["urn"]: row.pop("id") for row in lost}
    state["resources"] = [row for row in state["resources"] if row["urn"] not in ids]
    for row in lost:
        row.pop("outputs", None)
    state["pending_operations"] = [{"type": "creating", "resource": row} for row in lost]
    overwrite_state(bare, state)
    changes = deploy.up_stack(target(bare)).changes
    assert {each.resource.urn.rsplit("$")[-1]: each.action for each in changes} == {}
    found = bare.resources()
    assert {urn: found[urn].get("id") for urn in ids} == ids
    assert [thing for thing, count in census(bare).items() if count > 1] == []
