"""A site's host names in the zones that the program may write."""

import pulumi_aws as aws

from components.parts import NO_OUTPUTS
from components.site.context import SiteContext
from fleet.site.dns import label_of, zoned_hosts


class Records:
    """An alias record a host. One that stands in the zone already is refused, not overwritten.

    No AAAA: the load balancer has no IPv6 address.
    """

    outputs = NO_OUTPUTS

    def __init__(self, context: SiteContext) -> None:
        base = context.base
        for host, zone in zoned_hosts(context.site, context.settings).items():
            aws.route53.Record(
                f"{context.site.name}-{label_of(host)}",
                zone_id=base.zone_ids[zone],
                name=host,
                type="A",
                aliases=[
                    {
                        "name": base.load_balancer_dns_name,
                        "zone_id": base.load_balancer_zone_id,
                        "evaluate_target_health": False,
                    }
                ],
                opts=context.child,
            )
