"""The way from the load balancer to a site: its target group and its host rules."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.site.context import SiteContext
from fleet.site.placement import Rule

# Well under Spot's two minutes, so that a leaving task has served its last request in time.
DEREGISTRATION_SECONDS = 60
HEALTH_CHECK_SECONDS = 15
# ECS registers each task with the port of its container. The group's own holds for targets that
# name none, and to change it would replace the group under the site's visitors.
DEFAULT_PORT = 8080
HEALTH_CHECK_TIMEOUT_SECONDS = 5

# At most 1,024 characters, AWS's limit of a fixed response.
PAUSED_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Be right back</title>'
    '<meta name="viewport" content="width=device-width">'
    '<body style="font:1.1em system-ui;max-width:34em;margin:20vh auto;padding:0 1em">'
    "<h1>Be right back</h1><p>This site is paused for the moment. Please come again later.</p>"
)


class Routing:
    """Target group and listener rules. While a site is not live its rules answer 503."""

    target_group_arn: pulumi.Output[str]
    target_group_arn_suffix: pulumi.Output[str]
    rules: list[aws.lb.ListenerRule]

    def __init__(self, context: SiteContext) -> None:
        group = _target_group(context)
        action = _forward(group.arn) if context.live else _unavailable()
        self.rules = [_rule(rule, action, context) for rule in context.rules]
        self.target_group_arn = group.arn
        self.target_group_arn_suffix = group.arn_suffix
        self.outputs = {"target_group_arn": self.target_group_arn}


def _target_group(context: SiteContext) -> aws.lb.TargetGroup:
    # The name is automatic: a fixed one makes replacement fail, since the old group is still
    # in use. A site name of 24 characters, a hyphen and 7 digits are AWS's 32.
    return aws.lb.TargetGroup(
        context.site.name,
        target_type="ip",
        protocol="HTTP",
        port=DEFAULT_PORT,
        vpc_id=context.base.vpc_id,
        load_balancing_algorithm_type="least_outstanding_requests",
        deregistration_delay=DEREGISTRATION_SECONDS,
        health_check={
            "path": context.site.health.path,
            "matcher": "200-299",
            "interval": HEALTH_CHECK_SECONDS,
            "timeout": HEALTH_CHECK_TIMEOUT_SECONDS,
            "healthy_threshold": 2,
            "unhealthy_threshold": 3,
        },
        opts=context.child,
    )


def _rule(
    rule: Rule, action: aws.lb.ListenerRuleActionArgsDict, context: SiteContext
) -> aws.lb.ListenerRule:
    return aws.lb.ListenerRule(
        f"{context.site.name}-{rule.name}",
        listener_arn=context.base.listener_arn,
        priority=rule.priority,
        conditions=[{"host_header": {"values": list(rule.hosts)}}],
        actions=[action],
        # A rule keeps the priority that it was made with. Another site that comes or goes may
        # change what placement would give it now, and must not touch it.
        opts=pulumi.ResourceOptions(parent=context.owner, ignore_changes=["priority"]),
    )


def _forward(target_group_arn: pulumi.Input[str]) -> aws.lb.ListenerRuleActionArgsDict:
    return {"type": "forward", "target_group_arn": target_group_arn}


def _unavailable() -> aws.lb.ListenerRuleActionArgsDict:
    return {
        "type": "fixed-response",
        "fixed_response": {
            "status_code": "503",
            "content_type": "text/html",
            "message_body": PAUSED_PAGE,
        },
    }
