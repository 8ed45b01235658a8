"""A valid resource of every type, made with whatever it stands on.

samples.make("aws:ecs/service:Service")                     # with cluster, roles, network …
samples.make("aws:ecs/service:Service", desiredCount=3)     # another one, with arguments
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.engine.simulator.caller import Caller, Made

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000"
VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
PEER = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
EIP = "aws:ec2/eip:Eip"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
RULE = "aws:lb/listenerRule:ListenerRule"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
CLUSTER = "aws:ecs/cluster:Cluster"
PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
SCALABLE = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
FILES = "aws:efs/fileSystem:FileSystem"
ACCESS_POINT = "aws:efs/accessPoint:AccessPoint"
MOUNT = "aws:efs/mountTarget:MountTarget"
DATABASE = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup"
PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
BUCKET = "aws:s3/bucket:Bucket"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
REPOSITORY = "aws:ecr/repository:Repository"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"


def policy(**statement: Any) -> str:
    """A policy document with one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


TRUST = policy(Principal={"Service": "ecs-tasks.amazonaws.com"}, Action="sts:AssumeRole")
READ_SECRETS = policy(
    Action="secretsmanager:GetSecretValue",
    Resource="arn:aws:secretsmanager:us-east-1:123456789012:secret:blog-abc",
)
WEB = {
    "name": "web",
    "image": "wordpress",
    "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
}


class Samples:
    """Makes one of each kind, once, and further ones on request."""

    def __init__(self, aws: Caller) -> None:
        self.aws = aws
        self._one: dict[str, Made] = {}
        self._count = 0

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
        self._count += 1
        made = self.aws.create(token, name or f"sample-{self._count}", **given)
        self._one.setdefault(token, made)
        return made

    def inputs(self, token: str) -> dict[str, Any]:
        """Valid arguments of a type."""
        maker = _INPUTS[token]
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


def _task(samples: Samples) -> dict[str, Any]:
    return {
        "family": "web",
        "containerDefinitions": json.dumps([WEB]),
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "512",
        "memory": "1024",
        "executionRoleArn": samples.one(ROLE)["arn"],
    }


def _service(samples: Samples) -> dict[str, Any]:
    samples.one(PROVIDERS)
    return {
        "name": f"web-{samples._count}",
        "cluster": samples.id(CLUSTER),
        "taskDefinition": samples.one(TASK)["arn"],
        "desiredCount": 2,
        "capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}],
        "networkConfiguration": {
            "subnets": samples.subnets(),
            "securityGroups": [samples.id(GROUP)],
        },
        "loadBalancers": [
            {
                "targetGroupArn": samples.forwarded_group().id,
                "containerName": "web",
                "containerPort": 8080,
            }
        ],
    }


def _scalable(samples: Samples) -> dict[str, Any]:
    return {
        "serviceNamespace": "ecs",
        "scalableDimension": "ecs:service:DesiredCount",
        "resourceId": f"service/{samples.one(CLUSTER)['name']}/{samples.one(SERVICE)['name']}",
    }


def _scaling(samples: Samples) -> dict[str, Any]:
    samples.one(SCALABLE)
    return _scalable(samples)


def _network(samples: Samples) -> dict[str, Any]:
    samples.one(GATEWAY)
    return {"subnets": samples.subnets(), "securityGroups": [samples.id(GROUP)]}


def _subnet(samples: Samples) -> dict[str, Any]:
    return {
        "vpcId": samples.id(VPC),
        "availabilityZone": "us-east-1c",
        "cidrBlock": f"10.0.{100 + samples._count}.0/24",
    }


def _rule(samples: Samples) -> dict[str, Any]:
    return {
        "listenerArn": samples.id(LISTENER),
        "priority": 1000 + samples._count,
        "conditions": [{"hostHeader": {"values": ["blog.example.com"]}}],
        "actions": [{"type": "forward", "targetGroupArn": samples.id(TARGET_GROUP)}],
    }


def _database(samples: Samples) -> dict[str, Any]:
    return {
        "clusterIdentifier": f"blog-{samples._count}",
        "engine": "aurora-mysql",
        "engineVersion": "8.0.mysql_aurora.3.10.0",
        "masterUsername": "fleet",
        "manageMasterUserPassword": True,
        "dbSubnetGroupName": samples.id(SUBNET_GROUP),
        "vpcSecurityGroupIds": [samples.id(GROUP)],
        "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 4},
        "skipFinalSnapshot": True,
    }


def _peer(samples: Samples) -> dict[str, Any]:
    return {
        "securityGroupId": samples.id(GROUP),
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "10.0.0.0/16",
    }


def _of_bucket(samples: Samples, **inputs: Any) -> dict[str, Any]:
    return {"bucket": samples.id(BUCKET), **inputs}


def _bucket_policy(samples: Samples) -> str:
    return policy(
        Principal={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        Action="s3:PutObject",
        Resource=f"arn:aws:s3:::{samples.id(BUCKET)}/*",
    )


def _files_policy(samples: Samples) -> str:
    arn = samples.one(FILES)["arn"]
    return policy(Principal={"AWS": "*"}, Action="elasticfilesystem:ClientMount", Resource=arn)


_TRACKING = {
    "predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"},
    "targetValue": 75,
}
_EXPIRE = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {
                "tagStatus": "untagged",
                "countType": "imageCountMoreThan",
                "countNumber": 1,
            },
            "action": {"type": "expire"},
        }
    ]
}

_INPUTS: dict[str, Callable[[Samples], dict[str, Any]]] = {
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
    PEER: _peer,
    EGRESS: _peer,
    BALANCER: _network,
    LISTENER: lambda s: {
        "loadBalancerArn": s.id(BALANCER),
        "port": 443,
        "protocol": "HTTPS",
        "certificateArn": CERTIFICATE,
        "defaultActions": [
            {
                "type": "fixed-response",
                "fixedResponse": {"contentType": "text/plain", "statusCode": "404"},
            }
        ],
    },
    RULE: _rule,
    TARGET_GROUP: lambda s: {
        "vpcId": s.id(VPC),
        "port": 8080,
        "protocol": "HTTP",
        "targetType": "ip",
    },
    CLUSTER: lambda s: {"name": f"fleet-{s._count}"},
    PROVIDERS: lambda s: {
        "clusterName": s.one(CLUSTER)["name"],
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
    },
    TASK: _task,
    SERVICE: _service,
    SCALABLE: lambda s: {**_scalable(s), "minCapacity": 2, "maxCapacity": 4},
    POLICY: lambda s: {
        **_scaling(s),
        "policyType": "TargetTrackingScaling",
        "targetTrackingScalingPolicyConfiguration": _TRACKING,
    },
    ACTION: lambda s: {
        **_scaling(s),
        "schedule": "cron(0 8 ? * MON-FRI *)",
        "scalableTargetAction": {"minCapacity": 4, "maxCapacity": 8},
    },
    ROLE: lambda s: {"assumeRolePolicy": TRUST},
    ROLE_POLICY: lambda s: {"role": s.id(ROLE), "policy": READ_SECRETS},
    FILES: lambda s: {"encrypted": True},
    ACCESS_POINT: lambda s: {
        "fileSystemId": s.id(FILES),
        "posixUser": {"uid": 1001, "gid": 1001},
        "rootDirectory": {
            "path": "/blog",
            "creationInfo": {"ownerUid": 1001, "ownerGid": 1001, "permissions": "0750"},
        },
    },
    MOUNT: lambda s: {"fileSystemId": s.id(FILES), "subnetId": s.subnets()[0]},
    "aws:efs/backupPolicy:BackupPolicy": lambda s: {
        "fileSystemId": s.id(FILES),
        "backupPolicy": {"status": "ENABLED"},
    },
    "aws:efs/fileSystemPolicy:FileSystemPolicy": lambda s: {
        "fileSystemId": s.id(FILES),
        "policy": _files_policy(s),
    },
    DATABASE: _database,
    INSTANCE: lambda s: {
        "clusterIdentifier": s.id(DATABASE),
        "engine": "aurora-mysql",
        "instanceClass": "db.serverless",
    },
    SUBNET_GROUP: lambda s: {"subnetIds": s.subnets()},
    PARAMETERS: lambda s: {
        "family": "aurora-mysql8.0",
        "parameters": [{"name": "character_set_server", "value": "utf8mb4"}],
    },
    BUCKET: lambda s: {},
    "aws:s3/bucketPolicy:BucketPolicy": lambda s: _of_bucket(s, policy=_bucket_policy(s)),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": lambda s: _of_bucket(
        s, blockPublicPolicy=True
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": lambda s: _of_bucket(
        s, rule={"objectOwnership": "BucketOwnerEnforced"}
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        lambda s: _of_bucket(
            s, rules=[{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]
        )
    ),
    LIFECYCLE: lambda s: _of_bucket(
        s, rules=[{"id": "old", "status": "Enabled", "expiration": {"days": 90}}]
    ),
    "aws:s3/bucketVersioning:BucketVersioning": lambda s: _of_bucket(
        s, versioningConfiguration={"status": "Enabled"}
    ),
    SECRET: lambda s: {},
    VERSION: lambda s: {"secretId": s.id(SECRET), "secretString": "hush"},
    REPOSITORY: lambda s: {},
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": lambda s: {
        "repository": s.one(REPOSITORY)["name"],
        "policy": json.dumps(_EXPIRE),
    },
    LOG_GROUP: lambda s: {"name": f"/fleet/blog-{s._count}"},
    "random:index/randomPassword:RandomPassword": lambda s: {"length": 32},
    "random:index/randomId:RandomId": lambda s: {"byteLength": 4},
    "docker-build:index:Image": lambda s: {"push": True, "tags": ["example.com/app:1"]},
}
SAMPLED = frozenset(_INPUTS)
