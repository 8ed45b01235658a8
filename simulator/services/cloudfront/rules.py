"""CloudFront: what a distribution may stand before, for whom, and with which certificate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fleet import quotas
from fleet.settings.edge import in_edge_region
from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for
from simulator.services.acm.rules import CERTIFICATE
from simulator.services.ec2.rules import INTERNET_GATEWAY
from simulator.services.lb.routing import LOAD_BALANCER
from simulator.services.wafv2.rules import WEB_ACL

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
FUNCTION = "aws:cloudfront/function:Function"
POLICY = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
VPC_ORIGIN = "aws:cloudfront/vpcOrigin:VpcOrigin"


@rules_for(DISTRIBUTION)
class Distribution(Rules):
    """A distribution. It is deployed as soon as it is asked for."""

    def create(self, call: Call) -> None:
        """Its names are nobody else's, and what it names takes one more."""
        self._aliases(call)
        _certificate(call)
        behaviors = list(_behaviors(call.props))
        origins = {each["originId"] for each in call.props["origins"]}
        for behavior in behaviors:
            if behavior["targetOriginId"] not in origins:
                raise AwsError("NoSuchOrigin", f"no origin {behavior['targetOriginId']}")
            if not behavior.get("cachePolicyId") and not behavior.get("forwardedValues"):
                raise AwsError("InvalidArgument", "The parameter ForwardedValues is required")
        _web_acl(call)
        _room(call)
        call.props["status"] = "Deployed"

    update = create

    @staticmethod
    def _aliases(call: Call) -> None:
        aliases = set(call.props.get("aliases") or [])
        if len(aliases) > quotas.ALIASES_A_DISTRIBUTION:
            raise AwsError("TooManyDistributionCNAMEs", f"{len(aliases)} aliases")
        for other in call.world.resources(DISTRIBUTION):
            taken = aliases & set(other.props.get("aliases") or [])
            if taken and other.key != call.key:
                raise AwsError(
                    "CNAMEAlreadyExists",
                    "One or more of the CNAMEs you provided are already associated with a "
                    f"different resource: {', '.join(sorted(taken))}",
                )


def _certificate(call: Call) -> None:
    arn = str(call.props["viewerCertificate"].get("acmCertificateArn") or "")
    aliases = [str(each) for each in call.props.get("aliases") or []]
    found = call.world.get(CERTIFICATE, arn)
    wrong = None
    if not arn:
        wrong = "To add an alternate domain name, you must attach a trusted certificate"
    elif not in_edge_region(arn):
        wrong = "The specified SSL certificate doesn't exist, isn't in us-east-1 region"
    elif found is not None and found.props["status"] != "ISSUED":
        wrong = "The specified SSL certificate isn't valid: it isn't issued"
    elif found is not None and not _covers(found.props["subjectAlternativeNames"], aliases):
        wrong = "The certificate that is attached to your distribution doesn't cover the aliases"
    if wrong and (aliases or arn):
        raise AwsError("InvalidViewerCertificate", wrong)


def _web_acl(call: Call) -> None:
    arn = call.props.get("webAclId")
    if not arn:
        return
    acls = {each.props["arn"]: each.props["scope"] for each in call.world.resources(WEB_ACL)}
    if acls.get(arn) != "CLOUDFRONT":
        raise AwsError(
            "InvalidWebACLId", f"The specified web ACL {arn} doesn't exist or isn't of CloudFront"
        )


def _covers(names: list[str], aliases: list[str]) -> bool:
    def covered(alias: str) -> bool:
        return alias in names or f"*.{alias.partition('.')[2]}" in names

    return all(covered(alias) for alias in aliases)


def _room(call: Call) -> None:
    """Quotas that nobody raises: what distributions share takes so many."""
    others = [each for each in call.world.resources(DISTRIBUTION) if each.key != call.key]
    for uses, limit, error in (
        (_origins, quotas.DISTRIBUTIONS_A_VPC_ORIGIN, "TooManyDistributionsWithVpcOrigin"),
        (
            _functions,
            quotas.DISTRIBUTIONS_A_FUNCTION,
            "TooManyDistributionsWithFunctionAssociations",
        ),
        (
            _policies,
            quotas.DISTRIBUTIONS_A_POLICY,
            "TooManyDistributionsAssociatedToResponseHeadersPolicy",
        ),
    ):
        for used in uses(call.props):
            if sum(used in uses(each.props) for each in others) >= limit:
                raise AwsError(error, f"{used} is used by {limit} distributions already")
    if not call.old and len(others) >= quotas.DISTRIBUTIONS_AN_ACCOUNT:
        raise AwsError("TooManyDistributions", "The account has no room for another distribution")


def _behaviors(props: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield props["defaultCacheBehavior"]
    yield from props.get("orderedCacheBehaviors") or []


def _origins(props: dict[str, Any]) -> set[str]:
    configs = (each.get("vpcOriginConfig") for each in props["origins"])
    return {str(config["vpcOriginId"]) for config in configs if config}


def _functions(props: dict[str, Any]) -> set[str]:
    return {
        str(each["functionArn"])
        for behavior in _behaviors(props)
        for each in behavior.get("functionAssociations") or []
    }


def _policies(props: dict[str, Any]) -> set[str]:
    ids = (behavior.get("responseHeadersPolicyId") for behavior in _behaviors(props))
    return {str(each) for each in ids if each}


@rules_for(FUNCTION)
class Function(Rules):
    """A function of a viewer's request."""

    def create(self, call: Call) -> None:
        """Small, and with the one function that is called."""
        code = str(call.props["code"])
        if len(code.encode()) > quotas.FUNCTION_BYTES:
            raise AwsError("FunctionSizeLimitExceeded", "The function code is too large")
        if not re.search(r"\bfunction\s+handler\s*\(", code):
            raise AwsError("InvalidArgument", "The function code has no handler")

    update = create


@rules_for(POLICY)
class ResponseHeadersPolicy(Rules):
    """What is added to answers and taken from them."""

    def create(self, call: Call) -> None:
        """As many as an account has."""
        if not call.old and (
            len(call.world.resources(POLICY)) >= quotas.RESPONSE_POLICIES_AN_ACCOUNT
        ):
            raise AwsError("TooManyResponseHeadersPolicies", "The account has too many policies")


@rules_for(VPC_ORIGIN)
class VpcOrigin(Rules):
    """The way into a VPC."""

    def create(self, call: Call) -> None:
        """To a load balancer without public address, in a VPC with an internet gateway."""
        arn = str(call.props["vpcOriginEndpointConfig"]["arn"])
        balancer = call.world.get(LOAD_BALANCER, arn)
        assert balancer is not None
        if not balancer.props.get("internal"):
            raise AwsError("InvalidArgument", f"{arn} is not in a private subnet")
        vpc = balancer.props["vpcId"]
        if not call.world.find(INTERNET_GATEWAY, vpcId=vpc):
            raise AwsError("InvalidArgument", f"{vpc} has no internet gateway")
        if len(call.world.resources(VPC_ORIGIN)) >= quotas.VPC_ORIGINS_AN_ACCOUNT:
            raise AwsError("EntityLimitExceeded", "The account has no room for another VPC origin")

    def update(self, call: Call) -> None:
        """Not while a distribution uses it, were it for its tags."""
        if any(call.key in _origins(each.props) for each in call.world.resources(DISTRIBUTION)):
            raise AwsError(
                "CannotUpdateEntityWhileInUse",
                "The specified VPC origin is in use by a distribution",
            )
