"""The certificates by which a site's hosts are served."""

import pulumi
import pulumi_aws as aws

from components.certificates import issued_certificate
from components.parts import NO_OUTPUTS
from components.site.context import SiteContext
from fleet.settings.edge import EDGE_REGION, at_edge
from fleet.site.certificate import certificate_name, foreign_hosts, own_certificates


class Certificate:
    """The one that the site names, or those that `up` makes: on the listener beside its own, or at
    the edge, where there is one a distribution.

    A host in no zone of the program has one of its own, which isn't waited for: its owner proves it
    when he likes, and a run after that takes it to the listener, which takes issued ones only.
    """

    outputs = NO_OUTPUTS
    at_edge: pulumi.Input[str] | None
    """ARN of the distribution's; None without an edge."""

    def __init__(self, context: SiteContext) -> None:
        self._context = context
        site, settings = context.site, context.settings
        region = EDGE_REGION if at_edge(settings) else None
        arns: list[pulumi.Input[str]] = [*(site.certificate_arn or ())]
        for number, hosts in enumerate(own_certificates(site, settings), start=1):
            name = f"{site.name}-certificate-{number}"
            zones = context.base.zone_ids
            arns.append(issued_certificate(name, hosts, context, zones, region=region))
        self.at_edge = None
        if at_edge(settings):
            shared = settings.certificate_arn
            self.at_edge = (arns or shared or [context.base.edge["certificate"]])[0]
            return
        for number, arn in enumerate(arns, start=1):
            self._list(f"{site.name}-certificate-{number}", arn)
        for host in foreign_hosts(site, settings):
            self._foreign(host)

    def _foreign(self, host: str) -> None:
        name = certificate_name(self._context.site.name, host)
        certificate = aws.acm.Certificate(
            name, domain_name=host, validation_method="DNS", opts=self._context.child
        )
        if host in self._context.issued:
            self._list(name, certificate.arn)

    def _list(self, name: str, arn: pulumi.Input[str]) -> None:
        aws.lb.ListenerCertificate(
            name,
            listener_arn=self._context.base.listener_arn,
            certificate_arn=arn,
            opts=self._context.child,
        )
