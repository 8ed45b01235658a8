"""What boto3 is answered has the names, types and words of botocore's model of each call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

from simulator import happenings
from simulator.calls import operations, simulated_session
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import RefusedError
from tests.engine.simulator.samples import Samples

REGION = "us-east-1"
SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
IMAGE = "wordpress"  # of the samples' task definition
NOW = datetime.now(UTC)
METRIC = {
    "Namespace": "AWS/RDS",
    "MetricName": "ServerlessDatabaseCapacity",
    "Dimensions": [{"Name": "DBClusterIdentifier", "Value": "blog"}],
}

# What only a task that runs can answer: tests/local asks these.
OF_RUNNING_TASKS = {
    ("ecs", "ExecuteCommand"),
    ("ecs", "RunTask"),
    ("ecs", "StopTask"),
    ("logs", "GetLogEvents"),
}

Situation = Callable[[Samples], None]


def steady(samples: Samples) -> None:
    """Everything is there and nothing happens."""


def waiting(samples: Samples) -> None:
    """A deployment waits for Spot."""
    happenings.shortage(samples.aws.world)
    service = samples.one(a.SERVICE)
    samples.aws.update(service, capacityProviderStrategies=SPOT, forceNewDeployment=True)


def gone_back(samples: Samples) -> None:
    """The circuit breaker ended a deployment."""
    happenings.break_image(samples.aws.world, IMAGE)
    breaker = {"enable": True, "rollback": True}
    with pytest.raises(RefusedError, match="tasks failed to start"):
        samples.make(a.SERVICE, waitForSteadyState=True, deploymentCircuitBreaker=breaker)


def parameters(samples: Samples, session: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """For each call, parameters that find something."""
    cluster = samples.one(a.CLUSTER)["name"]
    ecs = session.client("ecs")
    services = ecs.list_services(cluster=cluster)["serviceArns"]
    deployments = [
        one["currentServiceDeployment"]
        for one in ecs.describe_services(cluster=cluster, services=services)["services"]
        if "currentServiceDeployment" in one
    ]
    tasks = ecs.list_tasks(cluster=cluster)["taskArns"]
    query = {"Id": "acu", "MetricStat": {"Metric": METRIC, "Period": 60, "Stat": "Average"}}
    return {
        ("acm", "DescribeCertificate"): {"CertificateArn": samples.id(a.OWN_CERTIFICATE)},
        ("acm", "ListCertificates"): {"CertificateStatuses": ["PENDING_VALIDATION", "ISSUED"]},
        ("backup", "ListBackupSelections"): {"BackupPlanId": samples.id(a.BACKUP_PLAN)},
        ("cloudfront", "ListDistributions"): {},
        ("cloudwatch", "GetMetricData"): {
            "MetricDataQueries": [query],
            "StartTime": NOW,
            "EndTime": NOW,
        },
        ("ecs", "DescribeClusters"): {"clusters": [cluster]},
        ("ecs", "DescribeServiceDeployments"): {"serviceDeploymentArns": deployments},
        ("ecs", "DescribeServices"): {"cluster": cluster, "services": services},
        ("ecs", "DescribeTaskDefinition"): {"taskDefinition": samples.one(a.TASK)["family"]},
        ("ecs", "DescribeTasks"): {"cluster": cluster, "tasks": tasks},
        ("ecs", "ListServices"): {"cluster": cluster},
        ("ecs", "ListTasks"): {"cluster": cluster},
        ("efs", "DescribeAccessPoints"): {"FileSystemId": samples.id(a.FILES)},
        ("efs", "DescribeFileSystems"): {},
        ("elbv2", "DescribeLoadBalancers"): {},
        ("elbv2", "DescribeTags"): {"ResourceArns": [samples.id(a.BALANCER)]},
        ("elbv2", "DescribeTargetHealth"): {"TargetGroupArn": samples.id(a.TARGET_GROUP)},
        ("logs", "FilterLogEvents"): {"logGroupName": samples.one(a.LOG_GROUP)["name"]},
        ("rds", "DescribeDBClusters"): {},
        ("sts", "GetCallerIdentity"): {},
    }


@pytest.fixture(params=[steady, waiting, gone_back], ids=lambda make: make.__name__)
def account(request: pytest.FixtureRequest, samples: Samples) -> Samples:
    for token in (a.SERVICE, a.ACCESS_POINT):
        samples.make(token, tags={"Site": "blog"})
    samples.make(a.OWN_CERTIFICATE)
    samples.make(a.BACKUP_SELECTION)
    samples.make(a.DATABASE, clusterIdentifier="blog", tags={"Site": "blog"})
    request.param(samples)
    return samples


def test_every_answer_is_one_of_botocores_model(account: Samples) -> None:
    session = simulated_session(account.aws.world, REGION)
    asked = parameters(account, session)
    assert asked.keys() == operations() - OF_RUNNING_TASKS
    wrong: list[str] = []
    for (service, operation), given in asked.items():
        client = session.client(service)
        answer = getattr(client, xform_name(operation))(**given)
        answer.pop("ResponseMetadata", None)
        shape = client.meta.service_model.operation_model(operation).output_shape
        assert answer, operation
        wrong += [f"{operation}: {problem}" for problem in problems(answer, shape)]
    assert wrong == []


def problems(answer: dict[str, Any], shape: Shape) -> list[str]:
    report = ParamValidator().validate(answer, shape).generate_report()
    return [*([report] if report else []), *foreign_words(answer, shape, "")]


def foreign_words(value: Any, shape: Shape, at: str) -> Iterator[str]:
    """Values that their enum doesn't have: botocore's validator passes them over."""
    if isinstance(shape, StructureShape):
        for name, inner in value.items():
            if name in shape.members:
                yield from foreign_words(inner, shape.members[name], f"{at}.{name}")
    elif isinstance(shape, ListShape):
        for item in value:
            yield from foreign_words(item, shape.member, f"{at}[]")
    elif isinstance(shape, MapShape):
        for item in value.values():
            yield from foreign_words(item, shape.value, f"{at}.*")
    elif isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        yield f"{at}: {value!r} is none of {', '.join(shape.enum)}"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"services": [{"serviceNome": "blog"}]}, "serviceNome"),
        ({"services": [{"desiredCount": "2"}]}, "desiredCount"),
        ({"services": [{"deployments": [{"rolloutState": "DONE"}]}]}, "DONE"),
    ],
)
def test_a_wrong_answer_would_be_found(samples: Samples, answer: Any, told: str) -> None:
    client = simulated_session(samples.aws.world, REGION).client("ecs")
    shape = client.meta.service_model.operation_model("DescribeServices").output_shape
    assert any(told in problem for problem in problems(answer, shape))
