"""Certificates: asked for, proved by records in DNS, issued, in use."""

from __future__ import annotations

import hashlib
from typing import Any

from fleet.quotas import NAMES_A_CERTIFICATE
from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for
from simulator.world import Resource, World

CERTIFICATE = "aws:acm/certificate:Certificate"
RECORD = "aws:route53/record:Record"
# What serves a certificate, and where it names it.
_USERS = ("aws:lb/listener:Listener", "aws:lb/listenerCertificate:ListenerCertificate")
_DISTRIBUTION = "aws:cloudfront/distribution:Distribution"


@rules_for(CERTIFICATE)
class Certificate(Rules):
    """A certificate."""

    def canonical(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """The provider adds the first name to the others, as ACM does."""
        names = {inputs.get("domainName"), *(inputs.get("subjectAlternativeNames") or [])}
        return {**inputs, "subjectAlternativeNames": sorted(map(str, names))}

    def compute(self, call: Call) -> None:
        """All its names, and the record that proves each."""
        first = str(call.props["domainName"])
        others = call.props.get("subjectAlternativeNames") or []
        names = list(dict.fromkeys([first, *map(str, others)]))
        call.props["subjectAlternativeNames"] = names
        call.props["domainValidationOptions"] = [_option(name) for name in names]

    def create(self, call: Call) -> None:
        """As many names as an account has from the beginning."""
        names = call.props["subjectAlternativeNames"]
        if len(names) > NAMES_A_CERTIFICATE:
            raise AwsError(
                "LimitExceededException",
                f"Error: you have reached the maximum number of {NAMES_A_CERTIFICATE} domain names",
            )

    def forgets(self, resource: Resource) -> bool:
        """The provider finds no certificate in one that nobody proved for 72 hours."""
        return resource.props["status"] == "VALIDATION_TIMED_OUT"

    def delete(self, call: Call) -> None:
        """Not while a listener or a distribution serves it."""
        arn = call.props["arn"]
        if in_use(call.world, arn):
            raise AwsError("ResourceInUseException", f"Certificate {arn} is in use.")


@rules_for("aws:acm/certificateValidation:CertificateValidation")
class CertificateValidation(Rules):
    """The provider's wait for a certificate."""

    def unsettled(self, world: World, resource: Resource) -> str | None:
        """The records that ACM doesn't find; with all of them it issues the certificate."""
        arn = str(resource.props["certificateArn"])
        certificate = world.get(CERTIFICATE, arn)
        assert certificate is not None
        if missing := missing_proofs(world, certificate):
            return f"ACM Certificate ({arn}) to be issued, which asks for {sorted(missing)}"
        world.update(CERTIFICATE, arn, status="ISSUED", renewalEligibility="ELIGIBLE")
        return None


def missing_proofs(world: World, certificate: Resource) -> set[str]:
    """The certificate's names, without stars, whose records ACM doesn't find."""
    return {
        str(option["domainName"]).removeprefix("*.")
        for option in certificate.props["domainValidationOptions"]
        if not _stands(world, option)
    }


def in_use(world: World, arn: str) -> bool:
    """Whether a listener or a distribution serves it."""
    served = any(world.find(user, certificateArn=arn) for user in _USERS)
    return served or any(_shows(each, arn) for each in world.resources(_DISTRIBUTION))


def _option(name: str) -> dict[str, str]:
    """The same for a name and the wildcard below it, in every certificate of an account."""
    below = name.removeprefix("*.")
    proof = hashlib.md5(below.encode(), usedforsecurity=False).hexdigest()
    return {
        "domainName": name,
        "resourceRecordName": f"_{proof}.{below}.",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": f"_{proof[::-1]}.acm-validations.aws.",
    }


def _shows(distribution: Resource, arn: str) -> bool:
    return distribution.props["viewerCertificate"].get("acmCertificateArn") == arn


def _stands(world: World, option: dict[str, Any]) -> bool:
    name = str(option["resourceRecordName"]).removesuffix(".")
    value = str(option["resourceRecordValue"]).removesuffix(".")
    return any(
        value in [str(each).removesuffix(".") for each in record.props.get("records") or []]
        for record in world.find(RECORD, name=name, type="CNAME")
    )
