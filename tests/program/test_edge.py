"""What `edge: cloudfront` makes of a fleet: one distribution a site, one way in for all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fleet.edge.function import viewer_request
from fleet.plan.resources import site_resources
from fleet.settings.load import parse_settings
from fleet.site.model import Site
from tests.program.fleets import CERTIFICATE, EDGE, PLAIN, SMALL, Programs, site
from tests.program.monitor import Recorded
from tests.program.recording import Recording

# What AWS manages: kept by the origin's word alone, with Host, cookies and query in the key.
BY_THE_ORIGINS_WORD = "4cc15a8a-d715-48a4-82b8-cc0b614638fe"
COOKIES = "FLEET_PAGE_CACHE_BYPASS_COOKIES"
NEVER_KEPT = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


def run(programs: Programs, **settings: Any) -> Recording:
    return programs.run(PLAIN, {**EDGE, **settings})


def distribution(recording: Recording, name: str = "blog") -> Recorded:
    return recording.named("cloudfront:Distribution", name)


def test_the_load_balancer_is_reached_from_cloudfront_alone(programs: Programs) -> None:
    recording = run(programs)
    balancer = recording.named("lb:LoadBalancer", "base-alb")
    assert balancer.inputs["internal"] is True
    (rule,) = recording.named("ec2:SecurityGroup", "base-alb").inputs["ingress"]
    assert (rule["fromPort"], rule["toPort"]) == (443, 443)
    assert rule["prefixListIds"]
    assert "cidrBlocks" not in rule
    (listener,) = recording.of_type("lb:Listener")
    own = recording.named("acm:Certificate", "base-certificate")
    assert listener.inputs["certificateArn"] == own.state["arn"]
    assert own.inputs.get("region") is None


def test_a_cell_has_one_way_in_for_all_sites(programs: Programs) -> None:
    recording = programs.run({"blog": site("blog"), "shop": site("shop")}, EDGE)
    (way_in,) = recording.of_type("cloudfront:VpcOrigin")
    config = way_in.inputs["vpcOriginEndpointConfig"]
    assert config["arn"] == recording.named("lb:LoadBalancer", "base-alb").state["arn"]
    assert config["originProtocolPolicy"] == "https-only"
    # Another one can't take its name, and AWS refuses every change of one in use.
    assert "tags" in way_in.ignore_changes
    for name in ("blog", "shop"):
        (origin,) = distribution(recording, name).inputs["origins"]
        assert origin["vpcOriginConfig"]["vpcOriginId"] == way_in.id
        # By the name in the load balancer's certificate.
        own = recording.named("acm:Certificate", "base-certificate")
        assert origin["domainName"] == own.inputs["domainName"]


def test_a_distribution_is_as_safe_and_fast_as_it_can_be(programs: Programs) -> None:
    found = distribution(run(programs)).inputs
    assert found["aliases"] == ["blog.example.com"]
    assert found["viewerCertificate"]["minimumProtocolVersion"] == "TLSv1.2_2021"
    assert (found["httpVersion"], found["isIpv6Enabled"]) == ("http2and3", True)
    assert found["waitForDeployment"] is False
    assert found["cacheTagConfig"] == {"headerName": "Fleet-Edge-Tag"}
    errors = {
        each["errorCode"]: each["errorCachingMinTtl"] for each in found["customErrorResponses"]
    }
    assert max(errors.values()) <= 5
    assert {502, 503, 504} <= errors.keys()
    assert not [each for each in found["customErrorResponses"] if "responsePagePath" in each]


def test_what_is_kept_is_the_origins_word_and_wordpress_own_is_never(programs: Programs) -> None:
    recording = run(programs)
    found = distribution(recording).inputs
    kept = {
        each["pathPattern"]: each["cachePolicyId"] for each in found["orderedCacheBehaviors"]
    } | {"": found["defaultCacheBehavior"]["cachePolicyId"]}
    assert kept == {
        "/wp-admin/*": NEVER_KEPT,
        "/wp-login.php": NEVER_KEPT,
        "/wp-json/*": NEVER_KEPT,
        "/wp-cron.php": NEVER_KEPT,
        "/wp-content/*": BY_THE_ORIGINS_WORD,
        "/wp-includes/*": BY_THE_ORIGINS_WORD,
        "": BY_THE_ORIGINS_WORD,
    }
    function = recording.named("cloudfront:Function", "base-edge")
    assert function.inputs["code"] == viewer_request()
    for behavior in [found["defaultCacheBehavior"], *found["orderedCacheBehaviors"]]:
        assert "POST" in behavior["allowedMethods"]
        assert behavior["viewerProtocolPolicy"] == "redirect-to-https"
        (called,) = behavior["functionAssociations"]
        assert called["functionArn"] == function.state["arn"]


@pytest.mark.parametrize("state", ["paused", "retired"])
def test_a_site_at_rest_says_when_to_come_back_and_shows_no_kept_page(
    programs: Programs, state: str
) -> None:
    """The load balancer's fixed answer takes no header; a policy adds it to every response."""
    resting = site("blog", state=state)
    recording = programs.run({"blog": resting, "shop": site("shop")}, EDGE)
    made = recording.of_type("cloudfront:ResponseHeadersPolicy")
    policies = {each.id: each.inputs for each in made}
    said = {}
    for name in ("blog", "shop"):
        found = distribution(recording, name).inputs
        behaviors = [found["defaultCacheBehavior"], *found["orderedCacheBehaviors"]]
        (policy,) = {each["responseHeadersPolicyId"] for each in behaviors}
        said[name] = policies[policy].get("customHeadersConfig", {}).get("items", [])
        kept = {each["cachePolicyId"] for each in behaviors}
        assert kept == {NEVER_KEPT, *([BY_THE_ORIGINS_WORD] if name == "shop" else [])}
        assert policies[policy]["removeHeadersConfig"] == {"items": [{"header": "Fleet-Edge-Tag"}]}
    assert said == {
        "blog": [{"header": "Retry-After", "value": "3600", "override": False}],
        "shop": [],
    }


def test_policies_of_ones_own_stand_in(programs: Programs) -> None:
    own = {
        name: f"{number}2345678-1234-1234-1234-123456789012"
        for number, name in enumerate(("cached", "uncached", "forwarded"))
    }
    found = distribution(run(programs, edgePolicies=own)).inputs
    behaviors = [found["defaultCacheBehavior"], *found["orderedCacheBehaviors"]]
    assert {each["cachePolicyId"] for each in behaviors} == {own["cached"], own["uncached"]}
    assert {each["originRequestPolicyId"] for each in behaviors} == {own["forwarded"]}


def test_certificates_of_visitors_are_where_cloudfront_looks(programs: Programs) -> None:
    recording = run(programs)
    own = recording.named("acm:Certificate", "blog-certificate-1")
    proof = recording.named("acm:CertificateValidation", "blog-certificate-1")
    assert (own.inputs["region"], proof.inputs["region"]) == ("us-east-1", "us-east-1")
    assert not recording.of_type("lb:ListenerCertificate")
    viewer = distribution(recording).inputs["viewerCertificate"]
    assert viewer["acmCertificateArn"] == own.state["arn"]


def test_sites_of_a_suffix_share_one_there(programs: Programs) -> None:
    recording = run(programs, domainSuffix="dev.example.com")
    names = {each.name: each.inputs for each in recording.of_type("acm:Certificate")}
    assert {name: each["domainName"] for name, each in names.items()} == {
        "base-certificate": "origin.dev.example.com",
        "base-edge": "*.dev.example.com",
    }
    assert names["base-edge"]["region"] == "us-east-1"


def test_one_that_was_there_before_is_the_visitors(programs: Programs) -> None:
    recording = run(programs, certificateArn=CERTIFICATE)
    assert distribution(recording).inputs["viewerCertificate"]["acmCertificateArn"] == CERTIFICATE
    assert [each.name for each in recording.of_type("acm:Certificate")] == ["base-certificate"]


def test_hosts_lead_to_the_distribution_by_both_kinds_of_address(programs: Programs) -> None:
    recording = run(programs)
    target = distribution(recording).state
    records = {each.name: each.inputs for each in recording.of_type("route53:Record")}
    for name, type_ in (("blog-blog.example.com", "A"), ("blog-blog.example.com-aaaa", "AAAA")):
        (alias,) = records[name]["aliases"]
        assert records[name]["type"] == type_
        assert (alias["name"], alias["zoneId"]) == (target["domainName"], target["hostedZoneId"])


def test_a_site_has_eight_resources_more_at_most(programs: Programs) -> None:
    """Against a plain site that has neither certificate nor name by `up`."""
    plain = Site.model_validate({"name": "blog", **site("blog")})
    settings = parse_settings({**SMALL, **EDGE}, environment="test", source=None)
    assert site_resources(plain, 1, settings) - site_resources(plain, 1) == 8


def test_another_site_touches_nothing_of_the_base_or_of_a_site(programs: Programs) -> None:
    alone, both = run(programs), programs.run({**PLAIN, "shop": site("shop")}, EDGE)
    for urn, before in alone.resources.items():
        assert both.resources[urn].inputs == before.inputs


def test_tasks_may_purge_their_own_distribution_and_know_its_terms(programs: Programs) -> None:
    recording = run(programs)
    found = distribution(recording)
    policy = json.loads(recording.named("iam:RolePolicy", "blog-task").inputs["policy"])
    (purge,) = (each for each in policy["Statement"] if "cloudfront" in each["Action"][0])
    assert purge["Action"] == ["cloudfront:CreateInvalidation"]
    assert purge["Resource"] == [found.state["arn"]]
    told = variables(recording)
    assert told["FLEET_EDGE_DISTRIBUTION"] == found.id
    assert told["FLEET_EDGE_SECONDS"] == "86400"


def variables(recording: Recording) -> dict[str, str]:
    text = recording.named("ecs:TaskDefinition", "blog").inputs["containerDefinitions"]
    (served,) = (each for each in json.loads(text) if each["name"] == "wordpress")
    return {each["name"]: each["value"] for each in served["environment"]}


@pytest.mark.parametrize(
    ("fields", "told", "code"),
    [
        ({"cdn": {"ttl": "1h"}}, {"FLEET_EDGE_SECONDS": "3600"}, None),
        ({"cdn": {"purge_tags": 1}}, {"FLEET_EDGE_TAGS": "1"}, None),
        (
            {"cdn": {"cookies": ["cart"]}, "env": {COOKIES: "money,cart"}},
            {COOKIES: "money,cart"},
            viewer_request(["money", "cart"]),
        ),
        ({"env": {"FLEET_XMLRPC": "on"}}, {}, viewer_request(xmlrpc=True)),
        ({"cdn": {"ttl": "never"}}, {"FLEET_EDGE_SECONDS": "0"}, viewer_request(pages=False)),
        (
            {"env": {"FLEET_PAGE_CACHE": "off"}},
            {"FLEET_EDGE_SECONDS": "0"},
            viewer_request(pages=False),
        ),
    ],
)
def test_what_a_site_says_of_its_edge(
    programs: Programs, fields: dict[str, Any], told: dict[str, str], code: str | None
) -> None:
    """Where the function has to differ the site has one of its own; the cell's stays as it is."""
    recording = programs.run({"blog": site("blog", **fields)}, EDGE)
    assert told.items() <= variables(recording).items()
    functions = {each.name: each for each in recording.of_type("cloudfront:Function")}
    assert functions["base-edge"].inputs["code"] == viewer_request()
    behavior = distribution(recording).inputs["defaultCacheBehavior"]
    (called,) = behavior["functionAssociations"]
    used = functions["base-edge" if code is None else "blog"]
    assert called["functionArn"] == used.state["arn"]
    assert code is None or used.inputs["code"] == code
    kept = told.get("FLEET_EDGE_SECONDS") != "0"
    assert behavior["cachePolicyId"] == (BY_THE_ORIGINS_WORD if kept else NEVER_KEPT)
