"""A site's distribution: what CloudFront keeps of it, and for whom."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.base.edge import TAG_HEADER, request_function
from components.parts import NO_OUTPUTS
from components.site.certificate import Certificate
from components.site.context import SiteContext
from fleet.edge.function import viewer_request
from fleet.names import edge_name
from fleet.quotas import ORIGIN_SECONDS
from fleet.settings.edge import EDGE_REGION, at_edge
from fleet.site.cdn import bypass_cookies, has_own_function, keeps_pages, takes_xmlrpc

ORIGIN = "site"
# WordPress's own that is never a page for everybody, then files; everything else are pages.
OWN_PATHS = ("/wp-admin/*", "/wp-login.php", "/wp-json/*", "/wp-cron.php")
FILE_PATHS = ("/wp-content/*", "/wp-includes/*")
ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
# How long an answer that the site couldn't give is told to the next visitor. The site's own 503
# says itself when to come back.
ERROR_SECONDS = {500: 1, 502: 1, 503: 0, 504: 1}


class Edge:
    """Nothing with `edge: none`."""

    outputs = NO_OUTPUTS
    distribution: aws.cloudfront.Distribution | None

    def __init__(self, context: SiteContext) -> None:
        self.distribution = None
        if at_edge(context.settings):
            self.distribution = _distribution(context)
            _deliver_logs(context, self.distribution)


def _function(context: SiteContext) -> pulumi.Input[str]:
    """The cell's, or one of the site's own where it wants other cookies, XML-RPC or no pages kept.

    The cell's can't know that: what sites share depends on none of them.
    """
    site = context.site
    if not has_own_function(site):
        return context.base.edge["function"]
    code = viewer_request(bypass_cookies(site), xmlrpc=takes_xmlrpc(site), pages=keeps_pages(site))
    return request_function(site.name, code, context)


def _distribution(context: SiteContext) -> aws.cloudfront.Distribution:
    site, function, certificate = context.site, _function(context), context.part(Certificate)
    policies = context.settings.edge_policies
    # What was kept of a site that was paused is found no more: the other policy has another key.
    files = policies.cached if context.live else policies.uncached
    pages = files if keeps_pages(site) else policies.uncached
    return aws.cloudfront.Distribution(
        site.name,
        comment=edge_name(context.settings.environment, context.settings.cell, site.name),
        enabled=True,
        web_acl_id=None if context.settings.waf is None else context.base.edge["web_acl"],
        aliases=[host for host in certificate.hosts if host not in site.cdn.elsewhere],
        origins=[_origin(context)],
        default_cache_behavior=_behavior(context, function, pages),
        ordered_cache_behaviors=[
            *(
                {"path_pattern": path, **_behavior(context, function, policies.uncached)}
                for path in OWN_PATHS
            ),
            *({"path_pattern": path, **_behavior(context, function, files)} for path in FILE_PATHS),
        ],
        custom_error_responses=[
            {"error_code": code, "error_caching_min_ttl": seconds}
            for code, seconds in ERROR_SECONDS.items()
        ],
        cache_tag_config={"header_name": TAG_HEADER},
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={
            "acm_certificate_arn": certificate.at_edge,
            "minimum_protocol_version": "TLSv1.2_2021",
            "ssl_support_method": "sni-only",
        },
        http_version="http2and3",
        is_ipv6_enabled=True,
        # It would be minutes a site and change, while nothing here needs the end of it.
        wait_for_deployment=False,
        opts=context.child,
    )


def _origin(context: SiteContext) -> aws.cloudfront.DistributionOriginArgsDict:
    edge, seconds = context.base.edge, context.settings.idle_timeout_seconds
    return {
        "origin_id": ORIGIN,
        "domain_name": edge["origin_host"],
        "vpc_origin_config": {
            "vpc_origin_id": edge["vpc_origin"],
            "origin_read_timeout": min(seconds, ORIGIN_SECONDS),
        },
    }


def _behavior(
    context: SiteContext, function: pulumi.Input[str], cache_policy: str
) -> aws.cloudfront.DistributionDefaultCacheBehaviorArgsDict:
    return {
        "target_origin_id": ORIGIN,
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": ALL_METHODS,
        "cached_methods": ["GET", "HEAD"],
        "compress": True,
        "cache_policy_id": cache_policy,
        "origin_request_policy_id": context.settings.edge_policies.forwarded,
        "response_headers_policy_id": context.base.edge[
            "headers" if context.live else "paused_headers"
        ],
        "function_associations": [{"event_type": "viewer-request", "function_arn": function}],
    }


def _deliver_logs(context: SiteContext, distribution: aws.cloudfront.Distribution) -> None:
    settings, site = context.settings, context.site
    source = aws.cloudwatch.LogDeliverySource(
        site.name,
        name=edge_name(settings.environment, settings.cell, site.name),
        log_type="ACCESS_LOGS",
        resource_arn=distribution.arn,
        region=EDGE_REGION,
        opts=context.child,
    )
    aws.cloudwatch.LogDelivery(
        site.name,
        delivery_source_name=source.name,
        delivery_destination_arn=context.base.edge["logs"],
        s3_delivery_configurations=[
            {
                "suffix_path": f"{site.name}/{{yyyy}}/{{MM}}/{{dd}}",
                "enable_hive_compatible_path": False,
            }
        ],
        region=EDGE_REGION,
        opts=context.child,
    )
