"""The certificate that the load balancer's listener begins with."""

import pulumi

from components.base.context import BaseContext
from components.base.zones import Zones
from components.certificates import issued_certificate
from components.parts import NO_OUTPUTS
from fleet.settings.certificates import first_host, makes_listener_certificate
from fleet.settings.edge import at_edge, origin_host


class Certificate:
    """One that was there before, or one by `up`; none where sites are served over plain HTTP."""

    outputs = NO_OUTPUTS
    arn: pulumi.Input[str] | None

    def __init__(self, context: BaseContext) -> None:
        given = context.settings.certificate_arn
        self.arn = given[0] if given else None
        if makes_listener_certificate(context.settings):
            settings = context.settings
            first = first_host(settings, settings.cell)
            host = origin_host(settings) if at_edge(settings) else first
            self.arn = issued_certificate(
                f"{context.name}-certificate",
                (host,),
                context,
                context.part(Zones).ids,
            )
