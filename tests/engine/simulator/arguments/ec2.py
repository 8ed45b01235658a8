"""EC2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    EIP,
    GATEWAY,
    GROUP,
    LOG_GROUP,
    ROLE,
    ROUTE,
    ROUTE_TABLE,
    SUBNET,
    VPC,
)

if TYPE_CHECKING:
    from tests.engine.simulator.samples import Samples


def _subnet(samples: Samples) -> dict[str, Any]:
    return {
        "vpcId": samples.id(VPC),
        "availabilityZone": "us-east-1c",
        "cidrBlock": f"10.0.{100 + samples.count}.0/24",
    }


INPUTS: Inputs = {
    VPC: lambda s: {"cidrBlock": "10.0.0.0/16"},
    SUBNET: _subnet,
    GATEWAY: lambda s: {"vpcId": s.id(VPC)},
    ROUTE_TABLE: lambda s: {"vpcId": s.id(VPC)},
    "aws:ec2/routeTableAssociation:RouteTableAssociation": lambda s: {
        "routeTableId": s.id(ROUTE_TABLE),
        "subnetId": s.subnets()[0],
    },
    ROUTE: lambda s: {
        "routeTableId": s.id(ROUTE_TABLE),
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": s.id(GATEWAY),
    },
    EIP: lambda s: {},
    "aws:ec2/natGateway:NatGateway": lambda s: {
        "subnetId": s.subnets()[0],
        "allocationId": s.id(EIP),
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": lambda s: {
        "vpcId": s.id(VPC),
        "serviceName": "com.amazonaws.us-east-1.s3",
    },
    GROUP: lambda s: {"vpcId": s.id(VPC)},
    "aws:ec2/flowLog:FlowLog": lambda s: {
        "vpcId": s.id(VPC),
        "trafficType": "REJECT",
        "logDestination": s.one(LOG_GROUP)["arn"],
        "iamRoleArn": s.one(ROLE)["arn"],
    },
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": lambda s: {"vpcId": s.id(VPC)},
}
