"""What each field of a site changes, and that it changes nothing else in the whole program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from pydantic import BaseModel

from components.task import EXEC_SCRATCH, SCRATCH, VOLUMES
from fleet.site.model import Site
from tests.program.difference import Difference, difference
from tests.program.fleets import CERTIFICATE, OTHER_IMAGE, PARAMETER, PLAIN, SECRET, Programs, site

SHARED_DATABASE = {"sharedDatabase": {"minAcu": 0.5, "maxAcu": 4}}


@dataclass(frozen=True, kw_only=True)
class Case:
    """The fields of a site that differ from a plain one, and all that differs because of them.

    `changed` is as in `Difference`; what doesn't fit in one line has a test of its own below, and
    `also` holds the beginnings of its keys.
    """

    fields: dict[str, Any]
    changed: dict[str, Any] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def containers(path: str, value: Any) -> dict[str, Any]:
    """The same change in both containers of the site's own."""
    return {
        f"ecs:TaskDefinition blog containerDefinitions.{container}.{path}": value
        for container in ("init", "wordpress")
    }


def schema(path: str, value: Any) -> dict[str, Any]:
    return {f"ecs:TaskDefinition blog containerDefinitions.schema.{path}": value}


def init(path: str, value: Any) -> dict[str, Any]:
    return {f"ecs:TaskDefinition blog containerDefinitions.init.{path}": value}


KEEP = {"days": 30, "weeks": 12, "months": 24}
WORDPRESS = "ecs:TaskDefinition blog containerDefinitions.wordpress"
TRACKING = "targetTrackingScalingPolicyConfiguration"
STRATEGY = "ecs:Service blog capacityProviderStrategies"
TAGGED = (
    *("cloudwatch:LogGroup blog", "ec2:SecurityGroup blog-database", "rds:Cluster blog-database"),
    *("cloudwatch:LogGroup blog-database-error", "cloudwatch:LogGroup blog-database-slowquery"),
    *("rds:ClusterInstance blog-database-1", "appautoscaling:Target blog", "iam:Role blog-task"),
    *("iam:Role blog-execution", "lb:ListenerRule blog-hosts-1", "lb:TargetGroup blog"),
    *("secretsmanager:Secret blog", "ecs:Service blog", "ecs:TaskDefinition blog"),
    "efs:AccessPoint blog",
)

BACKED_UP = (
    *("iam:Role blog-schedules", "iam:RolePolicy blog-schedules"),
    *("iam:Role blog-backup-task", "iam:RolePolicy blog-backup-task"),
    "scheduler:Schedule blog--backup",
)

CASES = {
    "cron.every": Case(
        fields={"cron": {"every": "1h"}},
        changed=containers("environment.FLEET_CRON_SECONDS", "3600"),
    ),
    "cron.task": Case(
        fields={"cron": {"every": "1h", "task": "own"}},
        changed=containers("environment.FLEET_CRON_SECONDS", "0"),
        added=(
            *("iam:Role blog-schedules", "iam:RolePolicy blog-schedules"),
            "scheduler:Schedule blog--cron",
        ),
    ),
    "jobs": Case(
        fields={"jobs": {"tidy": {"command": ["wp", "x"], "schedule": "cron(H 3 * * ? *)"}}},
        added=(
            *("iam:Role blog-schedules", "iam:RolePolicy blog-schedules"),
            "scheduler:Schedule blog--job-tidy",
        ),
    ),
    "backup.dumps backup.files backup.keep.days backup.keep.weeks backup.keep.months": Case(
        fields={"backup": {"dumps": "nightly", "files": "never", "keep": KEEP}},
        added=BACKED_UP,
        also=("iam:RolePolicy blog-task policy",),
    ),
    "backup.drill": Case(
        fields={"backup": {"dumps": "nightly", "drill": "monthly"}},
        added=(*BACKED_UP, "scheduler:Schedule blog--drill"),
        also=("iam:RolePolicy blog-task policy",),
    ),
    "domains": Case(
        fields={"domains": ["www.example.com", "blog.example.com", "*.example.com"]},
        changed={
            "lb:ListenerRule blog-hosts-1 conditions.0.hostHeader.values.0": "www.example.com",
            "lb:ListenerRule blog-hosts-1 conditions.0.hostHeader.values.1": "blog.example.com",
            **containers("environment.WP_HOME", "https://www.example.com"),
            **containers(
                "environment.FLEET_DOMAINS", "www.example.com,blog.example.com,*.example.com"
            ),
        },
        added=("lb:ListenerRule blog-wildcards-3-1",),
    ),
    "title": Case(
        fields={"title": "Our blog"}, changed=init("environment.FLEET_TITLE", "Our blog")
    ),
    "admin.user": Case(
        fields={"admin": {"user": "editor"}}, changed=init("environment.FLEET_ADMIN_USER", "editor")
    ),
    "admin.email": Case(
        fields={"admin": {"email": "me@example.com"}},
        changed=init("environment.FLEET_ADMIN_EMAIL", "me@example.com"),
    ),
    # The fleet's image stays where the master secret is, so ECS still pulls it.
    "image": Case(fields={"image": OTHER_IMAGE}, changed=containers("image", OTHER_IMAGE)),
    # The site runs the fleet's image, so it is the user of all three.
    "user": Case(
        fields={"user": "1000:1000"},
        changed={**schema("user", "1000:1000"), **containers("user", "1000:1000")},
    ),
    "port": Case(
        fields={"port": 9000},
        changed={
            "ecs:Service blog loadBalancers.0.containerPort": 9000,
            "ecs:TaskDefinition blog "
            "containerDefinitions.wordpress.portMappings.0.containerPort": 9000,
            **containers("environment.FLEET_PORT", "9000"),
        },
    ),
    "size.cpu size.memory": Case(
        fields={"size": {"cpu": 1024, "memory": 2048}},
        changed={
            "ecs:TaskDefinition blog cpu": "1024",
            "ecs:TaskDefinition blog memory": "2048",
            **containers("environment.FLEET_CPU", "1024"),
            **containers("environment.FLEET_MEMORY", "2048"),
        },
    ),
    "scaling.min": Case(
        fields={"scaling": {"min": 3}},
        changed={"appautoscaling:Target blog minCapacity": 3, "ecs:Service blog desiredCount": 3},
    ),
    "scaling.max": Case(
        fields={"scaling": {"max": 9}}, changed={"appautoscaling:Target blog maxCapacity": 9}
    ),
    "scaling.cpu": Case(
        fields={"scaling": {"cpu": 60}},
        changed={f"appautoscaling:Policy blog-cpu {TRACKING}.targetValue": 60},
    ),
    "scaling.requests": Case(
        fields={"scaling": {"requests": 600}}, added=("appautoscaling:Policy blog-requests",)
    ),
    "scaling.cooldown": Case(
        fields={"scaling": {"cooldown": 120}},
        changed={
            f"appautoscaling:Policy blog-cpu {TRACKING}.scaleInCooldown": 120,
            f"appautoscaling:Policy blog-cpu {TRACKING}.scaleOutCooldown": 120,
        },
    ),
    "scaling.schedules": Case(
        fields={"scaling": {"schedules": {"night": {"cron": "0 22 * * ? *", "min": 1, "max": 2}}}},
        added=("appautoscaling:ScheduledAction blog--night",),
    ),
    "capacity.on_demand_base": Case(
        fields={"capacity": {"on_demand_base": 2}}, changed={f"{STRATEGY}.0.base": 2}
    ),
    "capacity.on_demand_weight": Case(
        fields={"capacity": {"on_demand_weight": 5}}, changed={f"{STRATEGY}.0.weight": 5}
    ),
    "capacity.spot_weight": Case(
        fields={"capacity": {"spot_weight": 0}},
        changed={f"{STRATEGY}.1.capacityProvider": None, f"{STRATEGY}.1.weight": None},
    ),
    "database.placement": Case(
        fields={"database": {"placement": "shared"}},
        removed=(
            "cloudwatch:LogGroup blog-database-error",
            "cloudwatch:LogGroup blog-database-slowquery",
            "ec2:SecurityGroup blog-database",
            "rds:Cluster blog-database",
            "rds:ClusterInstance blog-database-1",
        ),
        also=(
            "iam:RolePolicy blog-execution policy.Statement.1.Resource.1",
            "ecs:Service blog networkConfiguration.securityGroups.1",
            f"{WORDPRESS}.dockerLabels.fleet.network.securityGroups",
            *schema("environment.WORDPRESS_DB_HOST", ""),
            *containers("environment.WORDPRESS_DB_HOST", ""),
            *schema("secrets.FLEET_DB_MASTER_", ""),
        ),
    ),
    "database.min_acu database.max_acu": Case(
        fields={"database": {"min_acu": 2, "max_acu": 8}},
        changed={
            "rds:Cluster blog-database serverlessv2ScalingConfiguration.minCapacity": 2,
            "rds:Cluster blog-database serverlessv2ScalingConfiguration.maxCapacity": 8,
        },
    ),
    "database.pause_after": Case(
        fields={"database": {"min_acu": 0, "pause_after": 600}},
        changed={
            "rds:Cluster blog-database serverlessv2ScalingConfiguration.minCapacity": 0,
            "rds:Cluster blog-database serverlessv2ScalingConfiguration.secondsUntilAutoPause": 600,
            **containers("environment.FLEET_CRON_SLOTS", "on"),
        },
    ),
    "database.readers": Case(
        fields={"database": {"readers": 2}},
        added=("rds:ClusterInstance blog-database-2", "rds:ClusterInstance blog-database-3"),
    ),
    "database.backup_days": Case(
        fields={"database": {"backup_days": 14}},
        changed={"rds:Cluster blog-database backupRetentionPeriod": 14},
    ),
    "storage.mode": Case(
        fields={"storage": {"mode": "uploads"}},
        changed={
            "efs:AccessPoint blog rootDirectory.path": "/sites/blog/wp-content/uploads",
            **containers("environment.FLEET_STORAGE_MODE", "uploads"),
            **containers("mountPoints.0.containerPath", "/var/www/html/wp-content/uploads"),
            # What shows the site's own code, which there is none of now.
            **{
                f"{WORDPRESS}.mountPoints.{n}.{key}": None
                for n in range(1 + len((*SCRATCH, *EXEC_SCRATCH)), 2 + len(VOLUMES))
                for key in ("containerPath", "readOnly", "sourceVolume")
            },
        },
    ),
    "health.path": Case(
        fields={"health": {"path": "/up"}}, changed={"lb:TargetGroup blog healthCheck.path": "/up"}
    ),
    "health.grace": Case(
        fields={"health": {"grace": 120}},
        changed={"ecs:Service blog healthCheckGracePeriodSeconds": 120},
    ),
    "table_prefix": Case(
        fields={"table_prefix": "wpx_"},
        changed=containers("environment.WORDPRESS_TABLE_PREFIX", "wpx_"),
    ),
    "env": Case(
        fields={"env": {"WP_MEMORY_LIMIT": "256M"}},
        changed=containers("environment.WP_MEMORY_LIMIT", "256M"),
    ),
    "secrets": Case(
        fields={"secrets": {"SMTP_PASSWORD": f"{SECRET}:password::", "LICENCE": PARAMETER}},
        changed={
            **containers("secrets.SMTP_PASSWORD", f"{SECRET}:password::"),
            **containers("secrets.LICENCE", PARAMETER),
        },
        also=("iam:RolePolicy blog-execution policy.Statement",),
    ),
    "certificate_arn": Case(
        fields={"certificate_arn": CERTIFICATE[:-1] + "1"},
        added=("lb:ListenerCertificate blog-certificate-1",),
    ),
    "tags": Case(
        fields={"tags": {"Team": "web"}},
        changed={f"{resource} tags.Team": "web" for resource in TAGGED},
    ),
}

# In tests of their own: what a state does is in test_states, cells are in test_settings, names in
# DNS, which need zones, in test_dns.
# `mail.` has test_mail.py.
ELSEWHERE = {"name", "state", "cell", "dns", "waf"}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_field_changes_what_it_says_and_nothing_else(programs: Programs, case: Case) -> None:
    settings = SHARED_DATABASE if "database" in case.fields else {}
    plain = programs.run(PLAIN, settings)
    found = difference(plain, programs.run({"blog": site("blog", **case.fields)}, settings))
    exact = {path: new for path, new in found.changed.items() if not path.startswith(case.also)}
    assert replace(found, changed=exact) == Difference(
        frozenset(case.added), frozenset(case.removed), case.changed
    )


def test_every_field_of_a_site_is_in_the_table() -> None:
    tried = {name for names in CASES for name in names.split()}
    # test_mail, test_staging, and test_edge: without an edge `cdn` is refused.
    elsewhere = ("mail.", "cdn.", "staging.")
    fields = {name for name in _fields(Site) if not name.startswith(elsewhere)}
    assert tried == fields - ELSEWHERE


def _fields(model: type[BaseModel]) -> Iterator[str]:
    for name, info in model.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from (f"{name}.{inner}" for inner in _fields(info.annotation))
        else:
            yield name
