"""The certificate that the load balancer's listener begins with."""

import pulumi

from components.base.context import BaseContext
from components.base.zones import Zones
from components.certificates import issued_certificate
from components.parts import NO_OUTPUTS
from fleet.settings.certificates import first_host, makes_certificates


class Certificate:
    """One that was there before, or one by `up`; none where sites are served over plain HTTP."""

    outputs = NO_OUTPUTS
    arn: pulumi.Input[str] | None

    def __init__(self, context: BaseContext) -> None:
        self.arn = context.settings.certificate_arn
        if makes_certificates(context.settings):
            self.arn = issued_certificate(
                f"{context.name}-certificate",
                (first_host(context.settings, context.settings.cell),),
                context,
                context.part(Zones).ids,
            )
