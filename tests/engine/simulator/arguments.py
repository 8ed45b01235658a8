"""Valid arguments of every type, with whatever the thing stands on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.engine.simulator.names import (
    ACCESS_POINT,
    ACTION,
    BALANCER,
    BUCKET,
    CERTIFICATE,
    CLUSTER,
    DATABASE,
    EGRESS,
    EIP,
    EXPIRE,
    FILES,
    GATEWAY,
    GROUP,
    INSTANCE,
    LIFECYCLE,
    LISTENER,
    LOG_GROUP,
    MOUNT,
    PARAMETERS,
    PEER,
    POLICY,
    PROVIDERS,
    READ_SECRETS,
    REPOSITORY,
    ROLE,
    ROLE_POLICY,
    ROUTE,
    ROUTE_TABLE,
    RULE,
    SCALABLE,
    SECRET,
    SERVICE,
    SUBNET,
    SUBNET_GROUP,
    TARGET_GROUP,
    TASK,
    TRACKING,
    TRUST,
    VERSION,
    VPC,
    WEB,
    policy,
)

if TYPE_CHECKING:
    from tests.engine.simulator.samples import Samples


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
        "name": f"web-{samples.count}",
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
        "cidrBlock": f"10.0.{100 + samples.count}.0/24",
    }


def _rule(samples: Samples) -> dict[str, Any]:
    return {
        "listenerArn": samples.id(LISTENER),
        "priority": 1000 + samples.count,
        "conditions": [{"hostHeader": {"values": ["blog.example.com"]}}],
        "actions": [{"type": "forward", "targetGroupArn": samples.id(TARGET_GROUP)}],
    }


def _database(samples: Samples) -> dict[str, Any]:
    return {
        "clusterIdentifier": f"blog-{samples.count}",
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


INPUTS: dict[str, Callable[[Samples], dict[str, Any]]] = {
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
    CLUSTER: lambda s: {"name": f"fleet-{s.count}"},
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
        "targetTrackingScalingPolicyConfiguration": TRACKING,
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
        "policy": json.dumps({"rules": [EXPIRE]}),
    },
    LOG_GROUP: lambda s: {"name": f"/fleet/blog-{s.count}"},
    "random:index/randomPassword:RandomPassword": lambda s: {"length": 32},
    "random:index/randomId:RandomId": lambda s: {"byteLength": 4},
    "docker-build:index:Image": lambda s: {"push": True, "tags": ["example.com/app:1"]},
}
