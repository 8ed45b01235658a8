"""The certificates by which the listener serves a site's hosts."""

import pulumi
import pulumi_aws as aws

from components.certificates import issued_certificate
from components.parts import NO_OUTPUTS
from components.site.context import SiteContext
from fleet.site.certificate import own_certificates


class Certificate:
    """Beside the listener's own: the one that the site names, or those that `up` makes."""

    outputs = NO_OUTPUTS

    def __init__(self, context: SiteContext) -> None:
        site, base = context.site, context.base
        arns: list[pulumi.Input[str]] = [site.certificate_arn] if site.certificate_arn else []
        for number, hosts in enumerate(own_certificates(site, context.settings), start=1):
            name = f"{site.name}-certificate-{number}"
            arns.append(issued_certificate(name, hosts, context, base.zone_ids))
        for number, arn in enumerate(arns, start=1):
            aws.lb.ListenerCertificate(
                f"{site.name}-certificate-{number}",
                listener_arn=base.listener_arn,
                certificate_arn=arn,
                opts=context.child,
            )
