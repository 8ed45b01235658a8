"""A site's host names in the zones that the program may write."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.parts import NO_OUTPUTS
from components.site.context import SiteContext
from components.site.edge import Edge
from fleet.site.dns import label_of, record_types, zoned_hosts


class Records:
    """Alias records of each host. One that stands in the zone already is refused, not overwritten.

    They lead to the distribution or, without an edge, to the load balancer, which has no IPv6
    address.
    """

    outputs = NO_OUTPUTS

    def __init__(self, context: SiteContext) -> None:
        base, distribution = context.base, context.part(Edge).distribution
        name, zone_id = base.load_balancer_dns_name, base.load_balancer_zone_id
        if distribution is not None:
            name, zone_id = distribution.domain_name, distribution.hosted_zone_id
        for host, zone in zoned_hosts(context.site, context.settings).items():
            for type_ in record_types(context.settings):
                _alias(context, host, zone, type_, (name, zone_id))


def _alias(
    context: SiteContext,
    host: str,
    zone: str,
    type_: str,
    target: tuple[pulumi.Input[str], pulumi.Input[str]],
) -> None:
    name = f"{context.site.name}-{label_of(host)}"
    aws.route53.Record(
        name if type_ == "A" else f"{name}-{type_.lower()}",
        zone_id=context.base.zone_ids[zone],
        name=host,
        type=type_,
        aliases=[{"name": target[0], "zone_id": target[1], "evaluate_target_health": False}],
        opts=context.child,
    )
