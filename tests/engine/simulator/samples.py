"""A valid resource of every type, made with whatever it stands on.

samples.make("aws:ecs/service:Service")                     # with cluster, roles, network …
samples.make("aws:ecs/service:Service", desiredCount=3)     # another one, with arguments
"""

from __future__ import annotations

from typing import Any

from tests.engine.simulator.caller import Caller, Made
from tests.engine.simulator.inputs import every
from tests.engine.simulator.names import RULE, SUBNET, TARGET_GROUP, VPC

INPUTS = every()
SAMPLED = frozenset(INPUTS)


class Samples:
    """Makes one of each kind, once, and further ones on request."""

    def __init__(self, aws: Caller) -> None:
        self.aws = aws
        self._one: dict[str, Made] = {}
        self.count = 0

    def one(self, token: str) -> Made:
        """The account's first of a type; made when it isn't there."""
        if token not in self._one:
            self._one[token] = self.make(token)
        return self._one[token]

    def id(self, token: str) -> str:
        return self.one(token).id

    def make(self, token: str, name: str | None = None, /, **inputs: Any) -> Made:
        """A new one with the given arguments over the sample's; None takes one out."""
        merged = {**self.inputs(token), **inputs}
        given = {key: value for key, value in merged.items() if value is not None}
        self.count += 1
        made = self.aws.create(token, name or f"sample-{self.count}", **given)
        self._one.setdefault(token, made)
        return made

    def inputs(self, token: str) -> dict[str, Any]:
        """Valid arguments of a type."""
        maker = INPUTS[token]
        return maker(self)

    def subnets(self) -> list[str]:
        """Two subnets in two zones."""
        for zone, made in (("a", SUBNET), ("b", f"{SUBNET} b")):
            if made not in self._one:
                number = 0 if zone == "a" else 1
                self._one[made] = self.aws.create(
                    SUBNET,
                    f"subnet-{zone}",
                    vpcId=self.id(VPC),
                    availabilityZone=f"us-east-1{zone}",
                    cidrBlock=f"10.0.{number}.0/24",
                )
        return [self._one[SUBNET].id, self._one[f"{SUBNET} b"].id]

    def forwarded_group(self) -> Made:
        """A target group that a listener forwards to."""
        group = self.one(TARGET_GROUP)
        self.one(RULE)
        return group
