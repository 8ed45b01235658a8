"""AWS limits that decide what a fleet may ask for.

Sources are the service quota pages of the AWS documentation; "fixed" limits can't be raised.
"""

from __future__ import annotations

# Elastic Load Balancing, "Quotas for your Application Load Balancers".
TARGET_GROUPS_A_LOAD_BALANCER = 100  # fixed
RULES_A_LOAD_BALANCER = 100  # adjustable; default rules don't count
CONDITION_VALUES_A_RULE = 5  # fixed
HOST_HEADER_CHARACTERS = 128  # fixed; "Host conditions" of the listener rule page
LISTENER_RULE_PRIORITIES = range(1, 50_001)  # CreateRule: 1 to 50,000
LOAD_BALANCERS_A_REGION = 50  # adjustable
TARGET_GROUPS_A_REGION = 3_000  # adjustable

CERTIFICATES_A_LOAD_BALANCER = 25  # adjustable; the default one doesn't count

# AWS Certificate Manager, "Quotas": domain names a certificate.
NAMES_A_CERTIFICATE = 10  # adjustable to 100
CERTIFICATES_A_REGION = 2_500  # adjustable
FIRST_NAME_CHARACTERS = 64  # RequestCertificate: the first name becomes the common name

# Amazon Route 53, "Quotas": records of a hosted zone.
RECORDS_A_ZONE = 10_000  # adjustable

# AWS WAF, "AWS WAF quotas", and RateBasedStatement.Limit.
WEB_ACL_UNITS = 1_500  # of capacity at the price of a request; more costs more
WEB_ACLS_A_REGION = 100  # adjustable
DISTRIBUTIONS_A_WEB_ACL = 100  # adjustable
IP_SETS_A_REGION = 100  # adjustable
RULE_GROUPS_A_REGION = 100  # adjustable
ADDRESSES_AN_IP_SET = 10_000  # fixed
RATE_LIMIT = (10, 2_000_000_000)

# Amazon CloudFront, "Quotas": of an account, unless they say otherwise.
DISTRIBUTIONS_AN_ACCOUNT = 500  # adjustable
ALIASES_A_DISTRIBUTION = 100  # adjustable
VPC_ORIGINS_AN_ACCOUNT = 25  # adjustable
DISTRIBUTIONS_A_VPC_ORIGIN = 50  # fixed
DISTRIBUTIONS_A_FUNCTION = 100  # fixed
FUNCTIONS_AN_ACCOUNT = 100  # adjustable
DISTRIBUTIONS_A_POLICY = 100  # fixed; of a response headers policy as of the two others
RESPONSE_POLICIES_AN_ACCOUNT = 20  # adjustable
FUNCTION_BYTES = 10_240  # fixed
ORIGIN_SECONDS = 120  # the longest origin_read_timeout without asking AWS

# Amazon ECS, "Amazon ECS service quotas".
SERVICES_A_CLUSTER = 5_000  # fixed
TASKS_A_SERVICE = 5_000  # adjustable
TASK_DEFINITION_BYTES = 65_536  # fixed
OVERRIDE_CHARACTERS = 8_192  # fixed; TaskOverride of RunTask
FARGATE_STARTS_A_SECOND = 20  # adjustable; "AWS Fargate throttling quotas", sustained
FARGATE_LEAST_SECONDS = 60  # what a task is billed for at least; AWS Fargate pricing
CAPACITY_PROVIDER_BASE = 100_000  # CapacityProviderStrategyItem.base
CAPACITY_PROVIDER_WEIGHT = 1_000  # CapacityProviderStrategyItem.weight
# "AWS Fargate service quotas": what a new account has, on demand and again on Spot; adjustable.
FARGATE_VCPUS = 6

# AWS Step Functions, "Step Functions service quotas", related to accounts.
STATE_MACHINES_A_REGION = 100_000  # adjustable

# Amazon EventBridge Scheduler, "Quotas for Amazon EventBridge Scheduler".
SCHEDULES_A_REGION = 10_000_000  # adjustable

# Amazon RDS, "Quotas and constraints for Amazon RDS"; Aurora user guide on Serverless v2.
CLUSTERS_A_REGION = 40  # adjustable
INSTANCES_A_REGION = 40  # adjustable
READERS_A_CLUSTER = 15  # fixed
ACU = (0.0, 256.0)  # Aurora capacity units, in halves
PAUSE_SECONDS = (300, 86_400)  # SecondsUntilAutoPause
BACKUP_DAYS = (1, 35)  # BackupRetentionPeriod of a cluster

# Amazon EFS, "Amazon EFS quotas".
ACCESS_POINTS_A_FILE_SYSTEM = 10_000  # adjustable

# AWS Backup: Lifecycle.DeleteAfterDays, PutBackupVaultLockConfiguration, and "AWS Backup quotas".
VAULT_DAYS = (1, 36_500)
VAULT_COOLING_DAYS = (3, 36_500)
SELECTIONS_A_BACKUP_PLAN = 100  # fixed

# IAM, "IAM and AWS STS quotas".
ROLES_AN_ACCOUNT = 1_000  # adjustable

# Amazon VPC, "Amazon VPC quotas".
VPCS_A_REGION = 5  # adjustable
ELASTIC_ADDRESSES_A_REGION = 5  # adjustable; one a NAT gateway

# "Tag your AWS resources": limits that all services share.
TAGS_A_RESOURCE = 50
TAG_KEY_CHARACTERS = 128
TAG_VALUE_CHARACTERS = 256

# CPU units -> memory in MiB. Amazon ECS, "Task definition parameters for Fargate", task size.
FARGATE_MEMORY: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
}

# CloudWatch Logs, PutRetentionPolicy.
LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)

# Days that the bucket of dumps and archives may keep them: ten years.
ARCHIVE_DAYS = 3_650

# IAM: characters of a managed policy without white space, and such policies a role; adjustable.
MANAGED_POLICY_CHARACTERS = 6_144
MANAGED_POLICIES_A_ROLE = 10

# "Application Load Balancer attributes": idle_timeout.timeout_seconds.
IDLE_TIMEOUT_SECONDS = (1, 4_000)
