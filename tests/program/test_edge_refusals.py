"""What `edge: cloudfront` can't do, said before anything is made."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from fleet.names import PROJECT
from tests.program.fleets import CERTIFICATE, EDGE, PLAIN, Programs, site

COOKIES = "FLEET_PAGE_CACHE_BYPASS_COOKIES"


@pytest.mark.parametrize(
    ("fields", "settings", "words"),
    [
        ({"cdn": {"ttl": "1h"}}, {"edge": "none"}, r"blog.cdn: found it in an environment without"),
        (
            {"cdn": {"cookies": [f"a-long-beginning-of-a-name-{n}" for n in range(300)]}},
            {},
            r"blog.cdn.cookies: found 300 names, with which the function of the edge has \d",
        ),
        (
            {"env": {COOKIES: ",".join(f"a-long-beginning-of-a-name-{n}" for n in range(300))}},
            {},
            r"blog.env.FLEET_\w+: found 300 names",
        ),
        (
            {"domains": [f"{letter}.example.com" for letter in "abcdefghijk"]},
            {},
            r"blog.domains: found 11 hosts, while a distribution has one certificate",
        ),
        (
            {"domains": [f"{letter}.example.com" for letter in "abcdefghi"] + ["client.example"]},
            {},
            r"blog.domains: found 10 hosts, .* makes it for 9 beside the site's own address",
        ),
        (
            {"cdn": {"elsewhere": ["shop.example.com"]}},
            {},
            r"elsewhere\[0\]: found shop.example.com, which is no host of the site",
        ),
        (
            {"certificate_arn": CERTIFICATE.replace("us-east-1", "eu-west-1")},
            {},
            r"blog.certificate_arn: found arn:aws:acm:eu-west-1.* one certificate, of ACM in us-",
        ),
        (
            {"certificate_arn": [CERTIFICATE, CERTIFICATE[:-1] + "1"]},
            {},
            r"blog.certificate_arn: found arn.*1 in an environment with an edge, which takes one",
        ),
        (
            {},
            {"certificateArn": CERTIFICATE.replace("us-east-1", "eu-west-1")},
            r"certificateArn: found arn:aws:acm:eu-west-1",
        ),
        ({}, {"zones": []}, r"edge: found edge: cloudfront with no zones"),
        ({}, {"allowHttp": True}, r"edge: found edge: cloudfront with allowHttp"),
    ],
)
def test_what_no_edge_can_do_is_refused(
    programs: Programs, fields: dict[str, Any], settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(pulumi.RunError, match=words):
        programs.run({"blog": site("blog", **fields)}, {**EDGE, **settings})


BALANCER = {"type": "aws:lb/loadBalancer:LoadBalancer", "outputs": {"internal": False}}
SITE = {"type": "wordpress-fleet:index:WordPressSite", "outputs": {"protected": False}}


def held(*resources: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {f"urn:pulumi:test::{PROJECT}::x::{name}": each for name, each in resources}


def test_an_edge_is_refused_once_sites_stand_without(programs: Programs) -> None:
    stands = held(("base-alb", BALANCER), ("blog", SITE))
    with pytest.raises(pulumi.RunError, match="edge: found cloudfront for a stack whose sites"):
        programs.run(PLAIN, EDGE, stack_resources=stands)
    assert programs.registered == []
    # Without a site there is nothing that would be away.
    programs.run(PLAIN, EDGE, stack_resources=held(("base-alb", BALANCER)))
