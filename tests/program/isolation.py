"""What the sites of one recording can reach of each other, by `access.py`'s reading of it.

Two things are shared on purpose: the file system, whose access points count one by one, and the
shared database, whose schemas are kept apart by MySQL users; its master secret is read at the
start of each of its sites' tasks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.program.access import Account, Firewall, Request
from tests.program.fleets import PARAMETER, SECRET, VARIED
from tests.program.recording import Recording

SITES = list(VARIED)
ON_SHARED = {
    name for name, entry in VARIED.items() if entry.get("database") == {"placement": "shared"}
}
AWS_ACCOUNT = "123456789012"

# What could be done to each kind of thing that a site owns, reading and writing.
ACTIONS = {
    "secret": [
        f"secretsmanager:{verb}" for verb in ("GetSecretValue", "PutSecretValue", "DeleteSecret")
    ],
    "parameter": ["ssm:GetParameter", "ssm:GetParameters", "ssm:PutParameter"],
    "log group": ["logs:PutLogEvents", "logs:CreateLogStream", "logs:GetLogEvents"],
    "access point": [
        f"elasticfilesystem:{verb}"
        for verb in ("ClientMount", "ClientWrite", "ClientRootAccess", "DeleteAccessPoint")
    ],
    "role": ["sts:AssumeRole", "iam:PassRole", "iam:PutRolePolicy"],
    "database": ["rds:ModifyDBCluster", "rds:DeleteDBCluster"],
    "database user": ["rds-db:connect"],
    "service": ["ecs:UpdateService", "ecs:ExecuteCommand"],
    "schedule": [f"scheduler:{verb}Schedule" for verb in ("Get", "Create", "Update", "Delete")],
    "archive": [f"s3:{verb}Object" for verb in ("Get", "Put", "Delete")],
    "task definition": ["ecs:RunTask", "ecs:RegisterTaskDefinition"],
}

Thing = tuple[str, str]
"""Kind and ARN."""


def things(run: Recording, site: str) -> set[Thing]:
    """Everything that belongs to one site."""
    own = run.site(site)
    found = {
        ("log group", f"{each.state['arn']}:log-stream:x")
        for each in own.of_type("cloudwatch:LogGroup")
    }
    found |= {("secret", each.state["arn"]) for each in own.of_type("secretsmanager:Secret")}
    found |= {("access point", each.state["arn"]) for each in own.of_type("efs:AccessPoint")}
    found |= {("role", each.state["arn"]) for each in own.of_type("iam:Role")}
    found |= {("schedule", each.state["arn"]) for each in own.of_type("scheduler:Schedule")}
    found |= {("service", each.id) for each in own.of_type("ecs:Service")}
    found |= {("task definition", each.state["arn"]) for each in own.of_type("ecs:TaskDefinition")}
    found.add(("archive", f"{archive_arn(run)}/{site}/2030-01-31/database.sql.zst"))
    return found | databases(own)


def archive_arn(run: Recording) -> str:
    """The bucket in which each site has a prefix of its own."""
    return run.named("s3:Bucket", "base-archive").state["arn"]


def databases(part: Recording) -> set[Thing]:
    """Clusters, their users, and the secrets that RDS keeps for their masters."""
    found: set[Thing] = set()
    for cluster in part.of_type("rds:Cluster"):
        users = f"dbuser:{cluster.state['clusterResourceId']}/wordpress"
        found |= {
            ("database", cluster.state["arn"]),
            ("database user", f"arn:aws:rds-db:us-east-1:{AWS_ACCOUNT}:{users}"),
            ("secret", cluster.state["masterUserSecrets"][0]["secretArn"]),
        }
    return found


def requests(role: str, thing: Thing, file_system: str) -> Iterator[Request]:
    """Everything that a role could try on a thing. Files are asked for through the access point."""
    kind, arn = thing
    for action in ACTIONS[kind]:
        context = {"aws:SecureTransport": "true"}
        target = arn
        if action.startswith("elasticfilesystem:Client"):
            context["elasticfilesystem:AccessPointArn"] = arn
            target = file_system
        yield Request(("AWS", role), action, target, context)


def reach(run: Recording, account: Account) -> dict[str, set[Thing]]:
    """What the roles of each site can do anything to."""
    (files,) = run.of_type("efs:FileSystem")
    everything = {thing for site in SITES for thing in things(run, site)} | databases(run.base())
    everything |= {("secret", SECRET), ("parameter", PARAMETER)}
    return {
        site: {
            thing
            for thing in everything
            for role in run.site(site).of_type("iam:Role")
            for request in requests(role.state["arn"], thing, files.state["arn"])
            if account.allows(request)
        }
        for site in SITES
    }


def intrusions(run: Recording) -> list[tuple[str, Thing]]:
    """What the roles of a site reach beyond what is the site's, and what it was given by name."""
    shared = {thing for thing in databases(run.base()) if thing[0] == "secret"}
    given = {"shop": {("secret", SECRET), ("parameter", PARAMETER)}}
    return [
        (site, thing)
        for site, reached in reach(run, Account(run)).items()
        for thing in sorted(
            reached
            - things(run, site)
            - given.get(site, set())
            - (shared if site in ON_SHARED else set())
        )
    ]


def foreign_references(run: Recording) -> list[str]:
    """What a task definition names that isn't its site's: roles, secrets, files, logs."""
    problems = []
    shared = {arn for _, arn in databases(run.base())}
    for site in SITES:
        (task,) = run.site(site).of_type("ecs:TaskDefinition")
        own = {arn for _, arn in things(run, site)} | (shared if site in ON_SHARED else set())
        own |= {SECRET, PARAMETER} if site == "shop" else set()
        named = {task.inputs["executionRoleArn"], task.inputs["taskRoleArn"]}
        for container in json.loads(task.inputs["containerDefinitions"]):
            named |= {":".join(each["valueFrom"].split(":")[:7]) for each in container["secrets"]}
            if (
                container["logConfiguration"]["options"]["awslogs-group"]
                != f"/wordpress/test/{site}"
            ):
                problems.append(f"{site}: log group")
        problems += [f"{site}: {arn}" for arn in sorted(named - own)]
        points = {each.id for each in run.site(site).of_type("efs:AccessPoint")}
        volume = task.inputs["volumes"][0]["efsVolumeConfiguration"]["authorizationConfig"]
        if volume["accessPointId"] not in points or volume["iam"] != "ENABLED":
            problems.append(f"{site}: {volume}")
    return problems


def groups(run: Recording, site: str) -> set[str]:
    return {
        group
        for service in run.site(site).of_type("ecs:Service")
        for group in service.inputs["networkConfiguration"]["securityGroups"]
    }


def connections(run: Recording) -> set[tuple[str, str]]:
    """From whose tasks to whose tasks or database a connection opens."""
    firewall = Firewall.of(run)
    targets = [
        (name, set(cluster.inputs["vpcSecurityGroupIds"]), 3306)
        for name in (*SITES, "base")
        for cluster in (run.base() if name == "base" else run.site(name)).of_type("rds:Cluster")
    ]
    targets += [
        (f"{site}'s tasks", groups(run, site), VARIED[site].get("port", 8080)) for site in SITES
    ]
    return {
        (site, name)
        for site in SITES
        for name, target, port in targets
        if firewall.admits(groups(run, site), target, port)
    }
