"""A domain that SES sends from: the identity, where bounces go, and its records in a zone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.base.context import BaseContext
from components.site.context import SiteContext
from fleet.settings.mail_records import DKIM_TOKENS, MailRecord, bounce_domain, mail_records
from fleet.settings.zones import zone_of

RECORD_SECONDS = 3_600


def make_mail_domain(
    context: BaseContext | SiteContext,
    name: str,
    domain: str,
    *,
    configuration_set: pulumi.Input[str],
    zone_ids: Any,
    with_dmarc: bool,
) -> pulumi.Output[str]:
    """The identity's ARN. The records stand in the longest of the program's zones that fits."""
    identity = aws.sesv2.EmailIdentity(
        name, email_identity=domain, configuration_set_name=configuration_set, opts=context.child
    )
    aws.sesv2.EmailIdentityMailFromAttributes(
        name,
        email_identity=identity.email_identity,
        mail_from_domain=bounce_domain(domain),
        # SES's own domain takes the bounces until the record is there.
        behavior_on_mx_failure="USE_DEFAULT_VALUE",
        opts=context.child,
    )
    zone = zone_of(domain, context.settings.zones)
    if zone is not None:
        region = aws.get_region_output().region
        tokens = identity.dkim_signing_attributes.apply(lambda signing: signing.tokens)
        records = pulumi.Output.all(tokens, region).apply(
            lambda v: mail_records(domain, v[1], v[0], with_dmarc=with_dmarc)
        )
        for index, made in enumerate(
            mail_records(domain, "", ("",) * DKIM_TOKENS, with_dmarc=with_dmarc)
        ):
            _record(context, f"{name}-{made.label}", index, made.type, records, zone_ids[zone])
    return identity.arn


def _record(
    context: BaseContext | SiteContext,
    name: str,
    index: int,
    type_: str,
    records: pulumi.Output[Sequence[MailRecord]],
    zone_id: pulumi.Input[str],
) -> None:
    aws.route53.Record(
        name,
        zone_id=zone_id,
        name=records.apply(lambda found: found[index].name),
        type=type_,
        ttl=RECORD_SECONDS,
        records=[records.apply(lambda found: found[index].value)],
        opts=context.child,
    )
