"""CloudFront."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    BALANCER,
    CERTIFICATE,
    DISTRIBUTION,
    EDGE_FUNCTION,
    EDGE_HEADERS,
    GATEWAY,
    VPC_ORIGIN,
)

if TYPE_CHECKING:
    from tests.engine.simulator.samples import Samples

CODE = "function handler(event) { return event.request; }"


def _distribution(samples: Samples) -> dict[str, Any]:
    behavior = {
        "targetOriginId": "site",
        "viewerProtocolPolicy": "redirect-to-https",
        "allowedMethods": ["GET", "HEAD"],
        "cachedMethods": ["GET", "HEAD"],
        "cachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        "responseHeadersPolicyId": samples.id(EDGE_HEADERS),
        "functionAssociations": [
            {"eventType": "viewer-request", "functionArn": samples.one(EDGE_FUNCTION)["arn"]}
        ],
    }
    return {
        "enabled": True,
        "aliases": [f"site-{samples.count}.example.com"],
        "origins": [
            {
                "originId": "site",
                "domainName": "origin.example.com",
                "vpcOriginConfig": {"vpcOriginId": samples.id(VPC_ORIGIN)},
            }
        ],
        "defaultCacheBehavior": behavior,
        "orderedCacheBehaviors": [{**behavior, "pathPattern": "/wp-content/*"}],
        "restrictions": {"geoRestriction": {"restrictionType": "none"}},
        "viewerCertificate": {"acmCertificateArn": CERTIFICATE, "sslSupportMethod": "sni-only"},
    }


def _vpc_origin(samples: Samples) -> dict[str, Any]:
    samples.one(GATEWAY)
    balancer = samples.make(BALANCER, internal=True)
    return {
        "vpcOriginEndpointConfig": {
            "name": f"origin-{samples.count}",
            "arn": balancer["arn"],
            "httpPort": 80,
            "httpsPort": 443,
            "originProtocolPolicy": "https-only",
            "originSslProtocols": {"items": ["TLSv1.2"], "quantity": 1},
        }
    }


INPUTS: Inputs = {
    DISTRIBUTION: _distribution,
    EDGE_FUNCTION: lambda s: {"runtime": "cloudfront-js-2.0", "code": CODE},
    EDGE_HEADERS: lambda s: {"removeHeadersConfig": {"items": [{"header": "Fleet-Edge-Tag"}]}},
    VPC_ORIGIN: _vpc_origin,
}
