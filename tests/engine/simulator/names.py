"""Tokens of the types that the tests make, and documents that are valid."""

from __future__ import annotations

import json
from typing import Any

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000"
VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
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
OWN_CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"
LISTENER_CERTIFICATE = "aws:lb/listenerCertificate:ListenerCertificate"
RECORD = "aws:route53/record:Record"
TOPIC = "aws:sns/topic:Topic"
IDENTITY = "aws:sesv2/emailIdentity:EmailIdentity"
MAIL_SET = "aws:sesv2/configurationSet:ConfigurationSet"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
MAIL_EVENTS = "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination"
TENANT = "aws:sesv2/tenant:Tenant"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
EDGE_FUNCTION = "aws:cloudfront/function:Function"
EDGE_HEADERS = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
VPC_ORIGIN = "aws:cloudfront/vpcOrigin:VpcOrigin"
DELIVERY = "aws:cloudwatch/logDelivery:LogDelivery"
DELIVERY_DESTINATION = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination"
DELIVERY_SOURCE = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
SCHEDULE = "aws:scheduler/schedule:Schedule"
SCHEDULES = "aws:scheduler/scheduleGroup:ScheduleGroup"
STATE_MACHINE = "aws:sfn/stateMachine:StateMachine"
IP_SET = "aws:wafv2/ipSet:IpSet"
RULE_GROUP = "aws:wafv2/ruleGroup:RuleGroup"
WEB_ACL = "aws:wafv2/webAcl:WebAcl"
WEB_ACL_PLACE = "aws:wafv2/webAclAssociation:WebAclAssociation"
WEB_ACL_LOG = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
QUEUE = "aws:sqs/queue:Queue"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
EVENT_RULE = "aws:cloudwatch/eventRule:EventRule"
EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget"
VAULT = "aws:backup/vault:Vault"
BACKUP_LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
BACKUP_PLAN = "aws:backup/plan:Plan"
BACKUP_SELECTION = "aws:backup/selection:Selection"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"


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
TRACKING = {
    "predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"},
    "targetValue": 75,
}
EXPIRE = {
    "rulePriority": 1,
    "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1},
    "action": {"type": "expire"},
}
