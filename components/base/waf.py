"""The web ACL before the load balancer."""

import json

import pulumi
import pulumi_aws as aws

from components.base.context import BaseContext
from components.base.load_balancer import LoadBalancer
from components.parts import NO_OUTPUTS
from fleet.names import web_acl_log_group
from fleet.settings.waf import WafSettings
from fleet.settings.waf_rules import web_acl_rules


class Waf:
    """The ACL, its lists of addresses and its log; nothing without the setting `waf`.

    In the log is what was refused or counted, without cookies and passwords' header.
    """

    outputs = NO_OUTPUTS

    def __init__(self, context: BaseContext) -> None:
        self._context, self._name = context, f"{context.name}-waf"
        waf = context.settings.waf
        if waf is None:
            return
        acl = self._acl(waf)
        aws.wafv2.WebAclAssociation(
            self._name,
            resource_arn=context.part(LoadBalancer).arn,
            web_acl_arn=acl.arn,
            opts=context.child,
        )
        self._log(acl)

    def _acl(self, waf: WafSettings) -> aws.wafv2.WebAcl:
        lists = {"allow": waf.allow, "deny": waf.deny}
        ip_sets = {
            name: aws.wafv2.IpSet(
                f"{self._name}-{name}",
                scope="REGIONAL",
                ip_address_version="IPV4",
                addresses=list(addresses),
                opts=self._context.child,
            ).arn
            for name, addresses in lists.items()
            if addresses
        }
        counted = self._context.counted_hosts
        return aws.wafv2.WebAcl(
            self._name,
            scope="REGIONAL",
            default_action={"allow": {}},
            # As text, since the provider's own form nests three statements at most.
            rule_json=pulumi.Output.all(**ip_sets).apply(
                lambda arns: json.dumps(web_acl_rules(waf, counted, arns))
            ),
            visibility_config={
                "cloudwatch_metrics_enabled": True,
                "metric_name": self._name,
                "sampled_requests_enabled": True,
            },
            opts=self._context.child,
        )

    def _log(self, acl: aws.wafv2.WebAcl) -> None:
        settings = self._context.settings
        group = aws.cloudwatch.LogGroup(
            self._name,
            # AWS takes no log whose name begins otherwise.
            name=web_acl_log_group(settings.environment, settings.cell),
            retention_in_days=settings.log_retention_days,
            kms_key_id=settings.kms_key_arn,
            opts=self._context.child,
        )
        aws.wafv2.WebAclLoggingConfiguration(
            self._name,
            resource_arn=acl.arn,
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
            opts=self._context.child,
        )
