"""EC2: networks and what hangs together in them."""

from __future__ import annotations

import ipaddress
import zlib
from collections.abc import Iterable
from typing import Any

from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for
from simulator.services.ec2.zones import zone_id, zones_of
from simulator.values import UNKNOWN, elements

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
DEFAULT_SECURITY_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"

# "Amazon VPC quotas": inbound or outbound rules a security group; adjustable.
RULES_A_DIRECTION = 60
# Both of a network and of a subnet: /16 to /28.
BLOCK_SIZES = range(16, 29)
LAST_PORT = 65_535
# The managed prefix lists of the gateway endpoints in us-east-1; any other region gets the same.
_PREFIX_LISTS = {"s3": "pl-63a5400a", "dynamodb": "pl-02cd2c6b"}
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}


def protocol_name(value: Any) -> str:
    """One name for each protocol, which EC2 also takes as a number or in capitals."""
    text = str(value).lower()
    return _PROTOCOLS.get(text, text)


def vpc_of_subnets(call: Call, subnet_ids: list[str]) -> str:
    """The VPC that subnets lie in; "" when there is none to ask."""
    for subnet_id in subnet_ids:
        subnet = call.world.get(SUBNET, subnet_id)
        if subnet is not None:
            return str(subnet.props["vpcId"])
    return ""


def zones_of_subnets(call: Call, subnet_ids: list[str]) -> list[str]:
    """The availability zones of subnets, with repetitions."""
    found = (call.world.get(SUBNET, subnet_id) for subnet_id in subnet_ids)
    return [str(subnet.props["availabilityZone"]) for subnet in found if subnet is not None]


@rules_for(VPC)
class Vpc(Rules):
    """A network."""

    def create(self, call: Call) -> None:
        """The size of the range, and DNS names that need DNS."""
        if ipaddress.IPv4Network(call.props["cidrBlock"]).prefixlen not in BLOCK_SIZES:
            block = call.props["cidrBlock"]
            raise AwsError("InvalidVpc.Range", f"The CIDR '{block}' is invalid.")
        self.update(call)

    def update(self, call: Call) -> None:
        """DNS names need DNS."""
        if call.props.get("enableDnsHostnames") and not call.props.get("enableDnsSupport"):
            raise AwsError(
                "InvalidParameterCombination",
                "enableDnsHostnames needs enableDnsSupport",
            )


@rules_for(SUBNET)
class Subnet(Rules):
    """A part of a network in one zone."""

    def compute(self, call: Call) -> None:
        """The zone's id, which is the same for every account."""
        zone = call.props.setdefault("availabilityZone", f"{call.region}a")
        call.props["availabilityZoneId"] = zone_id(zone)

    def create(self, call: Call) -> None:
        """A zone of the region; a range within the VPC's that no other subnet has."""
        zone = call.props["availabilityZone"]
        if zone not in zones_of(call.region):
            raise AwsError(
                "InvalidParameterValue",
                f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently "
                f"only be created in the following availability zones: "
                f"{', '.join(zones_of(call.region))}.",
            )
        block = ipaddress.IPv4Network(call.props["cidrBlock"])
        vpc = call.world.get(VPC, call.props["vpcId"])
        within = vpc is None or block.subnet_of(ipaddress.IPv4Network(vpc.props["cidrBlock"]))
        if not within or block.prefixlen not in BLOCK_SIZES:
            raise AwsError("InvalidSubnet.Range", f"The CIDR '{block}' is invalid.")
        for other in call.world.find(SUBNET, vpcId=call.props["vpcId"]):
            if block.overlaps(ipaddress.IPv4Network(other.props["cidrBlock"])):
                raise AwsError(
                    "InvalidSubnet.Conflict", f"The CIDR '{block}' conflicts with another subnet"
                )


@rules_for("aws:ec2/route:Route")
class Route(Rules):
    """An entry of a route table."""

    def compute(self, call: Call) -> None:
        """The provider's id ends in a checksum of the destination."""
        names = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
        destination = next(call.props[name] for name in names if call.props.get(name))
        call.props["_checksum"] = zlib.crc32(str(destination).encode())


@rules_for(DEFAULT_SECURITY_GROUP)
class DefaultSecurityGroup(Rules):
    """The group that every VPC is born with."""

    def compute(self, call: Call) -> None:
        """A creation takes over the VPC's own; without a world an id is made of the VPC's."""
        vpc = call.world.get(VPC, str(call.props["vpcId"]))
        made_up = str(call.props["vpcId"]).replace("vpc-", "sg-", 1)
        call.props["_group"] = vpc.props["defaultSecurityGroupId"] if vpc else made_up


@rules_for(INTERNET_GATEWAY)
class InternetGateway(Rules):
    """The way to the internet."""

    def delete(self, call: Call) -> None:
        """It can't be detached while something in the VPC has a public address."""
        vpc = call.props.get("vpcId")
        mapped = [
            *call.world.find(NAT_GATEWAY, vpcId=vpc),
            *call.world.find(LOAD_BALANCER, vpcId=vpc),
        ]
        if any(not holder.props.get("internal") for holder in mapped):
            raise AwsError(
                "DependencyViolation", f"Network {vpc} has some mapped public address(es)."
            )


@rules_for(NAT_GATEWAY)
class NatGateway(Rules):
    """Address translation for private subnets."""

    def check(self, inputs: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """A private gateway has no address of its own."""
        if inputs.get("connectivityType") == "private" and inputs.get("allocationId"):
            yield "allocationId", "is not supported with connectivity_type = private"

    def compute(self, call: Call) -> None:
        """Addresses follow from the subnet and the elastic address."""
        subnet_id = str(call.props.get("subnetId") or "")
        call.props["vpcId"] = vpc_of_subnets(call, [subnet_id])
        call.props.setdefault("privateIp", address_in(call, subnet_id))
        address = call.world.get("aws:ec2/eip:Eip", str(call.props.get("allocationId")))
        call.props["publicIp"] = address.props["publicIp"] if address else ""

    def create(self, call: Call) -> None:
        """A public gateway needs an address."""
        public = call.props.get("connectivityType") == "public"
        if public and not call.props.get("allocationId"):
            raise AwsError("MissingParameter", "The request must contain the AllocationId")


def address_in(call: Call, subnet_id: str) -> str:
    """An address of a subnet, the same for the same logical name. AWS keeps the first four."""
    subnet = call.world.get(SUBNET, subnet_id)
    if subnet is None:
        return "10.0.0.4"
    block = ipaddress.IPv4Network(subnet.props["cidrBlock"])
    offset = 4 + zlib.crc32(call.name.encode()) % (block.num_addresses - 5)
    return str(block[offset])


@rules_for("aws:ec2/eip:Eip")
class Eip(Rules):
    """An elastic address."""

    def compute(self, call: Call) -> None:
        """The public name that belongs to the address."""
        host = "203.0.113." + str(zlib.crc32(call.name.encode()) % 254 + 1)
        call.props["publicIp"] = host
        zone = "compute-1" if call.region == "us-east-1" else f"{call.region}.compute"
        call.props["publicDns"] = f"ec2-{host.replace('.', '-')}.{zone}.amazonaws.com"


@rules_for("aws:ec2/vpcEndpoint:VpcEndpoint")
class VpcEndpoint(Rules):
    """A private way to a service."""

    def compute(self, call: Call) -> None:
        """A gateway endpoint routes to the service's prefix list."""
        service = str(call.props.get("serviceName", "")).rsplit(".", 1)[-1]
        if call.props.get("vpcEndpointType", "Gateway") == "Gateway":
            call.props["prefixListId"] = _PREFIX_LISTS.get(service, "")

    def create(self, call: Call) -> None:
        """A service of the region, of the endpoint's kind."""
        name = str(call.props.get("serviceName", ""))
        gateway = call.props.get("vpcEndpointType") == "Gateway"
        prefix = f"com.amazonaws.{call.region}."
        if not name.startswith(prefix) or (gateway and not call.props["prefixListId"]):
            raise AwsError(
                "InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist"
            )


@rules_for("aws:ec2/securityGroup:SecurityGroup")
class SecurityGroup(Rules):
    """A set of rules on who may talk to whom."""

    def check(self, inputs: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """Each rule says who; all protocols means all ports."""
        for direction in ("ingress", "egress"):
            for index, rule in enumerate(elements(inputs.get(direction))):
                if rule is UNKNOWN:
                    continue
                ports = (rule.get("fromPort"), rule.get("toPort"))
                if protocol_name(rule.get("protocol")) == "-1" and ports != (0, 0):
                    yield (
                        f"{direction}[{index}].fromPort",
                        f"from_port {ports[0]} and to_port {ports[1]} must both be 0 to use the "
                        "'ALL' \"-1\" protocol",
                    )

    def canonical(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Protocols compare by name."""
        for direction in ("ingress", "egress"):
            for rule in elements(inputs.get(direction)):
                if isinstance(rule, dict) and isinstance(rule.get("protocol"), str):
                    rule["protocol"] = protocol_name(rule["protocol"])
        return inputs

    def create(self, call: Call) -> None:
        """So many rules and no more, for ports that there are."""
        for direction in ("ingress", "egress"):
            for rule in call.props.get(direction) or []:
                if max(rule["fromPort"], rule["toPort"]) > LAST_PORT:
                    raise AwsError(
                        "InvalidParameterValue",
                        f"Invalid value for portRange. Must specify both from and to ports with "
                        f"TCP/UDP, up to {LAST_PORT}.",
                    )
            count = sum(_entries(rule) for rule in call.props.get(direction) or [])
            if count > RULES_A_DIRECTION:
                raise AwsError(
                    "RulesPerSecurityGroupLimitExceeded",
                    "The maximum number of rules per security group has been reached.",
                )

    update = create


def _entries(rule: dict[str, Any]) -> int:
    """How many rules of EC2's one block of the provider stands for."""
    names = ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups")
    return sum(len(rule.get(name) or []) for name in names) + bool(rule.get("self"))
