"""Certificates of ACM, proved by records in the zones that the program may write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components.parts import Context
from fleet.settings.zones import zone_of
from fleet.site.certificate import validated_names


def issued_certificate(
    name: str,
    hosts: tuple[str, ...],
    context: Context,
    zone_ids: Mapping[str, pulumi.Input[str]],
    *,
    region: str | None = None,
) -> pulumi.Output[str]:
    """The ARN of a certificate for the hosts, once ACM has issued it.

    `region`: another than the stack's. The records stay, since ACM looks for them again before each
    renewal.
    """
    certificate = aws.acm.Certificate(
        name,
        domain_name=hosts[0],
        subject_alternative_names=list(hosts[1:]) or None,
        validation_method="DNS",
        region=region,
        opts=context.child,
    )
    records = [
        _record(name, host, certificate, context, zone_ids) for host in validated_names(hosts)
    ]
    validation = aws.acm.CertificateValidation(
        name,
        certificate_arn=certificate.arn,
        validation_record_fqdns=[record.fqdn for record in records],
        region=region,
        opts=context.child,
    )
    return validation.certificate_arn


def _record(
    name: str,
    host: str,
    certificate: aws.acm.Certificate,
    context: Context,
    zone_ids: Mapping[str, pulumi.Input[str]],
) -> aws.route53.Record:
    zone = zone_of(host, context.settings.zones)
    assert zone is not None, f"{host} is in no zone, which the rules of sites.yaml refuse"
    option = certificate.domain_validation_options.apply(lambda options: _option_of(host, options))
    return aws.route53.Record(
        f"{name}-{host}",
        zone_id=zone_ids[zone],
        name=option.apply(lambda each: each["name"]),
        type="CNAME",
        ttl=300,
        records=[option.apply(lambda each: each["value"])],
        # The same for every certificate of a name in one account: one that stands is right.
        allow_overwrite=True,
        opts=context.child,
    )


def _option_of(
    host: str, options: Sequence[aws.acm.outputs.CertificateDomainValidationOption]
) -> dict[str, str]:
    """The record that ACM asks for; `*.host` and `host` have the same one."""
    option = next(each for each in options if str(each.domain_name).removeprefix("*.") == host)
    return {
        "name": str(option.resource_record_name).removesuffix("."),
        "value": str(option.resource_record_value).removesuffix("."),
    }
