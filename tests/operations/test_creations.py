"""Whatever the program can create, an interrupted creation of it can be looked for."""

import pytest

from fleet.operations.recovery import creations
from fleet.operations.recovery.creations import ByTags, FromInputs, Repeated, last_part, rule_for
from simulator.rows import row_of, tokens

ARN = "arn:aws:ecs:us-east-1:123456789012"


@pytest.mark.parametrize("type_", sorted(tokens()))
def test_every_type_of_the_program_has_a_rule(type_: str) -> None:
    assert rule_for(type_) is not None


@pytest.mark.parametrize("type_", sorted(tokens()))
def test_what_is_simply_made_again_overwrites_or_lives_in_the_state_only(type_: str) -> None:
    row = row_of(type_)
    assert row.upsert or row.local or not isinstance(rule_for(type_), Repeated)


@pytest.mark.parametrize("type_", sorted(tokens()))
def test_what_is_looked_for_can_be_imported_from_the_simulated_account(type_: str) -> None:
    row = row_of(type_)
    findable = row.key in (row.id, "{arn}") or row.import_id is not None
    assert findable or row.local or isinstance(rule_for(type_), Repeated)


def test_there_is_no_rule_for_what_nothing_creates() -> None:
    assert creations._RULES.keys() <= set(tokens())


def test_unknown_type_has_none() -> None:
    assert rule_for("aws:mq/broker:Broker") is None


@pytest.mark.parametrize(
    ("type_", "inputs", "import_id"),
    [
        ("aws:s3/bucket:Bucket", {"bucket": "logs-1"}, "logs-1"),
        ("aws:iam/role:Role", {"name": "blog-task-1"}, "blog-task-1"),
        ("aws:iam/rolePolicy:RolePolicy", {"role": "r", "name": "p"}, "r:p"),
        ("aws:ecs/service:Service", {"cluster": f"{ARN}:cluster/c", "name": "blog"}, "c/blog"),
        (
            "aws:ec2/route:Route",
            {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0"},
            "rtb-1_0.0.0.0/0",
        ),
    ],
)
def test_id_that_follows_from_the_inputs(
    type_: str, inputs: dict[str, str], import_id: str
) -> None:
    rule = rule_for(type_)
    assert isinstance(rule, FromInputs)
    assert rule.import_id(inputs) == import_id


def test_id_in_an_arn() -> None:
    assert last_part("arn:aws:rds:us-east-1:1:cluster:blog-1") == "blog-1"
    assert last_part("arn:aws:ec2:us-east-1:1:subnet/subnet-1") == "subnet-1"
    rule = rule_for("aws:lb/targetGroup:TargetGroup")
    assert isinstance(rule, ByTags)
    assert rule.import_id("arn:x") == "arn:x"


@pytest.mark.parametrize(("place", "scope"), [("regional", "REGIONAL"), ("global", "CLOUDFRONT")])
def test_a_firewall_is_found_before_the_load_balancer_and_at_the_edge(
    place: str, scope: str
) -> None:
    rule = rule_for("aws:wafv2/webAcl:WebAcl")
    assert isinstance(rule, ByTags)
    found = f"{place}/webacl/base-waf/1-2"
    assert found.startswith(rule.kind)
    assert (
        rule.import_id(f"arn:aws:wafv2:us-east-1:123456789012:{found}") == f"1-2/base-waf/{scope}"
    )
