"""Elastic Load Balancing: load balancers and target groups; listeners are in `lb_routing`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for
from simulator.services.ec2.rules import INTERNET_GATEWAY, vpc_of_subnets, zones_of_subnets
from simulator.services.lb.routing import (
    BUCKET,
    LISTENER,
    LOAD_BALANCER,
    RULE,
    TARGET_GROUP,
    load_balancers_of,
)
from simulator.world import World

BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
# Who writes access logs: the service, and in older regions AWS's account for the region
# ("Enable access logs for your Application Load Balancer").
_LOG_WRITER = "logdelivery.elasticloadbalancing.amazonaws.com"
# Of an application load balancer: ModifyLoadBalancerAttributes, CreateTargetGroup.
IDLE_SECONDS = (1, 4_000)
MATCHED = (200, 499)
_KINDS = {"application": "app", "network": "net", "gateway": "gwy"}


@rules_for(LOAD_BALANCER)
class LoadBalancer(Rules):
    """A load balancer."""

    def compute(self, call: Call) -> None:
        """Its network, and the kind in its ARN."""
        kind = str(call.props.get("loadBalancerType") or "application")
        call.props["_kind"] = _KINDS[kind]
        call.props["vpcId"] = vpc_of_subnets(call, call.props.get("subnets") or [])
        if call.props.get("internal"):
            call.props["dnsName"] = (
                f"internal-{call.props.get('name')}.{call.region}.elb.amazonaws.com"
            )

    def create(self, call: Call) -> None:
        """Two zones, an internet gateway, and a bucket that takes the logs."""
        self._zones(call)
        vpc = call.props["vpcId"]
        gateways = call.world.find(INTERNET_GATEWAY, vpcId=vpc)
        if not call.props.get("internal") and not gateways:
            raise AwsError("InvalidSubnet", f"VPC {vpc} has no internet gateway")
        self._access_logs(call)
        self._idle_time(call)

    def update(self, call: Call) -> None:
        """The same for what changes."""
        self._zones(call)
        self._idle_time(call)
        if call.changed("accessLogs"):
            self._access_logs(call)

    @staticmethod
    def _idle_time(call: Call) -> None:
        seconds = int(call.props.get("idleTimeout") or IDLE_SECONDS[0])
        if not IDLE_SECONDS[0] <= seconds <= IDLE_SECONDS[1]:
            raise AwsError(
                "ValidationError",
                f"Load balancer attribute 'idle_timeout.timeout_seconds' of '{seconds}' must "
                f"be from {IDLE_SECONDS[0]} to {IDLE_SECONDS[1]}",
            )

    def delete(self, call: Call) -> None:
        """Not while it is protected; its listeners and their rules go with it."""
        if call.props.get("enableDeletionProtection"):
            raise AwsError(
                "OperationNotPermitted",
                f"Load balancer '{call.key}' cannot be deleted because deletion protection is "
                "enabled",
            )
        for listener in call.world.find(LISTENER, loadBalancerArn=call.key):
            for rule in call.world.find(RULE, listenerArn=listener.key):
                call.world.remove(RULE, rule.key)
            call.world.remove(LISTENER, listener.key)

    @staticmethod
    def _zones(call: Call) -> None:
        if call.props.get("loadBalancerType") != "application":
            return
        zones = zones_of_subnets(call, call.props.get("subnets") or [])
        if len(set(zones)) < 2:
            raise AwsError(
                "ValidationError",
                "At least two subnets in two different Availability Zones must be specified",
            )
        if len(set(zones)) < len(zones):
            raise AwsError(
                "InvalidConfigurationRequest",
                "A load balancer cannot be attached to multiple subnets in the same Availability "
                "Zone",
            )

    @staticmethod
    def _access_logs(call: Call) -> None:
        """AWS tries to write a test file, which then lies in the bucket."""
        logs = call.props.get("accessLogs") or {}
        if not logs.get("enabled"):
            return
        policy = call.world.get(BUCKET_POLICY, logs["bucket"])
        text = str(policy.props["policy"]) if policy else ""
        if "s3:PutObject" not in text or not (_LOG_WRITER in text or ":root" in text):
            raise AwsError(
                "InvalidConfigurationRequest",
                f"Access Denied for bucket: {logs['bucket']}. Please check S3bucket permission",
            )
        add_object(call.world, logs["bucket"], f"{logs.get('prefix', '')}/ELBAccessLogTestFile")


def add_object(world: World, bucket: str, key: str) -> None:
    """Put an object into a bucket. Inside `world.change`."""
    found = world.get(BUCKET, bucket)
    if found is not None:
        found.props["_objects"] = sorted({*found.props.get("_objects", []), key})
        world.write(found)


@rules_for(TARGET_GROUP)
class TargetGroup(Rules):
    """A group of targets."""

    def check(self, inputs: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """What the provider asks for by the kind of target, and the odd ranges."""
        if inputs.get("targetType") != "lambda":
            for name in ("port", "protocol", "vpcId"):
                if inputs.get(name) is None:
                    yield name, f'"{name}": required when target_type is not "lambda"'
        slow = inputs.get("slowStart")
        if isinstance(slow, int) and slow != 0 and not 30 <= slow <= 900:
            yield "slowStart", f"expected slow_start to be 0 or in the range (30 - 900), got {slow}"
        health = inputs.get("healthCheck") or {}
        if isinstance(health, dict) and health.get("protocol") == "TCP":
            for name in ("matcher", "path"):
                if health.get(name):
                    yield f"healthCheck.{name}", f"{name} is not supported with protocol TCP"
            if inputs.get("protocol") in ("HTTP", "HTTPS"):
                yield "healthCheck.protocol", "TCP is not supported for HTTP and HTTPS groups"

    def create(self, call: Call) -> None:
        """A check must end before the next one begins, and take answers that mean something."""
        health = call.props["healthCheck"]
        if int(health["timeout"]) >= int(health["interval"]):
            raise AwsError(
                "ValidationError",
                f"Health check timeout '{health['timeout']}' must be smaller than the interval "
                f"'{health['interval']}'",
            )
        codes = [int(code) for code in re.findall(r"\d+", str(health.get("matcher") or ""))]
        if any(not MATCHED[0] <= code <= MATCHED[1] for code in codes):
            raise AwsError(
                "InvalidTarget",
                f"Health check matcher HTTP code '{health['matcher']}' must be within "
                f"'{MATCHED[0]}-{MATCHED[1]}'",
            )

    update = create

    def read(self, call: Call, state: dict[str, Any]) -> None:
        """Which load balancers forward to it."""
        call.props["loadBalancerArns"] = sorted(load_balancers_of(call.world, call.key))
