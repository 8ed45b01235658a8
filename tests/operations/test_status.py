"""`fleet_status` against an account with a fleet in it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from fleet.operations.declared import Declared, read_declared
from fleet.operations.live.status import SiteStatus, StackStatus, fleet_status
from fleet.operations.live.tasks import ProviderTasks
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.problems import FleetError


def main_stack(declared: Declared) -> StackStatus:
    return next(stack for stack in fleet_status(declared) if stack.cell is None)


def sites(stack: StackStatus) -> dict[str, SiteStatus]:
    return {site.name: site for site in stack.sites}


@pytest.mark.usefixtures("aws")
def test_all_cells_are_told(prod: Declared) -> None:
    stacks = fleet_status(prod)
    assert [(stack.cluster, stack.deployed) for stack in stacks] == [
        ("wordpress-prod", True),
        ("wordpress-prod-east", True),
    ]
    assert [site.name for site in stacks[1].sites] == ["far"]


@pytest.mark.usefixtures("aws")
def test_declared_and_deployed_are_told_apart(prod: Declared) -> None:
    states = {site.name: (site.declared, site.deployed) for site in main_stack(prod).sites}
    assert states == {
        "archive": ("paused", "paused"),
        "blog": ("live", "live"),
        "closing": ("paused", "live"),
        "docs": ("live", "live"),
        "gone": (None, "live"),
        "news": ("live", "absent"),
    }


@pytest.mark.usefixtures("aws")
def test_tasks_by_capacity_provider(prod: Declared) -> None:
    found = sites(main_stack(prod))
    blog, gone = found["blog"].tasks, found["gone"].tasks
    assert blog is not None
    assert (blog.desired, blog.running, blog.pending) == (4, 4, 0)
    assert blog.providers == (ProviderTasks(provider="FARGATE", running=4, pending=0),)
    assert gone is not None
    assert gone.providers == (ProviderTasks(provider="FARGATE_SPOT", running=2, pending=0),)


@pytest.mark.usefixtures("aws")
def test_targets_and_the_last_deployment(prod: Declared) -> None:
    blog = sites(main_stack(prod))["blog"]
    assert blog.targets is not None
    assert (blog.targets.healthy, blog.targets.registered) == (4, 4)
    assert blog.deployment is not None
    assert (blog.deployment.outcome, blog.deployment.reason) == ("completed", None)


def test_stopped_tasks_with_their_reason(aws: boto3.Session, prod: Declared) -> None:
    ecs = aws.client("ecs")
    task = ecs.list_tasks(cluster="wordpress-prod", serviceName="closing")["taskArns"][0]
    ecs.stop_task(cluster="wordpress-prod", task=task, reason="out for a walk")
    stopped = sites(main_stack(prod))["closing"].stopped
    assert [one.reason for one in stopped if task.endswith(one.id)] == ["out for a walk"]


def test_databases_and_their_capacity(aws: boto3.Session, prod: Declared) -> None:
    aws.client("cloudwatch").put_metric_data(
        Namespace="AWS/RDS",
        MetricData=[
            {
                "MetricName": "ServerlessDatabaseCapacity",
                "Dimensions": [
                    {"Name": "DBClusterIdentifier", "Value": "wordpress-prod-blog-database"}
                ],
                "Timestamp": datetime.now(UTC) - timedelta(minutes=minutes),
                "Value": acu,
            }
            for minutes, acu in [(4, 3.5), (2, 1.5)]
        ],
    )
    stack = main_stack(prod)
    blog, docs = sites(stack)["blog"].database, sites(stack)["docs"].database
    assert blog is not None
    assert (blog.state, blog.acu, blog.min_acu, blog.max_acu) == ("available", 1.5, 0.5, 4)
    assert docs is stack.shared_database
    assert docs is not None
    assert docs.cluster == "wordpress-prod-shared"
    # CloudWatch knows nothing of it.
    assert docs.acu is None


@pytest.mark.usefixtures("aws")
def test_the_file_system_and_nothing_of_a_site_that_is_absent(prod: Declared) -> None:
    stack = main_stack(prod)
    assert stack.file_system is not None
    assert stack.file_system.bytes >= 0
    news = sites(stack)["news"]
    assert (news.tasks, news.targets, news.deployment, news.database) == (None,) * 4


@pytest.mark.usefixtures("aws")
def test_only_the_named_sites_and_their_stacks(prod: Declared) -> None:
    assert [[site.name for site in stack.sites] for stack in fleet_status(prod, ["far"])] == [
        ["far"]
    ]


@pytest.mark.usefixtures("aws")
def test_a_site_of_another_cell_than_was_asked_for(prod: Declared) -> None:
    target = Target(folder=prod.target.folder, environment="prod", cell="-")
    with pytest.raises(OperationError, match="far lives in prod-east, not in prod"):
        fleet_status(read_declared(target), ["far"])


@pytest.mark.usefixtures("aws")
def test_an_environment_that_is_not_deployed(prod: Declared) -> None:
    dev = read_declared(Target(folder=prod.target.folder, environment="dev"))
    stacks = fleet_status(dev)
    assert [stack.deployed for stack in stacks] == [False, False]
    assert {site.deployed for stack in stacks for site in stack.sites} == {"absent"}


@pytest.mark.usefixtures("aws")
def test_several_threads_and_asyncio(prod: Declared) -> None:
    async def twice() -> list[tuple[StackStatus, ...]]:
        return await asyncio.gather(*(asyncio.to_thread(fleet_status, prod) for _ in range(2)))

    with ThreadPoolExecutor(4) as pool:
        seen = [*pool.map(lambda _: fleet_status(prod), range(4)), *asyncio.run(twice())]
    assert {tuple(len(stack.sites) for stack in stacks) for stacks in seen} == {(6, 1)}


@pytest.mark.parametrize(
    ("cell", "names", "said"),
    [
        ("eats", (), 'no cell "eats" .did you mean "east"'),
        (None, ("blgo",), 'no site "blgo" .did you mean "blog"'),
        (None, ("xyz",), 'no site "xyz"; allowed is archive'),
    ],
)
def test_unknown_names(prod: Declared, cell: str | None, names: tuple[str, ...], said: str) -> None:
    target = Target(folder=prod.target.folder, environment="prod", cell=cell)
    with pytest.raises(FleetError, match=said):
        fleet_status(read_declared(target), names)
