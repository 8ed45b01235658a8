"""The simulator under the real engine: small programs, each run with a time limit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx
import pulumi_random as random
import pytest
from pulumi import automation

from simulator import World
from simulator.faults import VARIABLE
from tests.engine.simulator.stack import PROJECT, ROOT, STACK, Engine

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def engine(tmp_path: Path) -> Callable[[Callable[[], None]], Engine]:
    return lambda program: Engine(tmp_path, program)


MakeEngine = Callable[[Callable[[], None]], Engine]


def thin() -> None:
    """One of each plugin but awsx."""
    password = random.RandomPassword("password", length=24)
    secret = aws.secretsmanager.Secret("secret", recovery_window_in_days=0)
    aws.secretsmanager.SecretVersion("value", secret_id=secret.id, secret_string=password.result)
    bucket = aws.s3.Bucket("Files", tags={"Site": "blog"})
    pulumi.export("bucket", bucket.bucket)
    pulumi.export("password", password.result)


def test_up_twice_refresh_destroy(engine: MakeEngine) -> None:
    run = engine(thin)
    assert run.changes("up") == {"create": 5}
    assert run.changes("up") == {"same": 5}
    assert run.changes("refresh") == {"same": 5}
    outputs = run.stack.outputs()
    assert outputs["bucket"].value.startswith("files-")
    assert outputs["password"].secret
    assert outputs["password"].value not in run.state()
    assert run.changes("destroy") == {"delete": 5}
    assert run.world.resources() == []


def test_drift_shows_on_refresh_and_is_taken_back(engine: MakeEngine) -> None:
    run = engine(
        lambda: aws.cloudwatch.LogGroup("logs", name="/blog", retention_in_days=7) and None
    )
    run.changes("up")
    run.world.update(LOG_GROUP, "/blog", retentionInDays=30)
    assert run.changes("refresh") == {"same": 1, "update": 1}
    assert run.changes("up") == {"same": 1, "update": 1}
    found = run.world.get(LOG_GROUP, "/blog")
    assert found is not None
    assert found.props["retentionInDays"] == 7


def test_the_error_of_aws_reaches_the_user(engine: MakeEngine) -> None:
    def program() -> None:
        aws.cloudwatch.LogGroup("one", name="/blog")
        aws.cloudwatch.LogGroup("two", name="/blog")

    run = engine(program)
    with pytest.raises(automation.CommandError, match="ResourceAlreadyExistsException"):
        run.changes("up")
    assert len(run.world.resources(LOG_GROUP)) == 1


def test_an_unknown_type_fails_at_preview(engine: MakeEngine) -> None:
    run = engine(lambda: aws.glacier.Vault("jobs") and None)
    with pytest.raises(automation.CommandError, match="the simulator doesn't know"):
        run.stack.preview(color="never")


def network() -> None:
    """The network of the facts: a VPC with three kinds of subnets in two zones."""
    net = awsx.ec2.Vpc(
        "net",
        number_of_availability_zones=2,
        nat_gateways={"strategy": awsx.ec2.NatGatewayStrategy.SINGLE},
        subnet_strategy=awsx.ec2.SubnetAllocationStrategy.AUTO,
        subnet_specs=[
            {"type": awsx.ec2.SubnetType.PUBLIC},
            {"type": awsx.ec2.SubnetType.PRIVATE},
            {"type": awsx.ec2.SubnetType.ISOLATED},
        ],
        vpc_endpoint_specs=[{"service_name": "com.amazonaws.us-east-1.s3"}],
        tags={"Project": "fleet"},
    )
    images = awsx.ecr.Repository("img", force_delete=True)
    awsx.ecr.Image("app", repository_url=images.url, context=str(ROOT / "simulator/bin"))
    pulumi.export("cidr", net.vpc.cidr_block)
    pulumi.export("zones", net.subnets.apply(lambda all_: [one.availability_zone for one in all_]))
    pulumi.export("public", net.public_subnet_ids)
    pulumi.export("repository", images.repository.repository_url)


def expected_parents() -> dict[str, str]:
    """The children that awsx makes, and where they hang."""
    vpc, subnet = "aws:ec2/vpc:Vpc net", "aws:ec2/subnet:Subnet net"
    parents = {
        "awsx:ec2:Vpc net": f"pulumi:pulumi:Stack {PROJECT}-{STACK}",
        vpc: "awsx:ec2:Vpc net",
        "aws:ec2/internetGateway:InternetGateway net": vpc,
        "aws:ec2/vpcEndpoint:VpcEndpoint com.amazonaws.us-east-1.s3": vpc,
        "aws:ec2/eip:Eip net-1": f"{subnet}-public-1",
        "aws:ec2/natGateway:NatGateway net-1": f"{subnet}-public-1",
    }
    for kind in ("public", "private", "isolated"):
        for zone in (1, 2):
            name = f"net-{kind}-{zone}"
            table = f"aws:ec2/routeTable:RouteTable {name}"
            parents[f"aws:ec2/subnet:Subnet {name}"] = vpc
            parents[table] = f"aws:ec2/subnet:Subnet {name}"
            parents[f"aws:ec2/routeTableAssociation:RouteTableAssociation {name}"] = table
            if kind != "isolated":
                parents[f"aws:ec2/route:Route {name}"] = table
    return parents


def test_awsx_makes_its_children_and_returns_them(engine: MakeEngine) -> None:
    run = engine(network)
    run.changes("up")
    parents = run.parents()
    assert {name: parents[name] for name in expected_parents()} == expected_parents()
    assert sum(name.startswith("aws:ec2/") for name in parents) == len(expected_parents()) - 1
    assert parents["aws:ecr/repository:Repository img"] == "awsx:ecr:Repository img"
    assert "aws:ecr/lifecyclePolicy:LifecyclePolicy img" in parents
    outputs = run.stack.outputs()
    assert outputs["cidr"].value == "10.0.0.0/16"
    assert outputs["zones"].value == ["us-east-1a"] * 3 + ["us-east-1b"] * 3
    assert len(outputs["public"].value) == 2
    assert outputs["repository"].value.startswith("123456789012.dkr.ecr.us-east-1.amazonaws.com/")
    assert set(run.changes("up")) == {"same"}
    run.changes("destroy")
    assert run.world.resources() == []


def plugins_of(folder: Path) -> list[psutil.Process]:
    """Plugin processes that work on this test's account."""
    found = []
    for process in psutil.process_iter():
        try:
            plugin = "simulator.plugin" in process.cmdline()
            if plugin and process.environ().get("SIMULATOR_WORLD", "").startswith(str(folder)):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize(("when", "there"), [("before", []), ("after", ["slow"])])
def test_a_killed_engine_leaves_the_creation_done_or_not_and_no_plugin(
    tmp_path: Path, when: str, there: list[str]
) -> None:
    fault = {"operation": "create", "name": "slow", "delay": 60, "when": when}
    up = subprocess.Popen(
        [sys.executable, "-m", "tests.engine.simulator.stack", tmp_path],
        cwd=ROOT,
        env={**os.environ, VARIABLE: json.dumps([fault])},
    )
    state = tmp_path / f"state/.pulumi/stacks/{PROJECT}/{STACK}.json"
    world = World(tmp_path / "world.sqlite")
    try:
        # Before it, pending are the stack and the provider, whose plugin may not have started yet.
        assert _until(lambda: state.exists() and LOG_GROUP in state.read_text())
        assert _until(lambda: len(world.resources(LOG_GROUP)) == len(there))
        plugins = plugins_of(tmp_path)
        assert plugins
        os.kill(plugins[0].ppid(), signal.SIGKILL)
        _, alive = psutil.wait_procs(plugins, timeout=10)
        assert alive == []
        assert [each.name for each in world.resources(LOG_GROUP)] == there
    finally:
        up.kill()
        up.wait(10)


def _until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_a_plugin_starts_from_any_folder(tmp_path: Path) -> None:
    plugin = subprocess.Popen(
        [ROOT / "simulator/bin/pulumi-resource-aws", "127.0.0.1:1"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "SIMULATOR_WORLD": str(tmp_path / "world.sqlite")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert plugin.stdout is not None
    port = int(plugin.stdout.readline())
    assert 0 < port < 65_536
    plugin.send_signal(signal.SIGINT)
    assert plugin.wait(10) == 0


def test_a_bad_fault_stops_the_plugin_with_a_word(tmp_path: Path) -> None:
    done = subprocess.run(
        [ROOT / "simulator/bin/pulumi-resource-aws", "127.0.0.1:1"],
        env={
            "PATH": os.environ["PATH"],
            "SIMULATOR_WORLD": str(tmp_path / "world.sqlite"),
            VARIABLE: "{",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "SIMULATOR_FAULTS is not JSON" in done.stderr
    assert "Traceback" not in done.stderr
