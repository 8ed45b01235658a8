"""The way from the load balancer to a site: its target group and its host rules."""

import pulumi
import pulumi_aws as aws

from fleet.site.health import Health
from fleet.site.placement import Rule

TYPE = "wordpress-fleet:index:Routing"

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


class Routing(pulumi.ComponentResource):
    """Target group and listener rules. While a site is not live its rules answer 503."""

    target_group_arn: pulumi.Output[str]
    target_group_arn_suffix: pulumi.Output[str]
    rules: list[aws.lb.ListenerRule]

    def __init__(
        self,
        name: str,
        *,
        site: str,
        health: Health,
        live: bool,
        rules: tuple[Rule, ...],
        vpc_id: pulumi.Input[str],
        listener_arn: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(TYPE, name, {}, opts)
        group = self._target_group(site, health, vpc_id)
        action = _forward(group.arn) if live else _unavailable()
        self.rules = [self._rule(site, rule, action, listener_arn) for rule in rules]
        self.target_group_arn = group.arn
        self.target_group_arn_suffix = group.arn_suffix
        self.register_outputs({"target_group_arn": self.target_group_arn})

    def _target_group(
        self, site: str, health: Health, vpc_id: pulumi.Input[str]
    ) -> aws.lb.TargetGroup:
        # The name is automatic: a fixed one makes replacement fail, since the old group is still
        # in use. A site name of 24 characters, a hyphen and 7 digits are AWS's 32.
        return aws.lb.TargetGroup(
            site,
            target_type="ip",
            protocol="HTTP",
            port=DEFAULT_PORT,
            vpc_id=vpc_id,
            load_balancing_algorithm_type="least_outstanding_requests",
            deregistration_delay=DEREGISTRATION_SECONDS,
            health_check={
                "path": health.path,
                "matcher": "200-299",
                "interval": HEALTH_CHECK_SECONDS,
                "timeout": HEALTH_CHECK_TIMEOUT_SECONDS,
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
            },
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _rule(
        self,
        site: str,
        rule: Rule,
        action: aws.lb.ListenerRuleActionArgsDict,
        listener_arn: pulumi.Input[str],
    ) -> aws.lb.ListenerRule:
        return aws.lb.ListenerRule(
            f"{site}-{rule.name}",
            listener_arn=listener_arn,
            priority=rule.priority,
            conditions=[{"host_header": {"values": list(rule.hosts)}}],
            actions=[action],
            # A rule keeps the priority that it was made with. Another site that comes or goes may
            # change what placement would give it now, and must not touch it.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["priority"]),
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
