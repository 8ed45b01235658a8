"""Certificates as `fleet dns` and `fleet status` ask for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from simulator.calls import answers
from simulator.errors import AwsError
from simulator.services.acm.rules import CERTIFICATE, in_use
from simulator.world import Resource, World

# There is no time in the simulated account.
_ASKED = datetime(2026, 1, 1, tzinfo=UTC)


@answers("acm", "ListCertificates")
def list_certificates(world: World, params: dict[str, Any]) -> dict[str, Any]:
    statuses = params.get("CertificateStatuses") or ["ISSUED"]
    return {
        "CertificateSummaryList": [
            _summary(world, each)
            for each in world.resources(CERTIFICATE)
            if each.props["status"] in statuses
        ]
    }


@answers("acm", "DescribeCertificate")
def describe_certificate(world: World, params: dict[str, Any]) -> dict[str, Any]:
    found = world.get(CERTIFICATE, params["CertificateArn"])
    if found is None:
        raise AwsError(
            "ResourceNotFoundException",
            f"Could not find certificate {params['CertificateArn']}.",
        )
    options = [
        {
            "DomainName": option["domainName"],
            "ResourceRecord": {
                "Name": option["resourceRecordName"],
                "Type": option["resourceRecordType"],
                "Value": option["resourceRecordValue"],
            },
        }
        for option in found.props["domainValidationOptions"]
    ]
    return {
        "Certificate": {
            "CertificateArn": found.key,
            "DomainName": found.props["domainName"],
            "SubjectAlternativeNames": found.props["subjectAlternativeNames"],
            "Status": found.props["status"],
            "DomainValidationOptions": options,
        }
    }


def _summary(world: World, certificate: Resource) -> dict[str, Any]:
    return {
        "CertificateArn": certificate.key,
        "DomainName": certificate.props["domainName"],
        "SubjectAlternativeNameSummaries": certificate.props["subjectAlternativeNames"],
        "Status": certificate.props["status"],
        "InUse": in_use(world, certificate.key),
        "CreatedAt": _ASKED,
    }
