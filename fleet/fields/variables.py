"""The environment variables of a site's containers."""

from __future__ import annotations

import re

VARIABLE_NAME = "[A-Za-z_][A-Za-z0-9_]*"

SITE_KEYS = (
    *("AUTH_KEY", "SECURE_AUTH_KEY", "LOGGED_IN_KEY", "NONCE_KEY"),
    *("AUTH_SALT", "SECURE_AUTH_SALT", "LOGGED_IN_SALT", "NONCE_SALT"),
)
# Set by the task definition, which would hold the name twice. The image's other FLEET_ names are
# settings: docs/image.md.
RESERVED_NAMES = frozenset(
    {"WP_HOME", "WP_ENVIRONMENT_TYPE", "WORDPRESS_TABLE_PREFIX", "AWS_EXECUTION_ENV"}
    | {f"WORDPRESS_{key}" for key in SITE_KEYS}
    | {f"FLEET_MAIL{name}" for name in ("", "_FROM", "_DOMAIN", "_FALLBACK_FROM", "_TENANT")}
    | {f"FLEET_MAIL_{name}" for name in ("CONFIGURATION_SET", "HOST", "PORT", "USER", "PASSWORD")}
    | {f"FLEET_{name}" for name in ("SITE", "DOMAINS", "TITLE", "PORT", "CPU", "MEMORY")}
)
# ECS_ and AWS_CONTAINER_ come from the ECS agent and lead to the credentials of the task role.
RESERVED_PREFIXES = (
    *("WORDPRESS_DB_", "FLEET_STORAGE_", "FLEET_ADMIN_", "FLEET_CRON_", "FLEET_DB_MASTER_"),
    *("FLEET_EDGE_DISTRIBUTION", "FLEET_EDGE_SECONDS", "FLEET_EDGE_TAGS"),
    *("ECS_", "AWS_CONTAINER_"),
)


def variable_name(text: str) -> str:
    """Raises ValueError with what is wrong with the name."""
    if not re.fullmatch(VARIABLE_NAME, text):
        raise ValueError("which no shell takes as a name")
    if text in RESERVED_NAMES or text.startswith(RESERVED_PREFIXES):
        raise ValueError("which the fleet sets itself")
    return text


def variable_value(text: str) -> str:
    """Raises ValueError for the one character that no environment holds."""
    if "\0" in text:
        raise ValueError("which has a NUL character")
    return text
