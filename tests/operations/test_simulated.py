"""The live verbs on the simulated environment, whose account is a file."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fleet.operations import simulation
from fleet.operations.declared import Declared, read_declared
from fleet.operations.live.execute import execute
from fleet.operations.live.logs import site_log
from fleet.operations.live.status import fleet_status
from fleet.operations.live.tasks import ProviderTasks
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from simulator.calls import simulated_session
from simulator.errors import UnknownTypeError
from simulator.services.ecs.rollout import placed
from simulator.world import Resource, World
from tests.operations.stage.project import SETTINGS

CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/wordpress-local"
SERVICE = "arn:aws:ecs:us-east-1:123456789012:service/wordpress-local/blog"
GROUP = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/blog/1"
OWN = {"Project": "wordpress-fleet", "Environment": "local"}
BLOG = {**OWN, "Site": "blog"}
STRATEGY = [
    {"capacityProvider": "FARGATE", "base": 1, "weight": 1},
    {"capacityProvider": "FARGATE_SPOT", "weight": 3},
]

# Properties as `fleet up` leaves them in the world, as far as they are looked at.
RESOURCES: list[tuple[str, str, dict[str, Any]]] = [
    ("aws:ecs/cluster:Cluster", CLUSTER, {"name": "wordpress-local", "arn": CLUSTER}),
    (
        "aws:ecs/service:Service",
        SERVICE,
        {
            "name": "blog",
            "arn": SERVICE,
            "cluster": CLUSTER,
            "desiredCount": 5,
            "capacityProviderStrategies": STRATEGY,
            "loadBalancers": [{"targetGroupArn": GROUP}],
        },
    ),
    ("aws:lb/targetGroup:TargetGroup", GROUP, {"arn": GROUP}),
    (
        "aws:efs/fileSystem:FileSystem",
        "fs-1",
        {"sizeInBytes": [{"value": 6144}], "tagsAll": OWN},
    ),
    ("aws:efs/accessPoint:AccessPoint", "fsap-1", {"fileSystemId": "fs-1", "tagsAll": BLOG}),
    (
        "aws:rds/cluster:Cluster",
        "blog-1",
        {
            "clusterIdentifier": "blog-1",
            "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 4},
            "tagsAll": BLOG,
        },
    ),
    ("aws:cloudwatch/logGroup:LogGroup", "/wordpress/local/blog", {}),
]


@pytest.fixture
def local(project: Path) -> Declared:
    (project / "Pulumi.local.yaml").write_text(SETTINGS)
    return read_declared(Target(folder=project, environment="local"))


@pytest.fixture
def world(local: Declared) -> World:
    world = World(simulation.world_file(local.target.folder))
    with world.change():
        for token, key, props in RESOURCES:
            world.write(Resource(token, key, key, "blog", props))
    return world


@pytest.mark.usefixtures("world")
def test_status_reads_the_world(local: Declared) -> None:
    stack = fleet_status(local)[0]
    blog = next(site for site in stack.sites if site.name == "blog")
    assert blog.tasks is not None
    assert blog.tasks.providers == (
        ProviderTasks(provider="FARGATE", running=2, pending=0),
        ProviderTasks(provider="FARGATE_SPOT", running=3, pending=0),
    )
    assert blog.targets is not None
    assert blog.targets.healthy == 5
    assert blog.database is not None
    assert (blog.database.state, blog.database.acu) == ("available", 0.5)
    assert stack.file_system is not None
    assert stack.file_system.bytes == 6144
    assert {site.deployed for site in stack.sites if site.name != "blog"} == {"absent"}


def test_before_the_first_up_nothing_is_deployed(local: Declared) -> None:
    assert not any(stack.deployed for stack in fleet_status(local))
    with pytest.raises(OperationError, match="blog has no log group"):
        list(site_log(local, "blog", since=timedelta(minutes=1)))


@pytest.mark.usefixtures("world")
def test_no_log_lines_and_no_containers(local: Declared) -> None:
    assert list(site_log(local, "blog", since=timedelta(minutes=1))) == []
    with pytest.raises(OperationError, match="local is simulated: blog has no container"):
        execute(local, "blog", ["true"])


def test_a_call_without_an_answer_is_an_error(world: World) -> None:
    ecs = simulated_session(world, "us-east-1").client("ecs")
    with pytest.raises(UnknownTypeError, match="doesn't know the call ecs:ListClusters"):
        ecs.list_clusters()


@pytest.mark.parametrize(
    ("desired", "on_demand", "spot"), [(0, 0, 0), (1, 1, 0), (2, 1, 1), (5, 2, 3), (9, 3, 6)]
)
def test_tasks_are_placed_base_first_then_by_weight(
    desired: int, on_demand: int, spot: int
) -> None:
    props = {"desiredCount": desired, "capacityProviderStrategies": STRATEGY}
    tasks = placed(props)
    assert (tasks.count("FARGATE"), tasks.count("FARGATE_SPOT")) == (on_demand, spot)
