"""What the sites of a stack share to send mail by SES."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components import policies
from components.base.context import BaseContext
from components.base.zones import Zones
from components.mail_domain import make_mail_domain
from components.parts import NO_OUTPUTS
from fleet.settings.mail import mail_domain, sends_by_ses
from fleet.site.mail import configuration_set_name

# What says that mail goes wrong. Deliveries would be a message each.
EVENTS = ["BOUNCE", "COMPLAINT", "REJECT"]


class Mail:
    """The environment's domain, a configuration set, and a topic that hears of bounces.

    Nothing without the setting `mail`, nor where mails aren't sent.
    """

    outputs = NO_OUTPUTS
    arns: Mapping[str, pulumi.Input[str]]
    """Of the `identity` and of the `configuration_set`; empty where there are none."""

    def __init__(self, context: BaseContext) -> None:
        settings = context.settings
        domain = mail_domain(settings)
        self.arns = {}
        if domain is None or not sends_by_ses(settings):
            return
        name = f"{context.name}-mail"
        configuration_set = aws.sesv2.ConfigurationSet(
            name,
            configuration_set_name=configuration_set_name(settings),
            delivery_options={"tls_policy": "REQUIRE"},
            reputation_options={"reputation_metrics_enabled": True},
            # Whoever bounced or complained gets no more mail from the account.
            suppression_options={"suppressed_reasons": ["BOUNCE", "COMPLAINT"]},
            opts=context.child,
        )
        self._bounces(context, name, configuration_set)
        identity = make_mail_domain(
            context,
            name,
            domain,
            configuration_set=configuration_set.configuration_set_name,
            zone_ids=context.part(Zones).ids,
            with_dmarc=True,
        )
        self.arns = {"identity": identity, "configuration_set": configuration_set.arn}

    def _bounces(
        self, context: BaseContext, name: str, configuration_set: aws.sesv2.ConfigurationSet
    ) -> None:
        topic = aws.sns.Topic(
            name,
            # Fixed, so that whoever subscribes knows it without asking.
            name=f"{configuration_set_name(context.settings)}-mail",
            opts=context.child,
        )
        policy = aws.sns.TopicPolicy(
            name,
            arn=topic.arn,
            policy=pulumi.Output.all(topic.arn, configuration_set.arn).apply(
                lambda v: json.dumps(policies.mail_topic(topic_arn=v[0], set_arn=v[1]))
            ),
            opts=context.child,
        )
        aws.sesv2.ConfigurationSetEventDestination(
            name,
            configuration_set_name=configuration_set.configuration_set_name,
            event_destination_name="bounces",
            event_destination={
                "enabled": True,
                "matching_event_types": EVENTS,
                "sns_destination": {"topic_arn": topic.arn},
            },
            opts=pulumi.ResourceOptions(parent=context.owner, depends_on=[policy]),
        )
