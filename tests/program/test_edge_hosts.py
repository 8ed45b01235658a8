"""Hosts that another distribution has."""

from __future__ import annotations

import pulumi
import pytest

from fleet.settings.load import parse_settings
from fleet.site.dns import site_records
from fleet.site.model import Site
from tests.program.fleets import EDGE, PLAIN, SMALL, Programs, site
from tests.program.test_edge import distribution
from tests.program.test_edge_refusals import held


def test_a_host_of_a_site_that_goes_in_the_same_run_is_refused(programs: Programs) -> None:
    """Its distribution would be there until the end of the run."""
    outputs = {"aliases": ["blog.example.com"]}
    old = {"type": "aws:cloudfront/distribution:Distribution", "outputs": outputs}
    words = "sites.blog.domains: found blog.example.com, which the distribution of old has"
    with pytest.raises(pulumi.RunError, match=words):
        programs.run(PLAIN, EDGE, stack_resources=held(("old", old)))


def test_a_host_that_another_distribution_has_is_certified_and_not_taken(
    programs: Programs,
) -> None:
    """CloudFront hands a name over to a distribution whose certificate is for it."""
    hosts = ["blog.example.com", "www.example.com"]
    fields = {"domains": hosts, "cdn": {"elsewhere": ["www.example.com"]}}
    recording = programs.run({"blog": site("blog", **fields)}, EDGE)
    found = distribution(recording)
    assert found.inputs["aliases"] == ["blog.example.com"]
    own = recording.named("acm:Certificate", "blog-certificate-1")
    assert [own.inputs["domainName"], *own.inputs["subjectAlternativeNames"]] == hosts
    assert found.inputs["viewerCertificate"]["acmCertificateArn"] == own.state["arn"]
    declared = Site.model_validate({"name": "blog", **site("blog", **fields)})
    settings = parse_settings({**SMALL, **EDGE}, environment="test", source=None)
    address = found.state["domainName"]
    (move,) = (each for each in site_records(declared, settings, address) if each.type == "TXT")
    assert (move.name, move.value, move.purpose) == ("_www.example.com", address, "the move")
