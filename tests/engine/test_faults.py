"""One creation that AWS refuses costs the site that it belongs to, nothing else, and only once."""

import json

import pytest
from pulumi.runtime.rpc import UNKNOWN

from fleet.names import PROJECT
from tests.engine import account
from tests.engine.checkout import Checkout
from tests.engine.fleets import PLAIN, full, site
from tests.engine.run import Run

# Every type of which a site with all options creates something; `complete` keeps it true.
TYPES = (
    "aws:appautoscaling/policy:Policy",
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    "aws:appautoscaling/target:Target",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ecs/service:Service",
    "aws:ecs/taskDefinition:TaskDefinition",
    "aws:efs/accessPoint:AccessPoint",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:lb/listenerRule:ListenerRule",
    "aws:lb/targetGroup:TargetGroup",
    "aws:rds/cluster:Cluster",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:secretsmanager/secret:Secret",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "random:index/randomPassword:RandomPassword",
)
# Without them nothing lacks an argument, so one round of the engine does all that can be done. So
# do most others; which, is the provider's to say.
NEEDED_BY_NOTHING = {
    "aws:appautoscaling/policy:Policy",
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    "aws:appautoscaling/target:Target",
    "aws:ecs/service:Service",
}
NEIGHBOUR = site("neighbour", database={"placement": "shared"})
ALL = {**PLAIN, "full": full("full"), "neighbour": NEIGHBOUR}
REFUSAL = "InternalFailure: the request processing has failed"


@pytest.fixture(scope="session")
def complete(standing: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """What adding both sites creates when nothing fails."""
    checkout = standing.copy(tmp_path_factory.mktemp("complete") / "checkout")
    checkout.write_sites(ALL)
    return checkout.up()


def test_every_type_of_a_site_is_tried(complete: Run) -> None:
    created = {step.type for step in complete.steps if step.site == "full"}
    assert created == set(TYPES)


@pytest.mark.parametrize("type_", TYPES, ids=lambda token: token.rsplit(":", 1)[-1])
def test_next_up_creates_what_is_missing(fleet: Checkout, complete: Run, type_: str) -> None:
    fleet.write_sites(ALL)
    fault = {"operation": "create", "type": type_, "name": "full*", "fail": REFUSAL, "times": 1}

    first = fleet.try_up(fault)
    assert any(REFUSAL in error for error in first.errors)
    assert first.rounds == 1 or type_ not in NEEDED_BY_NOTHING
    assert first.sites() <= {"full", "neighbour"}
    assert of_site(first, "neighbour") == of_site(complete, "neighbour")

    outputs = fleet.resource("pulumi:Stack", f"{PROJECT}-{fleet.stack_name}")["outputs"]
    assert outputs["sites"].keys() == ALL.keys()
    assert UNKNOWN not in json.dumps(outputs)

    second = fleet.up()
    assert second.sites() == {"full"}
    assert second.ops() == {"create"}
    assert second.of("create").isdisjoint(first.of("create"))
    assert first.of("create") | second.of("create") == complete.of("create")
    assert account.missing(fleet) == set()
    assert account.twins(fleet.world) == set()


def of_site(run: Run, name: str) -> set[tuple[str, str]]:
    return {(step.type, step.name) for step in run.steps if step.site == name}
