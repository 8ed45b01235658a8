"""The load balancer that all sites of a stack stand behind."""

import pulumi
import pulumi_aws as aws

from components.base.network import Network

TYPE = "wordpress-fleet:index:LoadBalancer"

# TLS 1.3, and 1.2 with forward secrecy and authenticated encryption only.
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
# Longer than PHP's longest request, so that it is PHP that ends one.
IDLE_TIMEOUT_SECONDS = 120

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


class LoadBalancer(pulumi.ComponentResource):
    """ALB with its security group and listeners. A host that no site has gets a 404.

    With a certificate sites are served over HTTPS and HTTP redirects there; without one, which
    takes `allowHttp`, over HTTP.
    """

    load_balancer: aws.lb.LoadBalancer
    security_group_id: pulumi.Output[str]
    listener_arn: pulumi.Output[str]
    """The listener that the sites' host rules belong to."""

    def __init__(
        self,
        name: str,
        *,
        network: Network,
        access_log_bucket: pulumi.Input[str],
        certificate_arn: str | None,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(TYPE, name, {}, opts)
        ports = [80] if certificate_arn is None else [80, 443]
        group = self._security_group(name, network, ports)
        self.load_balancer = aws.lb.LoadBalancer(
            name,
            load_balancer_type="application",
            subnets=network.public_subnet_ids,
            security_groups=[group.id],
            access_logs={"bucket": access_log_bucket, "enabled": True},
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            idle_timeout=IDLE_TIMEOUT_SECONDS,
            enable_deletion_protection=protect,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.security_group_id = group.id
        self.listener_arn = self._listeners(name, certificate_arn)
        self.register_outputs({"listener_arn": self.listener_arn})

    def _security_group(
        self, name: str, network: Network, ports: list[int]
    ) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            name,
            vpc_id=network.vpc_id,
            description="The load balancer: web ports from everywhere",
            ingress=[
                {
                    "protocol": "tcp",
                    "from_port": port,
                    "to_port": port,
                    "cidr_blocks": ["0.0.0.0/0"],
                }
                for port in ports
            ],
            # Targets listen on the port that their site chose. What they admit is their group's.
            egress=[
                {"protocol": "tcp", "from_port": 1, "to_port": 65535, "cidr_blocks": ["0.0.0.0/0"]}
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _listeners(self, name: str, certificate_arn: str | None) -> pulumi.Output[str]:
        child = pulumi.ResourceOptions(parent=self)
        arn = self.load_balancer.arn
        http = aws.lb.Listener(
            f"{name}-http",
            load_balancer_arn=arn,
            port=80,
            protocol="HTTP",
            default_actions=[_NOT_FOUND if certificate_arn is None else _TO_HTTPS],
            opts=child,
        )
        if certificate_arn is None:
            return http.arn
        https = aws.lb.Listener(
            f"{name}-https",
            load_balancer_arn=arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=certificate_arn,
            default_actions=[_NOT_FOUND],
            opts=child,
        )
        return https.arn
