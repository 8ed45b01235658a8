"""The certificates by which a site's hosts are served."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.certificates import issued_certificate
from components.parts import NO_OUTPUTS
from components.site.context import SiteContext
from fleet.settings.edge import EDGE_REGION, at_edge
from fleet.site.certificate import (
    covers,
    foreign_hosts,
    own_certificates,
    owners_certificate_name,
    owners_certificates,
)


class Certificate:
    """The one that the site names, or those that `up` makes: on the listener beside its own, or at
    the edge, where there is one a distribution.

    What the owners of hosts in no zone have to prove isn't waited for: a run after ACM has issued
    it takes it to the listener or the distribution, which take issued ones only.
    """

    outputs = NO_OUTPUTS
    at_edge: pulumi.Input[str] | None = None
    """ARN of the distribution's; None without an edge."""
    hosts: Sequence[str] = ()
    """The site's hosts that it is for."""

    def __init__(self, context: SiteContext) -> None:
        self._context = context
        site, settings = context.site, context.settings
        self._region = EDGE_REGION if at_edge(settings) else None
        arns: list[pulumi.Input[str]] = [*(site.certificate_arn or ())]
        for number, hosts in enumerate(own_certificates(site, settings), start=1):
            name = f"{site.name}-certificate-{number}"
            zones = context.base.zone_ids
            arns.append(issued_certificate(name, hosts, context, zones, region=self._region))
        if at_edge(settings):
            shared = settings.certificate_arn
            self._of_distribution((arns or shared or [context.base.edge["certificate"]])[0])
            return
        for number, arn in enumerate(arns, start=1):
            self._list(f"{site.name}-certificate-{number}", arn)
        for hosts in owners_certificates(site, settings):
            arn = self._of_owners(hosts)
            if hosts[0] in context.issued:
                self._list(owners_certificate_name(site.name, hosts), arn)

    def _of_distribution(self, proved: pulumi.Input[str]) -> None:
        """The owners' certificate once one is issued; until then what `up` proves itself.

        The one that serves stays while one for other hosts waits.
        """
        site, settings, issued = self._context.site, self._context.settings, self._context.issued
        foreign = foreign_hosts(site, settings)
        self.at_edge, self.hosts = proved, [each for each in site.domains if each not in foreign]
        for hosts in owners_certificates(site, settings):
            if set(hosts) != set(issued):
                self._of_owners(hosts)
        if issued:
            self.at_edge = self._of_owners(issued)
            self.hosts = [
                host for host in site.domains if any(covers(name, host) for name in issued)
            ]

    def _of_owners(self, hosts: Sequence[str]) -> pulumi.Output[str]:
        certificate = aws.acm.Certificate(
            owners_certificate_name(self._context.site.name, hosts),
            domain_name=hosts[0],
            subject_alternative_names=list(hosts[1:]) or None,
            validation_method="DNS",
            region=self._region,
            opts=self._context.child,
        )
        return certificate.arn

    def _list(self, name: str, arn: pulumi.Input[str]) -> None:
        aws.lb.ListenerCertificate(
            name,
            listener_arn=self._context.base.listener_arn,
            certificate_arn=arn,
            opts=self._context.child,
        )
