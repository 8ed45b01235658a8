"""How to tell whether AWS finished a creation whose end nobody saw, for each type we create.

An engine that is killed while AWS creates something leaves a pending creation in the stack's state:
the resource may exist or not. Each type has one of these rules, which says how its import id is
found (`pulumi import` documents the ids). The refresh after it tells whether there is such a thing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Inputs = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FromInputs:
    """The id follows from what was asked for: names and parents are its parts."""

    import_id: Callable[[Inputs], str]


@dataclass(frozen=True, slots=True)
class ByTags:
    """Found by its tags. `kind` is how the resource part of its ARN begins, or each of such.

    `import_id` takes the id out of the ARN; by default all of it.
    """

    service: str
    kind: str | tuple[str, ...]
    import_id: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Asked:
    """Found by asking a function of the provider: `arguments` from the inputs, id from the answer.

    The function fails when there is no such thing.
    """

    function: str
    arguments: Callable[[Inputs], Mapping[str, Any]]
    import_id: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Listed:
    """Found in a list that the provider has no function for: one call of boto3's.

    `import_ids` takes those of the same name out of the answer. What it lists in may be gone.
    """

    service: str
    operation: str
    arguments: Callable[[Inputs], Mapping[str, Any]]
    import_ids: Callable[[Inputs, Mapping[str, Any]], list[str]]


@dataclass(frozen=True, slots=True)
class Repeated:
    """Creating it again changes nothing: the call overwrites, or all of it is in the state."""


Rule = FromInputs | ByTags | Asked | Listed | Repeated


def last_part(arn: str) -> str:
    """What stands behind the last slash or colon of an ARN."""
    return arn.replace("/", ":").rsplit(":", 1)[-1]


def rule_for(type_: str) -> Rule | None:
    """The rule of a type, None for a type that this program doesn't create."""
    return _RULES.get(type_)


def _by_name(key: str = "name") -> FromInputs:
    return FromInputs(lambda inputs: str(inputs[key]))


def _in_ec2(kind: str) -> ByTags:
    return ByTags("ec2", f"{kind}/", last_part)


def _mount_target_network(inputs: Inputs) -> Mapping[str, Any]:
    """EFS tags no mount target, but describes its network interface in a fixed way."""
    description = f"EFS mount target for {inputs['fileSystemId']} (fsmt-*)"
    return {
        "filters": [
            {"name": "description", "values": [description]},
            {"name": "subnet-id", "values": [inputs["subnetId"]]},
        ]
    }


def _queue_url(arn: str) -> str:
    """A queue is imported by its URL, which has all that its ARN has."""
    _, _, _, region, account, name = arn.split(":")
    return f"https://sqs.{region}.amazonaws.com/{account}/{name}"


def _scoped_id(arn: str) -> str:
    """By id, name and scope; what WAF has in its global place is CloudFront's."""
    place, _, name, id_ = arn.rsplit(":", 1)[1].split("/")
    return f"{id_}/{name}/{'CLOUDFRONT' if place == 'global' else 'REGIONAL'}"


def _of_waf(kind: str) -> ByTags:
    return ByTags("wafv2", (f"regional/{kind}/", f"global/{kind}/"), _scoped_id)


def _selections(inputs: Inputs, answer: Mapping[str, Any]) -> list[str]:
    return [
        f"{each['BackupPlanId']}|{each['SelectionId']}"
        for each in answer["BackupSelectionsList"]
        if each["SelectionName"] == inputs["name"]
    ]


def _headers_policy(inputs: Inputs) -> Mapping[str, Any]:
    return {"name": inputs["name"]}


_RULES: Mapping[str, Rule] = {
    "aws:acm/certificate:Certificate": ByTags("acm", "certificate/"),
    "aws:acm/certificateValidation:CertificateValidation": Repeated(),
    "aws:appautoscaling/policy:Policy": Repeated(),
    "aws:appautoscaling/scheduledAction:ScheduledAction": Repeated(),
    "aws:appautoscaling/target:Target": Repeated(),
    "aws:backup/plan:Plan": ByTags("backup", "backup-plan:", last_part),
    "aws:backup/selection:Selection": Listed(
        "backup",
        "list_backup_selections",
        lambda inputs: {"BackupPlanId": inputs["planId"]},
        _selections,
    ),
    "aws:backup/vault:Vault": _by_name(),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": Repeated(),
    "aws:cloudfront/distribution:Distribution": ByTags("cloudfront", "distribution/", last_part),
    "aws:cloudfront/function:Function": _by_name(),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": Asked(
        "aws:cloudfront/getResponseHeadersPolicy:getResponseHeadersPolicy",
        _headers_policy,
        lambda answer: str(answer["id"]),
    ),
    "aws:cloudfront/vpcOrigin:VpcOrigin": ByTags("cloudfront", "vpcorigin/", last_part),
    "aws:cloudwatch/logDelivery:LogDelivery": ByTags("logs", "delivery:", last_part),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": Repeated(),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": Repeated(),
    "aws:cloudwatch/eventRule:EventRule": _by_name(),
    "aws:cloudwatch/eventTarget:EventTarget": Repeated(),
    "aws:cloudwatch/logGroup:LogGroup": _by_name(),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Repeated(),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Repeated(),
    "aws:ec2/eip:Eip": _in_ec2("elastic-ip"),
    "aws:ec2/flowLog:FlowLog": _in_ec2("vpc-flow-log"),
    "aws:ec2/internetGateway:InternetGateway": _in_ec2("internet-gateway"),
    "aws:ec2/natGateway:NatGateway": _in_ec2("natgateway"),
    "aws:ec2/route:Route": FromInputs(
        lambda inputs: f"{inputs['routeTableId']}_{inputs['destinationCidrBlock']}"
    ),
    "aws:ec2/routeTable:RouteTable": _in_ec2("route-table"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": FromInputs(
        lambda inputs: f"{inputs['subnetId']}/{inputs['routeTableId']}"
    ),
    "aws:ec2/securityGroup:SecurityGroup": _in_ec2("security-group"),
    "aws:ec2/subnet:Subnet": _in_ec2("subnet"),
    "aws:ec2/vpc:Vpc": _in_ec2("vpc"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _in_ec2("vpc-endpoint"),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Repeated(),
    "aws:ecr/repository:Repository": _by_name(),
    "aws:ecs/cluster:Cluster": _by_name(),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": Repeated(),
    "aws:ecs/service:Service": FromInputs(
        lambda inputs: f"{last_part(inputs['cluster'])}/{inputs['name']}"
    ),
    "aws:ecs/taskDefinition:TaskDefinition": ByTags("ecs", "task-definition/"),
    "aws:efs/accessPoint:AccessPoint": ByTags("elasticfilesystem", "access-point/", last_part),
    "aws:efs/backupPolicy:BackupPolicy": Repeated(),
    "aws:efs/fileSystem:FileSystem": ByTags("elasticfilesystem", "file-system/", last_part),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": Repeated(),
    "aws:efs/mountTarget:MountTarget": Asked(
        "aws:ec2/getNetworkInterface:getNetworkInterface",
        _mount_target_network,
        lambda answer: str(answer["description"]).rpartition("(")[2].rstrip(")"),
    ),
    "aws:iam/role:Role": _by_name(),
    "aws:iam/rolePolicy:RolePolicy": FromInputs(
        lambda inputs: f"{inputs['role']}:{inputs['name']}"
    ),
    "aws:lb/listener:Listener": ByTags("elasticloadbalancing", "listener/"),
    "aws:lb/listenerCertificate:ListenerCertificate": Repeated(),
    "aws:lb/listenerRule:ListenerRule": ByTags("elasticloadbalancing", "listener-rule/"),
    "aws:lb/loadBalancer:LoadBalancer": ByTags("elasticloadbalancing", "loadbalancer/"),
    "aws:lb/targetGroup:TargetGroup": ByTags("elasticloadbalancing", "targetgroup/"),
    "aws:rds/cluster:Cluster": ByTags("rds", "cluster:", last_part),
    "aws:rds/clusterInstance:ClusterInstance": ByTags("rds", "db:", last_part),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": _by_name(),
    "aws:rds/subnetGroup:SubnetGroup": _by_name(),
    "aws:route53/record:Record": FromInputs(
        lambda inputs: f"{inputs['zoneId']}_{inputs['name']}_{inputs['type']}"
    ),
    "aws:s3/bucket:Bucket": _by_name("bucket"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": Repeated(),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Repeated(),
    "aws:s3/bucketPolicy:BucketPolicy": Repeated(),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Repeated(),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        Repeated()
    ),
    "aws:s3/bucketVersioning:BucketVersioning": Repeated(),
    "aws:secretsmanager/secret:Secret": ByTags("secretsmanager", "secret:"),
    "aws:secretsmanager/secretVersion:SecretVersion": Asked(
        "aws:secretsmanager/getSecretVersion:getSecretVersion",
        lambda inputs: {"secretId": inputs["secretId"]},
        lambda answer: f"{answer['secretId']}|{answer['versionId']}",
    ),
    "aws:scheduler/schedule:Schedule": FromInputs(
        lambda inputs: f"{inputs['groupName']}/{inputs['name']}"
    ),
    "aws:scheduler/scheduleGroup:ScheduleGroup": _by_name(),
    "aws:sesv2/configurationSet:ConfigurationSet": FromInputs(
        lambda inputs: str(inputs["configurationSetName"])
    ),
    "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination": FromInputs(
        lambda inputs: f"{inputs['configurationSetName']}|{inputs['eventDestinationName']}"
    ),
    "aws:sesv2/emailIdentity:EmailIdentity": FromInputs(
        lambda inputs: str(inputs["emailIdentity"])
    ),
    "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes": Repeated(),
    "aws:sesv2/tenant:Tenant": FromInputs(lambda inputs: str(inputs["tenantName"])),
    "aws:sesv2/tenantResourceAssociation:TenantResourceAssociation": FromInputs(
        lambda inputs: f"{inputs['tenantName']}|{inputs['resourceArn']}"
    ),
    "aws:sfn/stateMachine:StateMachine": ByTags("states", "stateMachine:"),
    "aws:sns/topic:Topic": ByTags("sns", ""),
    "aws:sns/topicPolicy:TopicPolicy": Repeated(),
    "aws:sns/topicSubscription:TopicSubscription": Repeated(),
    "aws:sqs/queue:Queue": ByTags("sqs", "", _queue_url),
    "aws:wafv2/ipSet:IpSet": _of_waf("ipset"),
    "aws:wafv2/ruleGroup:RuleGroup": _of_waf("rulegroup"),
    "aws:wafv2/webAcl:WebAcl": _of_waf("webacl"),
    "aws:wafv2/webAclAssociation:WebAclAssociation": Repeated(),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": Repeated(),
    "docker-build:index:Image": Repeated(),
    "random:index/randomPassword:RandomPassword": Repeated(),
}
