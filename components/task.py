"""The containers of a site's task: what ECS is told to run, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fleet.names import environment_type, schema_name
from fleet.site.model import Site
from fleet.site.own_task import NETWORK_LABEL
from fleet.site.staging import staging_variables

CONTENT_VOLUME = "content"
# The root file system is read-only. These volumes are the task's own, gone with it.
SCRATCH = {"tmp": "/tmp", "cache": "/var/cache/fleet"}  # noqa: S108 - a mount point, not a file
# ECS Exec's agent writes here, and can't start on a read-only root without it.
# https://github.com/aws/containers-roadmap/issues/1359
EXEC_SCRATCH = {
    "exec-agent": "/managed-agents",
    "exec-state": "/var/lib/amazon/ssm",
    "exec-log": "/var/log/amazon/ssm",
}
# Where the fleet's image shows PHP a site's files in `content` mode: EFS, and over its folders of
# code the task's own disk. Below /srv, since the official image declares /var/www/html a volume.
SITE_CONTENT = "/srv/site/wp-content"
CODE = {
    name: f"{SITE_CONTENT}/{name}"
    for name in ("plugins", "themes", "mu-plugins", "languages", "upgrade")
}
VOLUMES = (*SCRATCH, *CODE, *EXEC_SCRATCH)

DOCUMENT_ROOT = "/var/www/html"
CONTENT_PATH = {
    "content": f"{DOCUMENT_ROOT}/wp-content",
    "uploads": f"{DOCUMENT_ROOT}/wp-content/uploads",
}

# Spot gives two minutes between notice and kill; ECS allows a container to use all of it.
STOP_TIMEOUT_SECONDS = 120

KEYS_AND_SALTS = tuple(
    f"{name}_{kind}"
    for kind in ("KEY", "SALT")
    for name in ("AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE")
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskFacts:
    """What is known of a site's surroundings once AWS has made them."""

    image: str
    fleet_image: str
    """The one that may see the master secret: the environment's, whatever image the site names."""
    region: str
    log_group: str
    database_endpoint: str
    master_secret_arn: str
    site_secret_arn: str
    network: str
    """Where the site's tasks stand, as `fleet.site.own_task.network_label` writes it."""
    user: str | None
    """Whom the site's containers run as; None leaves that to the image."""
    fleet_user: str | None
    """The same of the container that runs the fleet's image."""


def canonical_url(site: Site, scheme: str) -> str:
    """The site's address: the first domain, which is never a wildcard."""
    return f"{scheme}://{site.domains[0]}"


def container_definitions(
    site: Site,
    facts: TaskFacts,
    *,
    environment: str,
    scheme: str,
    pauses: bool,
    mail: Mapping[str, str] | None = None,
    mail_secret: str | None = None,
    edge: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Three containers, each of which waits for the one before.

    `schema` makes the site's schema and user. It alone sees the database's master secret, which in
    a shared cluster opens every site's data: it runs the fleet's image, none of the site's code,
    and is given nothing that the site says. `init` installs WordPress as the site's own user, and
    `wordpress` serves. `pauses`: the database sleeps while nobody asks it.
    `mail` are the variables that say how the site sends, `edge` those of its distribution.
    """
    plain = _environment(site, facts, environment=environment, scheme=scheme)
    plain |= {**_cron(site, pauses=pauses), **(mail or {}), **(edge or {})}
    secret = _secrets(site, facts) | ({"FLEET_MAIL_PASSWORD": mail_secret} if mail_secret else {})
    return [
        _schema(site, facts),
        _init(site, facts, plain, secret),
        _wordpress(site, facts, plain, secret),
    ]


def _schema(site: Site, facts: TaskFacts) -> dict[str, Any]:
    return {
        **_contained(site, facts, facts.fleet_image, facts.fleet_user),
        "name": "schema",
        "essential": False,
        "command": ["fleet-schema"],
        "mountPoints": [],
        "environment": _pairs(_database(site, facts)),
        "secrets": _references({**_password(facts), **_master(facts)}),
    }


def _init(
    site: Site, facts: TaskFacts, plain: Mapping[str, str], secret: Mapping[str, str]
) -> dict[str, Any]:
    admin = {"FLEET_ADMIN_PASSWORD": _own_key(facts, "admin_password")}
    return {
        **_contained(site, facts, facts.image, facts.user),
        "name": "init",
        "essential": False,
        "dependsOn": _after("schema"),
        "command": ["fleet-init"],
        "mountPoints": _mounts(site, SCRATCH),
        "environment": _pairs({**plain, **_installation(site)}),
        "secrets": _references({**secret, **admin}),
    }


def _wordpress(
    site: Site, facts: TaskFacts, plain: Mapping[str, str], secret: Mapping[str, str]
) -> dict[str, Any]:
    return {
        **_contained(site, facts, facts.image, facts.user),
        "name": "wordpress",
        "essential": True,
        "dependsOn": _after("init"),
        "portMappings": [{"containerPort": site.port, "protocol": "tcp"}],
        "mountPoints": _mounts(site, {**SCRATCH, **EXEC_SCRATCH}, code=True),
        # Reaps what a session of ECS Exec leaves behind, and passes signals on.
        "linuxParameters": {"initProcessEnabled": True},
        "stopTimeout": STOP_TIMEOUT_SECONDS,
        "dockerLabels": {NETWORK_LABEL: facts.network},
        "environment": _pairs(plain),
        "secrets": _references(secret),
    }


def _after(name: str) -> list[dict[str, str]]:
    return [{"containerName": name, "condition": "SUCCESS"}]


def _contained(site: Site, facts: TaskFacts, image: str, user: str | None) -> dict[str, Any]:
    """What all containers have in common."""
    return {
        "image": image,
        **({} if user is None else {"user": user}),
        "readonlyRootFilesystem": True,
        "privileged": False,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": facts.log_group,
                "awslogs-region": facts.region,
                "awslogs-stream-prefix": site.name,
            },
        },
    }


def _database(site: Site, facts: TaskFacts) -> dict[str, str]:
    return {
        "WORDPRESS_DB_HOST": f"{facts.database_endpoint}:3306",
        "WORDPRESS_DB_NAME": schema_name(site.name),
        "WORDPRESS_DB_USER": schema_name(site.name),
    }


def _environment(site: Site, facts: TaskFacts, *, environment: str, scheme: str) -> dict[str, str]:
    return {
        **site.env,
        **_database(site, facts),
        "WORDPRESS_TABLE_PREFIX": site.table_prefix,
        "WP_HOME": canonical_url(site, scheme),
        "WP_ENVIRONMENT_TYPE": environment_type(environment),
        "FLEET_SITE": site.name,
        "FLEET_DOMAINS": ",".join(site.domains),
        "FLEET_STORAGE_MODE": site.storage.mode,
        "FLEET_PORT": str(site.port),
        "FLEET_CPU": str(site.size.cpu),
        "FLEET_MEMORY": str(site.size.memory),
        **staging_variables(site, scheme),
    }


def _cron(site: Site, *, pauses: bool) -> dict[str, str]:
    """Whether serving tasks run events, how late at most, and whether they come in slots."""
    return {
        "FLEET_CRON_SECONDS": str(site.cron.in_serving_tasks or 0),
        "FLEET_CRON_SLOTS": "on" if pauses else "off",
    }


def _installation(site: Site) -> dict[str, str]:
    return {
        "FLEET_TITLE": site.title,
        "FLEET_ADMIN_USER": site.admin.user,
        "FLEET_ADMIN_EMAIL": site.admin.email,
    }


def _secrets(site: Site, facts: TaskFacts) -> dict[str, str]:
    own = {f"WORDPRESS_{key}": _own_key(facts, key.lower()) for key in KEYS_AND_SALTS}
    return {**site.secrets, **own, **_password(facts)}


def _password(facts: TaskFacts) -> dict[str, str]:
    return {"WORDPRESS_DB_PASSWORD": _own_key(facts, "database_password")}


def _master(facts: TaskFacts) -> dict[str, str]:
    return {
        "FLEET_DB_MASTER_USER": _key(facts.master_secret_arn, "username"),
        "FLEET_DB_MASTER_PASSWORD": _key(facts.master_secret_arn, "password"),
    }


def _key(secret_arn: str, key: str) -> str:
    """ECS's reference to one key of a JSON secret, at the version that is current then.

    Not at a named one: `fleet rotate` would have to register task definitions beside Pulumi's.
    """
    return f"{secret_arn}:{key}::"


def _own_key(facts: TaskFacts, key: str) -> str:
    return _key(facts.site_secret_arn, key)


def _mounts(site: Site, scratch: Mapping[str, str], *, code: bool = False) -> list[dict[str, Any]]:
    """A folder comes before what is mounted in it. `code`: what runs the site's own code."""
    paths = [(CONTENT_VOLUME, CONTENT_PATH[site.storage.mode]), *scratch.items()]
    if code and site.storage.mode == "content":
        paths += [(CONTENT_VOLUME, SITE_CONTENT), *CODE.items()]
    return [
        {"sourceVolume": volume, "containerPath": path, "readOnly": False} for volume, path in paths
    ]


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in sorted(values.items())]


def _references(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "valueFrom": value} for name, value in sorted(values.items())]
