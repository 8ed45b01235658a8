"""Which calls the live verbs make, and how many."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from fleet.operations import simulation
from fleet.operations.declared import Declared, read_declared
from fleet.operations.live.execute import execute
from fleet.operations.live.logs import site_log
from fleet.operations.live.status import fleet_status
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from simulator.world import Resource, World
from tests.operations.stage.project import SETTINGS

DOCS = Path(__file__).parents[2] / "docs" / "operations.md"
# A service names its deployment's record on AWS; the account on loopback keeps no such records.
NOT_ON_LOOPBACK = {"ecs:DescribeServiceDeployments"}
IAM_PREFIXES = {"monitoring": "cloudwatch"}


def counting(session: boto3.Session) -> Counter[str]:
    """Counts the session's calls from now on, by their IAM action."""
    calls: Counter[str] = Counter()

    def count(model: Any, **_: Any) -> None:
        signed = model.service_model.signing_name
        calls[f"{IAM_PREFIXES.get(signed, signed)}:{model.name}"] += 1

    session.events.register_first("before-call", count)
    return calls


def documented(verb: str, beside: str = "") -> set[str]:
    """The actions in the verb's row of the page's table, or what the setting `beside` adds."""
    row = re.search(rf"^\| [^|]*`{verb}`[^|]* \|(.*)\|$", DOCS.read_text(), re.MULTILINE)
    assert row
    usual, *added = row[1].split("; with `")
    by_setting = {setting: text for setting, _, text in (each.partition("`") for each in added)}
    return set(re.findall(r"`(\w+:\w+)`", by_setting[beside] if beside else usual))


def test_the_documented_permissions_are_those_that_are_used(
    aws: boto3.Session, prod: Declared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = counting(aws)
    fleet_status(prod, session=aws)
    assert set(calls) == documented("status") - NOT_ON_LOOPBACK
    calls.clear()
    list(site_log(prod, "docs", since=timedelta(minutes=1), session=aws))
    assert set(calls) == documented("logs")
    calls.clear()
    (tmp_path / "session-manager-plugin").symlink_to("/bin/true")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(OperationError, match="broke off"):
        execute(prod, "blog", ["true"], session=aws)
    assert set(calls) == documented("exec")


def test_a_hundred_sites_take_few_calls(project: Path) -> None:
    (project / "Pulumi.local.yaml").write_text(SETTINGS)
    _deploy_many(World(simulation.world_file(project)), sites=100)
    session = simulation.session(project)
    calls = counting(session)
    main, _ = fleet_status(
        read_declared(Target(folder=project, environment="local")), session=session
    )
    assert sum(site.deployed == "live" for site in main.sites) == 100
    assert calls.pop("elasticloadbalancing:DescribeTargetHealth") == 100
    assert calls.pop("ecs:DescribeServices") == 10
    assert calls.pop("ecs:DescribeTasks") == 4
    # The rest once, or once a stack, of which the environment has two.
    assert set(calls.values()) <= {1, 2}


def _deploy_many(world: World, sites: int) -> None:
    cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/wordpress-local"
    with world.change():
        world.write(
            Resource(
                "aws:ecs/cluster:Cluster",
                cluster,
                "",
                "",
                {"name": "wordpress-local", "arn": cluster},
            )
        )
        for number in range(sites):
            name, group = f"site-{number}", f"group-{number}"
            arn = f"arn:aws:ecs:us-east-1:123456789012:service/wordpress-local/{name}"
            props = {
                "name": name,
                "arn": arn,
                "cluster": cluster,
                "desiredCount": 4,
                "capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}],
                "loadBalancers": [{"targetGroupArn": group}],
            }
            world.write(Resource("aws:ecs/service:Service", arn, arn, name, props))
            world.write(Resource("aws:lb/targetGroup:TargetGroup", group, group, name, {}))
