"""The web ACL before the sites: at their distributions, or at the load balancer."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components.base.context import BaseContext
from components.base.load_balancer import LoadBalancer
from components.base.waf_defence import WafDefence
from components.parts import NO_OUTPUTS
from fleet.names import web_acl_log_group
from fleet.settings.edge import EDGE_REGION, at_edge
from fleet.settings.waf import WafSettings, address_lists
from fleet.settings.waf_rules import web_acl_rules


class Waf:
    """The ACL, its lists of addresses and its log; nothing without the setting `waf`.

    In the log is what was refused or counted, without cookies and passwords' header.
    """

    outputs = NO_OUTPUTS
    arn: pulumi.Output[str] | None
    """Of the ACL; each distribution names it, since none can be attached from here."""

    def __init__(self, context: BaseContext) -> None:
        self._context, self._name = context, f"{context.name}-waf"
        # What stands before CloudFront is of one region, wherever the sites are.
        self._at_edge = at_edge(context.settings)
        self._region = EDGE_REGION if self._at_edge else None
        self._scope = "CLOUDFRONT" if self._at_edge else "REGIONAL"
        self.arn = None
        waf = context.settings.waf
        if waf is None:
            return
        self.arn = self._acl(waf)
        if not self._at_edge:
            aws.wafv2.WebAclAssociation(
                self._name,
                resource_arn=context.part(LoadBalancer).arn,
                web_acl_arn=self.arn,
                opts=context.child,
            )
        self._log(self.arn)

    def _acl(self, waf: WafSettings) -> pulumi.Output[str]:
        ip_sets = {
            name: aws.wafv2.IpSet(
                f"{self._name}-{name}",
                scope=self._scope,
                ip_address_version="IPV6" if name.endswith("6") else "IPV4",
                addresses=list(addresses),
                region=self._region,
                opts=self._context.child,
            ).arn
            for name, addresses in address_lists(waf).items()
        }
        counted = self._context.counted_hosts
        return aws.wafv2.WebAcl(
            self._name,
            scope=self._scope,
            default_action={"allow": {}},
            # As text, since the provider's own form nests three statements at most.
            rule_json=pulumi.Output.all(
                ip_sets=ip_sets, challenges=self._context.part(WafDefence).group_arn
            ).apply(lambda arns: json.dumps(web_acl_rules(waf, counted, **arns))),
            visibility_config={
                "cloudwatch_metrics_enabled": True,
                "metric_name": self._name,
                "sampled_requests_enabled": True,
            },
            region=self._region,
            opts=self._context.child,
        ).arn

    def _log(self, acl: pulumi.Output[str]) -> None:
        settings = self._context.settings
        group = aws.cloudwatch.LogGroup(
            self._name,
            # AWS takes no log whose name begins otherwise.
            name=web_acl_log_group(settings.environment, settings.cell),
            retention_in_days=settings.log_retention_days,
            # A key is of its region.
            kms_key_id=None if self._at_edge else settings.kms_key_arn,
            region=self._region,
            opts=self._context.child,
        )
        aws.wafv2.WebAclLoggingConfiguration(
            self._name,
            resource_arn=acl,
            log_destination_configs=[group.arn],
            redacted_fields=[
                {"single_header": {"name": name}} for name in ("authorization", "cookie")
            ],
            logging_filter={
                "default_behavior": "DROP",
                "filters": [
                    {
                        "behavior": "KEEP",
                        "requirement": "MEETS_ANY",
                        "conditions": [
                            {"action_condition": {"action": "BLOCK"}},
                            {"action_condition": {"action": "COUNT"}},
                        ],
                    }
                ],
            },
            region=self._region,
            opts=self._context.child,
        )
