"""What the sites of a stack share at CloudFront."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pulumi
import pulumi_aws as aws

from components.base.access_logs import AccessLogs
from components.base.context import BaseContext
from components.base.load_balancer import LoadBalancer
from components.base.waf import Waf
from components.base.zones import Zones
from components.certificates import issued_certificate
from components.parts import NO_OUTPUTS, Context
from fleet.edge.function import viewer_request
from fleet.names import edge_name
from fleet.settings.certificates import first_host, makes_certificates
from fleet.settings.edge import EDGE_REGION, at_edge, origin_host

RUNTIME = "cloudfront-js-2.0"
# What the image tells CloudFront of a page, and nobody else: container/.../page-cache/shown.php.
TAG_HEADER = "Fleet-Edge-Tag"

# A fixed answer of a load balancer, as a paused site gives, can't have a header of its own.
PAUSED_HEADERS: Mapping[str, str] = MappingProxyType({"Retry-After": "3600"})


class Edge:
    """The way in from CloudFront, the function of its requests, and where its logs go.

    Nothing with `edge: none`.
    """

    outputs = NO_OUTPUTS
    shared: Mapping[str, pulumi.Input[str]]
    """`vpc_origin` (id), `origin_host`, `function` (ARN), `headers` and `paused_headers` (ids of
    the policies), `logs` (ARN of their destination), `certificate` (ARN) where one serves all
    sites, and `web_acl` (ARN) with the setting `waf`."""

    def __init__(self, context: BaseContext) -> None:
        self.shared = {}
        if not at_edge(context.settings):
            return
        self._context = context
        self._name = f"{context.name}-edge"
        settings = context.settings
        self.shared = {
            "vpc_origin": self._vpc_origin(),
            "origin_host": origin_host(settings),
            "function": request_function(self._name, viewer_request(), context),
            "headers": self._headers(self._name),
            "paused_headers": self._headers(f"{self._name}-paused", PAUSED_HEADERS),
            "logs": self._logs(),
        }
        web_acl = context.part(Waf).arn
        if web_acl is not None:
            self.shared["web_acl"] = web_acl
        if settings.domain_suffix is not None and makes_certificates(settings):
            self.shared["certificate"] = issued_certificate(
                self._name,
                (first_host(settings, settings.cell),),
                context,
                context.part(Zones).ids,
                region=EDGE_REGION,
            )

    def _vpc_origin(self) -> pulumi.Output[str]:
        context, balancer = self._context, self._context.part(LoadBalancer)
        return aws.cloudfront.VpcOrigin(
            self._name,
            vpc_origin_endpoint_config={
                # Another load balancer means another origin, since one in use can't be changed; the
                # name is unique in the account, so that of the new one has to be another.
                "name": balancer.arn_suffix.apply(lambda suffix: suffix.rpartition("/")[2]),
                "arn": balancer.arn,
                "http_port": 80,
                "https_port": 443,
                "origin_protocol_policy": "https-only",
                "origin_ssl_protocols": {"items": ["TLSv1.2"], "quantity": 1},
            },
            # Each change is a call that AWS refuses while a distribution uses the origin, one of
            # tags too (hashicorp/terraform-provider-aws#40905).
            opts=pulumi.ResourceOptions(
                parent=context.owner,
                ignore_changes=["tags", "tagsAll"],
                replace_on_changes=["vpcOriginEndpointConfig"],
                # A listener has to be there for the origin to reach.
                depends_on=[balancer.listener],
            ),
        ).id

    def _headers(self, name: str, added: Mapping[str, str] | None = None) -> pulumi.Output[str]:
        """What only CloudFront needs to know is not for visitors: which posts a page shows."""
        items: list[aws.cloudfront.ResponseHeadersPolicyCustomHeadersConfigItemArgsDict] = [
            {"header": header, "value": value, "override": False}
            for header, value in (added or {}).items()
        ]
        return aws.cloudfront.ResponseHeadersPolicy(
            name,
            remove_headers_config={"items": [{"header": TAG_HEADER}]},
            custom_headers_config={"items": items} if items else None,
            security_headers_config={
                "content_type_options": {"override": True},
                "strict_transport_security": {
                    "access_control_max_age_sec": 31_536_000,
                    "override": False,
                },
            },
            opts=self._context.child,
        ).id

    def _logs(self) -> pulumi.Output[str]:
        settings = self._context.settings
        return aws.cloudwatch.LogDeliveryDestination(
            self._name,
            name=edge_name(settings.environment, settings.cell),
            output_format="json",
            delivery_destination_configuration={
                "destination_resource_arn": self._context.part(AccessLogs).bucket_arn
            },
            region=EDGE_REGION,
            opts=self._context.child,
        ).arn


def request_function(name: str, code: str, context: Context) -> pulumi.Output[str]:
    """The ARN of a function that distributions may call."""
    return aws.cloudfront.Function(
        name,
        runtime=RUNTIME,
        comment="Cookies and parameters that pages don't read",
        code=code,
        publish=True,
        opts=context.child,
    ).arn
