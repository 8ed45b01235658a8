"""What CloudFront refuses."""

from __future__ import annotations

from typing import Any

import pytest

from fleet import quotas
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import RefusedError
from tests.engine.simulator.samples import Samples

ELSEWHERE = a.CERTIFICATE.replace("us-east-1", "eu-west-1")


def refused(samples: Samples, **inputs: Any) -> str:
    with pytest.raises(RefusedError) as error:
        samples.make(a.DISTRIBUTION, **inputs)
    return str(error.value)


def viewer(arn: str) -> dict[str, Any]:
    return {"acmCertificateArn": arn, "sslSupportMethod": "sni-only"}


def test_an_alias_of_two_distributions(samples: Samples) -> None:
    samples.make(a.DISTRIBUTION, aliases=["www.example.com"])
    assert "CNAMEAlreadyExists" in refused(samples, aliases=["b.example.com", "www.example.com"])


def test_a_certificate_of_another_region(samples: Samples) -> None:
    assert "us-east-1" in refused(samples, viewerCertificate=viewer(ELSEWHERE))


def test_a_certificate_that_isnt_issued_or_is_for_others(samples: Samples) -> None:
    waiting = samples.make(a.OWN_CERTIFICATE, domainName="www.example.com")
    given: dict[str, Any] = {"viewerCertificate": viewer(waiting["arn"])}
    assert "isn't issued" in refused(samples, aliases=["www.example.com"], **given)
    samples.aws.world.update(a.OWN_CERTIFICATE, waiting["arn"], status="ISSUED")
    assert "doesn't cover" in refused(samples, aliases=["shop.example.com"], **given)
    samples.make(a.DISTRIBUTION, aliases=["www.example.com"], **given)
    with pytest.raises(RefusedError, match="ResourceInUse"):
        samples.aws.delete(waiting)


def test_an_alias_without_a_certificate(samples: Samples) -> None:
    assert "trusted certificate" in refused(
        samples, viewerCertificate={"cloudfrontDefaultCertificate": True}
    )


def test_an_origin_that_isnt_there(samples: Samples) -> None:
    inputs = samples.inputs(a.DISTRIBUTION)
    behavior = {**inputs["defaultCacheBehavior"], "targetOriginId": "other"}
    assert "NoSuchOrigin" in refused(samples, defaultCacheBehavior=behavior)


def test_a_vpc_origin_in_use_is_neither_changed_nor_deleted(samples: Samples) -> None:
    made = samples.make(a.VPC_ORIGIN)
    samples.aws.update(made, tags={"Team": "web"})
    inputs = samples.inputs(a.DISTRIBUTION)
    (origin,) = inputs["origins"]
    samples.make(a.DISTRIBUTION, origins=[{**origin, "vpcOriginConfig": {"vpcOriginId": made.id}}])
    with pytest.raises(RefusedError, match="CannotUpdateEntityWhileInUse"):
        samples.aws.update(made, tags={"Team": "shop"})
    with pytest.raises(RefusedError, match="CannotDeleteEntityWhileInUse"):
        samples.aws.delete(made)


def test_a_vpc_origin_before_a_public_load_balancer(samples: Samples) -> None:
    public = samples.make(a.BALANCER)
    config = {**samples.inputs(a.VPC_ORIGIN)["vpcOriginEndpointConfig"], "arn": public["arn"]}
    with pytest.raises(RefusedError, match="private subnet"):
        samples.make(a.VPC_ORIGIN, vpcOriginEndpointConfig=config)


@pytest.mark.parametrize(
    ("quota", "error"),
    [
        ("DISTRIBUTIONS_A_VPC_ORIGIN", "TooManyDistributionsWithVpcOrigin"),
        ("DISTRIBUTIONS_A_FUNCTION", "TooManyDistributionsWithFunctionAssociations"),
        ("DISTRIBUTIONS_A_POLICY", "TooManyDistributionsAssociatedToResponseHeadersPolicy"),
        ("DISTRIBUTIONS_AN_ACCOUNT", "TooManyDistributions"),
    ],
)
def test_what_distributions_share_takes_so_many(
    samples: Samples, monkeypatch: pytest.MonkeyPatch, quota: str, error: str
) -> None:
    monkeypatch.setattr(quotas, quota, 2)
    samples.make(a.DISTRIBUTION)
    samples.make(a.DISTRIBUTION)
    assert error in refused(samples)


@pytest.mark.parametrize("code", ["function other(event) {}", "// " + "x" * quotas.FUNCTION_BYTES])
def test_a_function_without_handler_or_too_large(samples: Samples, code: str) -> None:
    with pytest.raises(RefusedError, match=r"no handler|FunctionSizeLimitExceeded"):
        samples.make(a.EDGE_FUNCTION, code=code)
