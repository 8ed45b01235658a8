"""The network that an environment creates or finds."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from fleet.fields.doc import Doc
from fleet.fields.types import SettingsModel

# Nine subnets of a /24, the smallest that three zones of three tiers fit into; /16 is the
# largest VPC.
PREFIXES = (16, 24)
ZONES = (2, 3)


def _cidr(text: str) -> str:
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError:
        raise ValueError("which is no IPv4 network") from None
    if not PREFIXES[0] <= network.prefixlen <= PREFIXES[1] or "/" not in text:
        raise ValueError("which is of another size")
    return text


def _resource_id(prefix: str) -> Callable[[str], str]:
    pattern = re.compile(rf"{prefix}-(?:[0-9a-f]{{8}}|[0-9a-f]{{17}})")

    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError("which is no such id")
        return text

    return check


_SUBNET = "subnet- and 8 or 17 hexadecimal digits"
_SubnetIds = Annotated[
    tuple[
        Annotated[
            str,
            AfterValidator(_resource_id("subnet")),
            Doc("a subnet's id", _SUBNET, "subnet-0a1b2c3d4e5f60718"),
        ],
        ...,
    ],
    Field(strict=False),
]
EXAMPLE_SUBNETS = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]
"""What stands for subnets that a preview of another program doesn't know yet."""

# What ECS pulls an image, writes logs, reads secrets and opens sessions by. Image layers come by
# the gateway endpoint of S3.
ENDPOINT_SERVICES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "ssmmessages")

NatGateways = Literal["none", "single", "per-zone"]


class Network(SettingsModel):
    """A VPC to create, or an existing one."""

    cidr: Annotated[
        str,
        AfterValidator(_cidr),
        Doc("addresses of the VPC", "an IPv4 network of /16 to /24", "10.1.0.0/16"),
    ] = "10.0.0.0/16"
    availability_zones: Annotated[
        int,
        Field(ge=ZONES[0], le=ZONES[1]),
        Doc("zones that have subnets", "2 or 3", 3),
    ] = 2
    nat_gateways: Annotated[
        NatGateways | None,
        Doc(
            "how tasks reach the internet; with none, by public addresses of their own",
            "none, single or per-zone",
            "single",
            built_in="per-zone, and single with `protectData: false`",
        ),
    ] = None
    interface_endpoints: Annotated[
        bool,
        Doc(
            "endpoints of AWS's services, so that tasks start while no NAT gateway works",
            "true or false",
            True,
        ),
    ] = False
    flow_logs: Annotated[
        bool,
        Doc("whether the new VPC logs the packets that it rejects", "true or false", True),
    ] = False
    vpc_id: Annotated[
        Annotated[str, AfterValidator(_resource_id("vpc"))] | None,
        Doc(
            "existing VPC to use",
            "vpc- and 8 or 17 hexadecimal digits",
            "vpc-0a1b2c3d4e5f60718",
            built_in="none, a new one",
        ),
    ] = None
    public_subnet_ids: Annotated[
        _SubnetIds,
        Doc(
            "subnets of the load balancer in the existing VPC",
            "a list of subnet ids in two zones or more",
            EXAMPLE_SUBNETS,
            built_in="none",
        ),
    ] = ()
    private_subnet_ids: Annotated[
        _SubnetIds,
        Doc(
            "subnets of the tasks in the existing VPC; without them tasks run in the public ones",
            "a list of subnet ids in two zones or more",
            EXAMPLE_SUBNETS,
            built_in="none",
        ),
    ] = ()
    isolated_subnet_ids: Annotated[
        _SubnetIds,
        Doc(
            "subnets of databases and files in the existing VPC; without them the private ones",
            "a list of subnet ids in two zones or more",
            EXAMPLE_SUBNETS,
            built_in="none",
        ),
    ] = ()

    @property
    def public_tasks(self) -> bool:
        """Whether tasks run in public subnets, each with an address of its own."""
        return not self.private_subnet_ids if self.vpc_id else self.nat_gateways == "none"

    @property
    def task_subnet_ids(self) -> tuple[str, ...]:
        """The subnets of the tasks in an existing VPC."""
        return self.private_subnet_ids or self.public_subnet_ids

    @property
    def data_subnet_ids(self) -> tuple[str, ...]:
        """The subnets of databases and files in an existing VPC."""
        return self.isolated_subnet_ids or self.private_subnet_ids

    @property
    def load_balancer_zones(self) -> int:
        """Availability zones of the load balancer."""
        return len(self.public_subnet_ids) if self.vpc_id else self.availability_zones

    @property
    def endpoints(self) -> int:
        """Interface endpoints, each in every zone."""
        return len(ENDPOINT_SERVICES) if self.interface_endpoints else 0

    @property
    def data_zones(self) -> int:
        """Availability zones of databases and files."""
        return len(self.data_subnet_ids) if self.vpc_id else self.availability_zones
