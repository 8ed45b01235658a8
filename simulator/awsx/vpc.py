"""awsx:ec2:Vpc: a VPC with subnets, their routes, NAT gateways and endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import InvokeOptions, ResourceOptions

from simulator.awsx.subnets import Subnet, layout

ANYWHERE = "0.0.0.0/0"
_PASSED_ON = {
    "assignGeneratedIpv6CidrBlock": "assign_generated_ipv6_cidr_block",
    "enableDnsHostnames": "enable_dns_hostnames",
    "enableDnsSupport": "enable_dns_support",
    "enableNetworkAddressUsageMetrics": "enable_network_address_usage_metrics",
    "instanceTenancy": "instance_tenancy",
}


class Vpc(pulumi.ComponentResource):
    """Makes the children in the real component's order, names and parents."""

    def __init__(
        self, name: str, inputs: Mapping[str, Any], opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("awsx:ec2:Vpc", name, {}, opts)
        self.name = name
        self.inputs = inputs
        _refuse_unsupported(inputs)
        self.zones = self._zone_names()
        self.nat = str((inputs.get("natGateways") or {}).get("strategy") or "OnePerAz").lower()
        self.layout = layout(
            name,
            inputs.get("cidrBlock") or "10.0.0.0/16",
            self.zone_count,
            inputs.get("subnetSpecs"),
            inputs.get("availabilityZoneCidrMask"),
        )
        _refuse_impossible_nat(self.nat, {subnet.kind for subnet in self.layout})
        self.subnets: list[tuple[Subnet, aws.ec2.Subnet]] = []
        self.route_tables: list[aws.ec2.RouteTable] = []
        self.associations: list[aws.ec2.RouteTableAssociation] = []
        self.routes: list[aws.ec2.Route] = []
        self.nat_gateways: list[aws.ec2.NatGateway] = []
        self.eips: list[aws.ec2.Eip] = []
        self._build()
        self.outputs = self._outputs()
        # The real component keeps nothing of this in the state.
        self.register_outputs({})

    @property
    def zone_count(self) -> int:
        """How many zones the program asks for; awsx takes three by default."""
        names = self.inputs.get("availabilityZoneNames")
        return len(names) if names else int(self.inputs.get("numberOfAvailabilityZones") or 3)

    def _zone_names(self) -> list[pulumi.Input[str]]:
        if names := self.inputs.get("availabilityZoneNames"):
            return list(names)
        found = aws.get_availability_zones_output(opts=InvokeOptions(parent=self))
        return [found.names.apply(lambda names, i=i: names[i]) for i in range(self.zone_count)]

    def _tags(self, **extra: str) -> pulumi.Output[dict[str, str]]:
        given = pulumi.Output.from_input(self.inputs.get("tags") or {})
        return given.apply(lambda tags: {"Name": self.name, **tags, **extra})

    def _build(self) -> None:
        self.vpc = aws.ec2.Vpc(
            self.name,
            cidr_block=self.inputs.get("cidrBlock") or "10.0.0.0/16",
            tags=self._tags(),
            opts=ResourceOptions(parent=self),
            **{
                argument: self.inputs[given]
                for given, argument in _PASSED_ON.items()
                if given in self.inputs
            },
        )
        beside = ResourceOptions(parent=self.vpc, depends_on=[self.vpc])
        self.gateway = aws.ec2.InternetGateway(
            self.name, vpc_id=self.vpc.id, tags=self._tags(), opts=beside
        )
        for subnet in self.layout:
            self._subnet(subnet)
        self.endpoints = [
            self._endpoint(spec, beside) for spec in self.inputs.get("vpcEndpointSpecs") or []
        ]

    def _subnet(self, subnet: Subnet) -> None:
        tags = self._tags(**subnet.tags, Name=subnet.name, SubnetType=subnet.kind.capitalize())
        made = aws.ec2.Subnet(
            subnet.name,
            vpc_id=self.vpc.id,
            availability_zone=self.zones[subnet.zone],
            map_public_ip_on_launch=subnet.kind == "public",
            cidr_block=subnet.cidr,
            tags=tags,
            opts=ResourceOptions(parent=self.vpc, depends_on=[self.vpc]),
        )
        self.subnets.append((subnet, made))
        table = aws.ec2.RouteTable(
            subnet.name,
            vpc_id=self.vpc.id,
            tags=tags,
            opts=ResourceOptions(parent=made, depends_on=[made]),
        )
        self.route_tables.append(table)
        below = ResourceOptions(parent=table, depends_on=[table])
        self.associations.append(
            aws.ec2.RouteTableAssociation(
                subnet.name, route_table_id=table.id, subnet_id=made.id, opts=below
            )
        )
        if subnet.kind == "public":
            self._nat_gateway(subnet, made)
        target = self._target(subnet)
        if target:
            self.routes.append(
                aws.ec2.Route(
                    subnet.name,
                    route_table_id=table.id,
                    destination_cidr_block=ANYWHERE,
                    opts=below,
                    **target,
                )
            )

    def _nat_gateway(self, subnet: Subnet, made: aws.ec2.Subnet) -> None:
        wanted = {"none": 0, "single": 1, "oneperaz": subnet.zone + 1}[self.nat]
        if len(self.nat_gateways) >= wanted:
            return
        name = f"{self.name}-{subnet.zone + 1}"
        below = ResourceOptions(parent=made, depends_on=[made])
        given = (self.inputs.get("natGateways") or {}).get("elasticIpAllocationIds") or []
        if not given:
            self.eips.append(aws.ec2.Eip(name, tags=self._tags(Name=name), opts=below))
        address = given[subnet.zone] if given else self.eips[-1].allocation_id
        self.nat_gateways.append(
            aws.ec2.NatGateway(
                name,
                subnet_id=made.id,
                allocation_id=address,
                tags=self._tags(Name=name),
                opts=below,
            )
        )

    def _target(self, subnet: Subnet) -> dict[str, pulumi.Input[str]]:
        """Where the subnet's default route leads; nowhere for an isolated one."""
        if subnet.kind == "public":
            return {"gateway_id": self.gateway.id}
        if subnet.kind == "private" and self.nat != "none":
            index = 0 if self.nat == "single" else subnet.zone
            return {"nat_gateway_id": self.nat_gateways[index].id}
        return {}

    def _endpoint(self, spec: Mapping[str, Any], opts: ResourceOptions) -> aws.ec2.VpcEndpoint:
        """An endpoint; the strategy Auto attaches it to the component's own tables or subnets."""
        kind = spec.get("vpcEndpointType") or "Gateway"
        auto = self.inputs.get("vpcEndpointStrategy") == "Auto"
        tables, subnets = spec.get("routeTableIds"), spec.get("subnetIds")
        if auto and kind == "Gateway" and tables is None:
            tables = [table.id for table in self.route_tables]
        if auto and kind == "Interface" and subnets is None:
            subnets = self._ids("private") or self._ids("isolated")
        return aws.ec2.VpcEndpoint(
            spec["serviceName"],
            vpc_id=self.vpc.id,
            service_name=spec["serviceName"],
            vpc_endpoint_type=spec.get("vpcEndpointType"),
            auto_accept=spec.get("autoAccept"),
            policy=spec.get("policy"),
            private_dns_enabled=spec.get("privateDnsEnabled"),
            route_table_ids=tables,
            security_group_ids=spec.get("securityGroupIds"),
            subnet_ids=subnets,
            tags=spec.get("tags"),
            opts=opts,
        )

    def _ids(self, kind: str) -> list[pulumi.Output[str]]:
        return [made.id for subnet, made in self.subnets if subnet.kind == kind]

    def _outputs(self) -> dict[str, Any]:
        of_kind = {
            kind: [made for subnet, made in self.subnets if subnet.kind == kind]
            for kind in ("public", "private", "isolated")
        }
        return {
            "vpc": self.vpc,
            "vpcId": self.vpc.id,
            "internetGateway": self.gateway,
            "subnets": [made for _, made in self.subnets],
            "routeTables": self.route_tables,
            "routeTableAssociations": self.associations,
            "routes": self.routes,
            "natGateways": self.nat_gateways,
            "eips": self.eips,
            "vpcEndpoints": self.endpoints,
            "subnetLayout": [dict(spec) for spec in self.inputs.get("subnetSpecs") or []],
            **{f"{kind}Subnets": made for kind, made in of_kind.items()},
            **{f"{kind}SubnetIds": self._ids(kind) for kind in of_kind},
        }


def _refuse_unsupported(inputs: Mapping[str, Any]) -> None:
    if inputs.get("availabilityZoneNames") and inputs.get("numberOfAvailabilityZones"):
        raise ValueError(
            "Only one of [availabilityZoneNames] and [numberOfAvailabilityZones] can be specified"
        )
    if inputs.get("subnetStrategy") not in ("Auto", "Exact"):
        raise NotImplementedError(
            f"the simulator knows the subnetStrategy Auto and Exact, not "
            f"{inputs.get('subnetStrategy') or 'Legacy (the default)'}"
        )


def _refuse_impossible_nat(strategy: str, kinds: set[str]) -> None:
    if strategy != "none" and "private" in kinds and "public" not in kinds:
        raise ValueError(
            "The given subnet specifications require at least one public subnet for the NAT "
            "Gateway of the private ones"
        )
