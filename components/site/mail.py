"""A site as a sender of mail by SES."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.mail_domain import make_mail_domain
from components.parts import NO_OUTPUTS
from components.site.context import SiteContext
from fleet.site.mail import configuration_set_name, tenant_name, way_of


class Mail:
    """A tenant, so that complaints about one site pause that site alone, and what it may use.

    With `mail.from` the site's own domain, too. Nothing for a site that doesn't send by SES.
    """

    outputs = NO_OUTPUTS
    sends_by: list[pulumi.Input[str]]
    """ARNs of the identities and of the configuration set that the site may send by."""

    def __init__(self, context: SiteContext) -> None:
        site, settings, base = context.site, context.settings, context.base
        self.sends_by = []
        if way_of(site, settings) != "ses":
            return
        named = {"shared": base.mail_arns["identity"], "set": base.mail_arns["configuration_set"]}
        own = site.mail.own_domain
        if own is not None:
            named["own"] = make_mail_domain(
                context,
                f"{site.name}-mail",
                own,
                configuration_set=configuration_set_name(settings),
                zone_ids=base.zone_ids,
                with_dmarc=False,
            )
        tenant = aws.sesv2.Tenant(
            f"{site.name}-mail",
            tenant_name=tenant_name(site.name, settings),
            opts=context.child,
        )
        for name, arn in named.items():
            aws.sesv2.TenantResourceAssociation(
                f"{site.name}-mail-{name}",
                tenant_name=tenant.tenant_name,
                resource_arn=arn,
                opts=context.child,
            )
        self.sends_by = list(named.values())
