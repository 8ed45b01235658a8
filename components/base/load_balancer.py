"""The load balancer that all sites of a stack stand behind."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.base.access_logs import AccessLogs
from components.base.certificate import Certificate
from components.base.context import BaseContext
from components.base.network import Network
from fleet.settings.certificates import further_certificates
from fleet.settings.edge import at_edge

# TLS 1.3, and 1.2 with forward secrecy and authenticated encryption only.
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"

# AWS's list of the addresses that CloudFront comes from.
EDGE_ADDRESSES = "com.amazonaws.global.cloudfront.origin-facing"

_NOT_FOUND: aws.lb.ListenerDefaultActionArgsDict = {
    "type": "fixed-response",
    "fixed_response": {
        "status_code": "404",
        "content_type": "text/plain",
        "message_body": "No site of this name.",
    },
}
_TO_HTTPS: aws.lb.ListenerDefaultActionArgsDict = {
    "type": "redirect",
    "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"},
}


class LoadBalancer:
    """ALB with its security group and listeners. A host that no site has gets a 404.

    Behind an edge it has no public address, and takes what comes from CloudFront, by HTTPS alone.

    With a certificate sites are served over HTTPS and HTTP redirects there; without one, which
    takes `allowHttp`, over HTTP.
    """

    arn: pulumi.Output[str]
    arn_suffix: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    listener_arn: pulumi.Output[str]
    """Of the listener that the sites' host rules belong to."""
    listener: aws.lb.Listener

    def __init__(self, context: BaseContext) -> None:
        self._context = context
        self._name = f"{context.name}-alb"
        self._internal = at_edge(context.settings)
        group = self._security_group()
        network = context.part(Network)
        self._load_balancer = aws.lb.LoadBalancer(
            self._name,
            load_balancer_type="application",
            internal=self._internal or None,
            # CloudFront's own interfaces come to lie there, which must be private subnets.
            subnets=[*network.data_zones.values()]
            if self._internal
            else network.load_balancer_subnet_ids,
            security_groups=[group.id],
            access_logs={"bucket": context.part(AccessLogs).bucket, "enabled": True},
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            idle_timeout=context.settings.idle_timeout_seconds,
            enable_deletion_protection=context.protect,
            opts=context.child,
        )
        alb = self._load_balancer
        self.arn = alb.arn
        self.arn_suffix, self.dns_name, self.zone_id = alb.arn_suffix, alb.dns_name, alb.zone_id
        self.security_group_id = group.id
        self.listener = self._listeners()
        self.listener_arn = self.listener.arn
        self.outputs = {
            "load_balancer": {"arn": alb.arn, "dns_name": alb.dns_name, "zone_id": alb.zone_id}
        }

    def _security_group(self) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            self._name,
            vpc_id=self._context.part(Network).vpc_id,
            description="The load balancer: web ports from everywhere",
            ingress=[self._from_edge()] if self._internal else self._from_everywhere(),
            # Targets listen on the port that their site chose. What they admit is their group's.
            egress=[
                {
                    "protocol": "tcp",
                    "from_port": 1,
                    "to_port": 65535,
                    "cidr_blocks": self._context.part(Network).cidr_blocks,
                    "description": "Tasks, which are in this network",
                }
            ],
            opts=self._context.child,
        )

    def _from_everywhere(self) -> list[aws.ec2.SecurityGroupIngressArgsDict]:
        ports = [80] if self._context.settings.scheme == "http" else [80, 443]
        return [
            {
                "protocol": "tcp",
                "from_port": port,
                "to_port": port,
                "cidr_blocks": ["0.0.0.0/0"],
                "description": "Visitors",
            }
            for port in ports
        ]

    def _from_edge(self) -> aws.ec2.SecurityGroupIngressArgsDict:
        """The list weighs as 55 of a group's 60 rules, so there is no second port."""
        addresses = aws.ec2.get_managed_prefix_list_output(name=EDGE_ADDRESSES)
        return {
            "protocol": "tcp",
            "from_port": 443,
            "to_port": 443,
            "prefix_list_ids": [addresses.id],
            "description": "CloudFront",
        }

    def _listeners(self) -> aws.lb.Listener:
        certificate_arn = self._context.part(Certificate).arn
        if self._internal:
            return self._https(certificate_arn)
        http = aws.lb.Listener(
            f"{self._name}-http",
            load_balancer_arn=self._load_balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[_NOT_FOUND if certificate_arn is None else _TO_HTTPS],
            opts=self._context.child,
        )
        if certificate_arn is None:
            return http
        return self._https(certificate_arn)

    def _https(self, certificate_arn: pulumi.Input[str] | None) -> aws.lb.Listener:
        listener = aws.lb.Listener(
            f"{self._name}-https",
            load_balancer_arn=self._load_balancer.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=certificate_arn,
            default_actions=[_NOT_FOUND],
            opts=self._context.child,
        )
        for number, other in enumerate(further_certificates(self._context.settings), start=2):
            aws.lb.ListenerCertificate(
                f"{self._name}-certificate-{number}",
                listener_arn=listener.arn,
                certificate_arn=other,
                opts=self._context.child,
            )
        return listener
