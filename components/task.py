"""The containers of a site's task: what ECS is told to run, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fleet.names import schema_name
from fleet.site.model import Site

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

TABLE_PREFIX = "wp_"
KEYS_AND_SALTS = tuple(
    f"{name}_{kind}"
    for kind in ("KEY", "SALT")
    for name in ("AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE")
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskFacts:
    """What is known of a site's surroundings once AWS has made them."""

    image: str
    region: str
    log_group: str
    database_endpoint: str
    master_secret_arn: str
    site_secret_arn: str
    site_secret_version: str
    """With it in the references, a changed secret rolls the tasks, as nothing else would."""
    user: str | None
    """Whom the containers run as; None leaves that to the image."""


def canonical_url(site: Site, scheme: str) -> str:
    """The site's address: the first domain, which is never a wildcard."""
    return f"{scheme}://{site.domains[0]}"


def container_definitions(
    site: Site, facts: TaskFacts, *, environment: str, scheme: str, pauses: bool
) -> list[dict[str, Any]]:
    """The init container, which prepares database and installation, then WordPress itself.

    Both run the same image. Only the first sees the database's master secret: RDS rotates that
    secret by itself, so nothing that lives longer than a start may hold it. `pauses`: the database
    sleeps while nobody asks it.
    """
    plain = _environment(site, facts, environment=environment, scheme=scheme)
    plain |= _cron(site, pauses=pauses)
    secret = _secrets(site, facts)
    init = {
        **_both(site, facts),
        "name": "init",
        "essential": False,
        "command": ["fleet-init"],
        "mountPoints": _mounts(site, SCRATCH),
        "environment": _pairs({**plain, **_installation(site)}),
        "secrets": _references({**secret, **_init_secrets(facts)}),
    }
    wordpress = {
        **_both(site, facts),
        "name": "wordpress",
        "essential": True,
        "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}],
        "portMappings": [{"containerPort": site.port, "protocol": "tcp"}],
        "mountPoints": _mounts(site, {**SCRATCH, **EXEC_SCRATCH}, code=True),
        # Reaps what a session of ECS Exec leaves behind, and passes signals on.
        "linuxParameters": {"initProcessEnabled": True},
        "stopTimeout": STOP_TIMEOUT_SECONDS,
        "environment": _pairs(plain),
        "secrets": _references(secret),
    }
    return [init, wordpress]


def _both(site: Site, facts: TaskFacts) -> dict[str, Any]:
    """What the two containers have in common."""
    return {
        "image": facts.image,
        **({} if facts.user is None else {"user": facts.user}),
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


def _environment(site: Site, facts: TaskFacts, *, environment: str, scheme: str) -> dict[str, str]:
    return {
        **site.env,
        "WORDPRESS_DB_HOST": f"{facts.database_endpoint}:3306",
        "WORDPRESS_DB_NAME": schema_name(site.name),
        "WORDPRESS_DB_USER": schema_name(site.name),
        "WORDPRESS_TABLE_PREFIX": TABLE_PREFIX,
        "WP_HOME": canonical_url(site, scheme),
        "WP_ENVIRONMENT_TYPE": _environment_type(environment),
        "FLEET_SITE": site.name,
        "FLEET_DOMAINS": ",".join(site.domains),
        "FLEET_STORAGE_MODE": site.storage.mode,
        "FLEET_PORT": str(site.port),
        "FLEET_CPU": str(site.size.cpu),
        "FLEET_MEMORY": str(site.size.memory),
    }


def _cron(site: Site, *, pauses: bool) -> dict[str, str]:
    """Whether serving tasks run events, how late at most, and whether they come in slots."""
    serving = site.cron.task == "serving" and site.cron.seconds
    return {
        "FLEET_CRON_SECONDS": str(serving or 0),
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
    password = _own_key(facts, "database_password")
    return {**site.secrets, **own, "WORDPRESS_DB_PASSWORD": password}


def _init_secrets(facts: TaskFacts) -> dict[str, str]:
    return {
        "FLEET_DB_MASTER_USER": _key(facts.master_secret_arn, "username"),
        "FLEET_DB_MASTER_PASSWORD": _key(facts.master_secret_arn, "password"),
        "FLEET_ADMIN_PASSWORD": _own_key(facts, "admin_password"),
    }


def _key(secret_arn: str, key: str, version: str = "") -> str:
    """ECS's reference to one key of a JSON secret; at its current version unless one is given."""
    return f"{secret_arn}:{key}::{version}"


def _own_key(facts: TaskFacts, key: str) -> str:
    return _key(facts.site_secret_arn, key, facts.site_secret_version)


def _environment_type(environment: str) -> str:
    """WordPress knows four types; what it doesn't know it takes for production, as we do."""
    short = {"dev": "development", "stage": "staging"}.get(environment, environment)
    return short if short in ("local", "development", "staging") else "production"


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
