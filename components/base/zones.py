"""The Route 53 zones that the program may write."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.base.context import BaseContext
from components.parts import NO_OUTPUTS


class Zones:
    """Public zones of the account, by their names. Whoever made them keeps them."""

    outputs = NO_OUTPUTS
    ids: Mapping[str, pulumi.Input[str]]
    """Name of a zone -> its id."""

    def __init__(self, context: BaseContext) -> None:
        self.ids = {
            zone: aws.route53.get_zone_output(name=zone, private_zone=False).zone_id
            for zone in context.settings.zones
        }
