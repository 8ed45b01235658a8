"""Elastic Load Balancing: listeners and their rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fleet.quotas import (
    CERTIFICATES_A_LOAD_BALANCER,
    CONDITION_VALUES_A_RULE,
    RULES_A_LOAD_BALANCER,
    TARGET_GROUPS_A_LOAD_BALANCER,
)
from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for
from simulator.values import elements
from simulator.world import World

LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
RULE = "aws:lb/listenerRule:ListenerRule"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
CERTIFICATE = "aws:acm/certificate:Certificate"
BUCKET = "aws:s3/bucket:Bucket"

# The listener's policy when none is named ("Create an HTTPS listener").
DEFAULT_TLS_POLICY = "ELBSecurityPolicy-2016-08"

_BLOCKS = {
    "redirect": "redirect",
    "fixed-response": "fixedResponse",
    "authenticate-cognito": "authenticateCognito",
    "authenticate-oidc": "authenticateOidc",
    "jwt-validation": "jwtValidation",
}
_REQUIRED = {
    "redirect": ("statusCode",),
    "fixedResponse": ("contentType",),
}
_CONDITIONS = (
    "hostHeader",
    "httpHeader",
    "httpRequestMethod",
    "pathPattern",
    "queryStrings",
    "sourceIp",
)


def action_failures(actions: Any, at: str) -> Iterable[tuple[str, str]]:
    """What the provider finds wrong with actions before AWS is asked."""
    for index, action in enumerate(elements(actions)):
        if not isinstance(action, dict):
            continue
        place, kind = f"{at}[{index}]", action.get("type")
        if kind == "forward" and not (action.get("targetGroupArn") or action.get("forward")):
            yield place, 'one of target_group_arn and forward is required when type is "forward"'
        block = _BLOCKS.get(str(kind))
        if block and not action.get(block):
            yield f"{place}.{block}", f'attribute "{block}" is required when type is "{kind}"'
        for name, fields in _REQUIRED.items():
            inner = action.get(name)
            if not isinstance(inner, dict):
                continue
            for field in fields:
                if inner.get(field) is None:
                    yield f"{place}.{name}.{field}", f'Missing required property "{field}"'


def _number_actions(actions: list[dict[str, Any]]) -> None:
    for order, action in enumerate(actions, start=1):
        action.setdefault("order", order)


def groups_in(actions: list[dict[str, Any]]) -> set[str]:
    """ARNs of the target groups that actions forward to."""
    found = {str(action["targetGroupArn"]) for action in actions if action.get("targetGroupArn")}
    for action in actions:
        for group in (action.get("forward") or {}).get("targetGroups") or []:
            found.add(str(group["arn"]))
    return found


def load_balancers_of(world: World, target_group: str) -> set[str]:
    """ARNs of the load balancers that forward to a target group."""
    found = set()
    for token, key, _ in world.pointing_at(TARGET_GROUP, target_group):
        listener: str | None = key
        if token == RULE:
            rule = world.get(RULE, key)
            listener = str(rule.props["listenerArn"]) if rule else None
        elif token != LISTENER:
            continue
        owner = world.get(LISTENER, listener) if listener else None
        if owner is not None:
            found.add(str(owner.props["loadBalancerArn"]))
    return found


def _members(world: World, load_balancer: str) -> set[tuple[str, str]]:
    """Type and key of a load balancer's listeners and of their rules."""
    found = set()
    for token, key, _ in world.pointing_at(LOAD_BALANCER, load_balancer):
        if token == LISTENER:
            found |= {(LISTENER, key)}
            found |= {(token, rule) for token, rule, _ in world.pointing_at(LISTENER, key)}
    return found


def _check_groups(call: Call, load_balancer: str, actions: list[dict[str, Any]]) -> None:
    """One load balancer a target group, and so many target groups a load balancer."""
    wanted = groups_in(actions)
    for group in wanted:
        if load_balancers_of(call.world, group) - {load_balancer}:
            raise AwsError(
                "TargetGroupAssociationLimit",
                f"The following target groups cannot be associated with more than one load "
                f"balancer: {group}",
            )
    members = _members(call.world, load_balancer)
    targets = (target for member in members for target in call.world.pointing_from(*member))
    used = wanted | {key for token, key, _ in targets if token == TARGET_GROUP}
    if wanted and len(used) > TARGET_GROUPS_A_LOAD_BALANCER:
        raise AwsError(
            "TooManyUniqueTargetGroupsPerLoadBalancer",
            "You've reached the limit on the number of unique target groups per load balancer "
            "across all listeners",
        )


@rules_for(LISTENER)
class Listener(Rules):
    """A port of a load balancer."""

    def check(self, inputs: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """Actions have what their type needs."""
        return action_failures(inputs.get("defaultActions"), "defaultActions")

    def compute(self, call: Call) -> None:
        """The ARN, and the protocol with its policy."""
        owner = str(call.props["loadBalancerArn"])
        call.props["_listener"] = owner.replace(":loadbalancer/", ":listener/")
        certificate = call.props.get("certificateArn")
        protocol = call.props.setdefault("protocol", "HTTPS" if certificate else "HTTP")
        call.props["protocol"] = protocol.upper()
        if call.props["protocol"] in ("HTTPS", "TLS"):
            call.props.setdefault("sslPolicy", DEFAULT_TLS_POLICY)
            call.props.setdefault("mutualAuthentication", {"mode": "off"})
        _number_actions(call.props["defaultActions"])

    def create(self, call: Call) -> None:
        """A certificate where TLS is spoken, of the load balancer's region."""
        owner = str(call.props["loadBalancerArn"])
        certificate = str(call.props.get("certificateArn") or "")
        if call.props["protocol"] in ("HTTPS", "TLS") and not certificate:
            raise AwsError("ValidationError", "A certificate must be specified for HTTPS listeners")
        _refuse_unissued(call.world, certificate)
        if certificate and certificate.split(":")[3:4] != owner.split(":")[3:4]:
            raise AwsError("CertificateNotFound", f"Certificate '{certificate}' not found")
        _check_groups(call, owner, call.props["defaultActions"])

    def update(self, call: Call) -> None:
        """The same for the new values."""
        _number_actions(call.props["defaultActions"])
        self.create(call)

    def delete(self, call: Call) -> None:
        """Its rules go with it."""
        for rule in call.world.find(RULE, listenerArn=call.key):
            call.world.remove(RULE, rule.key)


@rules_for("aws:lb/listenerCertificate:ListenerCertificate")
class ListenerCertificate(Rules):
    """A certificate beside a listener's own. One that isn't in this account is somebody else's."""

    def create(self, call: Call) -> None:
        """Issued, of the load balancer's region, and not one too many."""
        arn = str(call.props["certificateArn"])
        _refuse_unissued(call.world, arn)
        listener = call.world.get(LISTENER, str(call.props["listenerArn"]))
        assert listener is not None
        if listener.props["protocol"] not in ("HTTPS", "TLS"):
            raise AwsError("UnsupportedProtocol", "Certificates are for HTTPS and TLS listeners")
        if arn.split(":")[3:4] not in (listener.key.split(":")[3:4], [""]):
            raise AwsError("CertificateNotFound", f"Certificate '{arn}' not found")
        others = call.world.find(call.token, listenerArn=listener.key)
        if len(others) >= CERTIFICATES_A_LOAD_BALANCER:
            raise AwsError(
                "TooManyCertificates",
                f"The maximum number of certificates has been reached on '{listener.key}'",
            )


def _refuse_unissued(world: World, arn: str) -> None:
    certificate = world.get(CERTIFICATE, arn)
    if certificate is not None and certificate.props["status"] != "ISSUED":
        raise AwsError(
            "UnsupportedCertificate",
            f"The certificate '{arn}' must have a fully-qualified domain name, a supported "
            "signature, and a supported key size.",
        )


@rules_for(RULE)
class ListenerRule(Rules):
    """Which requests go where."""

    def check(self, inputs: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """Actions have what their type needs."""
        return action_failures(inputs.get("actions"), "actions")

    def compute(self, call: Call) -> None:
        """The ARN; without a priority the next one after the highest."""
        listener = str(call.props["listenerArn"])
        call.props["_rule"] = listener.replace(":listener/", ":listener-rule/")
        if call.props.get("priority") is None:
            others = call.world.find(RULE, listenerArn=listener)
            highest = max((int(rule.props["priority"]) for rule in others), default=0)
            call.props["priority"] = highest + 1
        _number_actions(call.props["actions"])

    def create(self, call: Call) -> None:
        """So many rules a load balancer (this one counted), so many values a rule."""
        self._conditions(call)
        listener = call.world.get(LISTENER, call.props["listenerArn"])
        if listener is None:
            return
        owner = str(listener.props["loadBalancerArn"])
        rules = [key for token, key in _members(call.world, owner) if token == RULE]
        if not call.old and len(rules) > RULES_A_LOAD_BALANCER:
            raise AwsError(
                "TooManyRules",
                "You've reached the limit on the number of rules per load balancer",
            )
        _check_groups(call, owner, call.props["actions"])

    def update(self, call: Call) -> None:
        """The same for the new values."""
        _number_actions(call.props["actions"])
        self.create(call)

    @staticmethod
    def _conditions(call: Call) -> None:
        values = 0
        for condition in call.props["conditions"]:
            given = [name for name in _CONDITIONS if condition.get(name)]
            if len(given) != 1:
                raise AwsError(
                    "ValidationError",
                    f"A condition must have exactly one of {', '.join(_CONDITIONS)}: {given}",
                )
            content = condition[given[0]]
            values += len(content if isinstance(content, list) else content.get("values") or [])
        if values > CONDITION_VALUES_A_RULE:
            raise AwsError(
                "ValidationError",
                f"A rule can only have '{CONDITION_VALUES_A_RULE}' condition values",
            )
