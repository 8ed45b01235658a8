"""The firewall of an environment, and the sites that it only counts."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from tests.program.difference import NOTHING, difference
from tests.program.fleets import EDGE, KEY, PLAIN, Programs, site
from tests.program.recording import Recording

WAF: dict[str, Any] = {"waf": {"deny": ["198.51.100.0/24"]}}


def rules(recording: Recording) -> dict[str, dict[str, Any]]:
    acl = recording.named("wafv2:WebAcl", "base-waf")
    return {each["Name"]: each for each in json.loads(acl.inputs["ruleJson"])}


def test_without_the_setting_there_is_none(programs: Programs) -> None:
    assert not [each for each in programs.run(PLAIN) if "wafv2" in each.type]


def test_one_acl_stands_before_the_load_balancer(programs: Programs) -> None:
    recording = programs.run(PLAIN, WAF)
    place = recording.named("wafv2:WebAclAssociation", "base-waf")
    acl = recording.named("wafv2:WebAcl", "base-waf")
    balancer = recording.named("lb:LoadBalancer", "base-alb")
    assert place.inputs["resourceArn"] == balancer.state["arn"]
    assert place.inputs["webAclArn"] == acl.state["arn"]
    assert acl.inputs["defaultAction"] == {"allow": {}}
    (deny,) = recording.of_type("wafv2:IpSet")
    assert deny.inputs["addresses"] == ["198.51.100.0/24"]
    statement = rules(recording)["deny"]["Statement"]
    assert statement == {"IPSetReferenceStatement": {"ARN": deny.state["arn"]}}


def test_addresses_of_both_kinds_have_a_list_each(programs: Programs) -> None:
    networks = ["192.0.2.7/32", "2001:db8::/32", "198.51.100.0/24"]
    recording = programs.run(PLAIN, {"waf": {"deny": networks}})
    lists = {each.inputs["ipAddressVersion"]: each for each in recording.of_type("wafv2:IpSet")}
    assert lists["IPV4"].inputs["addresses"] == [networks[0], networks[2]]
    assert lists["IPV6"].inputs["addresses"] == [networks[1]]
    named = json.dumps(rules(recording)["deny"]["Statement"]["OrStatement"])
    assert all(each.state["arn"] in named for each in lists.values())


def test_with_an_edge_it_stands_there(programs: Programs) -> None:
    """Behind it the visitors of the load balancer were CloudFront."""
    sites = {"blog": site("blog"), "shop": site("shop")}
    recording = programs.run(sites, {**WAF, **EDGE, "kmsKeyArn": KEY})
    acl = recording.named("wafv2:WebAcl", "base-waf")
    parts = [
        acl,
        *recording.of_type("wafv2:IpSet"),
        recording.named("cloudwatch:LogGroup", "base-waf"),
        recording.named("wafv2:WebAclLoggingConfiguration", "base-waf"),
    ]
    assert {each.inputs["region"] for each in parts} == {"us-east-1"}
    # A key is of its region.
    assert "kmsKeyId" not in recording.named("cloudwatch:LogGroup", "base-waf").inputs
    assert {each.inputs["scope"] for each in parts[:2]} == {"CLOUDFRONT"}
    assert not recording.of_type("wafv2:WebAclAssociation")
    for name in sites:
        found = recording.named("cloudfront:Distribution", name)
        assert found.inputs["webAclId"] == acl.state["arn"]
    without = programs.run(sites, EDGE)
    assert "webAclId" not in without.named("cloudfront:Distribution", "blog").inputs


@pytest.mark.parametrize(
    ("settings", "region", "scope"), [({}, None, "REGIONAL"), (EDGE, "us-east-1", "CLOUDFRONT")]
)
def test_what_defends_may_write_one_group_and_stands_beside_it(
    programs: Programs, settings: dict[str, Any], region: str | None, scope: str
) -> None:
    recording = programs.run(PLAIN, {**WAF, **settings})
    (group,) = recording.of_type("wafv2:RuleGroup")
    (machine,) = recording.of_type("sfn:StateMachine")
    assert {each.inputs.get("region") for each in (group, machine)} == {region}
    assert rules(recording)["defended"]["Statement"] == {
        "RuleGroupReferenceStatement": {"ARN": group.state["arn"]}
    }
    assert machine.inputs["name"] == "wordpress-test-defence"
    calls = json.loads(machine.inputs["definition"])["States"]
    for each in ("Read", "Write"):
        assert calls[each]["Arguments"]["Name"] == group.state["name"]
        assert calls[each]["Arguments"]["Scope"] == scope
    role = recording.named("iam:Role", "base-waf-defence")
    assert machine.inputs["roleArn"] == role.state["arn"]
    (allowed,) = json.loads(recording.named("iam:RolePolicy", "base-waf-defence").inputs["policy"])[
        "Statement"
    ]
    assert allowed["Resource"] == [group.state["arn"]]
    assert allowed["Action"] == ["wafv2:GetRuleGroup", "wafv2:UpdateRuleGroup"]
    (trusted,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    source = trusted["Condition"]["ArnLike"]["aws:SourceArn"]
    assert source.endswith(":stateMachine:wordpress-test-defence")


def test_up_takes_no_challenge_away(programs: Programs) -> None:
    (group,) = programs.run(PLAIN, WAF).of_type("wafv2:RuleGroup")
    assert "rules" not in group.inputs
    assert {"rules", "rulesJson"} <= set(group.ignore_changes)


def test_its_log_has_what_was_refused_and_no_secrets(programs: Programs) -> None:
    recording = programs.run(PLAIN, WAF)
    group = recording.named("cloudwatch:LogGroup", "base-waf")
    assert group.inputs["name"] == "aws-waf-logs-wordpress-test"
    log = recording.named("wafv2:WebAclLoggingConfiguration", "base-waf").inputs
    assert log["logDestinationConfigs"] == [group.state["arn"]]
    assert log["loggingFilter"]["defaultBehavior"] == "DROP"
    assert {each["singleHeader"]["name"] for each in log["redactedFields"]} == {
        "authorization",
        "cookie",
    }


def test_a_site_more_leaves_it_as_it_is(programs: Programs) -> None:
    one, two = programs.run(PLAIN, WAF), programs.run({**PLAIN, "shop": site("shop")}, WAF)
    assert difference(one.base(), two.base()) == NOTHING


def test_a_counted_site_changes_the_acl_alone(programs: Programs) -> None:
    plain = programs.run(PLAIN, WAF)
    counting = programs.run({"blog": site("blog", waf="count")}, WAF)
    changed = difference(plain, counting)
    assert not changed.added
    assert not changed.removed
    assert all(key.startswith("wafv2:WebAcl base-waf ruleJson") for key in changed.changed)
    statement = rules(counting)["counted"]["Statement"]["RegexMatchStatement"]
    assert statement["RegexString"] == r"(?i)^(?:blog\.example\.com)(?::[0-9]+)?$"
    assert "fleet:counted" in json.dumps(rules(counting)["refused"])
    assert "counted" not in rules(plain)


def test_a_site_of_an_environment_without_one_says_so(programs: Programs) -> None:
    with pytest.raises(pulumi.RunError, match=r"sites.blog.waf: found waf: count in an environ"):
        programs.run({"blog": site("blog", waf="count")})


@pytest.mark.parametrize(
    "network", ["198.51.100.7", "198.51.100.7/24", "0.0.0.0/0", "2001:db8::7/32", "::/0", "home"]
)
def test_what_is_no_network(programs: Programs, network: str) -> None:
    with pytest.raises(pulumi.RunError, match=r"waf\.deny"):
        programs.run(PLAIN, {"waf": {"deny": [network]}})
