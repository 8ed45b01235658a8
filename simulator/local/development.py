"""A working folder of this machine in place of a plugin or theme of one site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Of a service's properties: item, for example plugins/mine -> folder.
DEVELOPMENT = "_development"
# As the image (container/) and the task definition (components/task.py) have them.
CONTAINER, SITE_CONTENT = "wordpress", "/srv/site/wp-content"


def overrides(service: Mapping[str, Any]) -> dict[str, Any]:
    """What the service's tasks have other than in their definition."""
    mounts: dict[str, str] = service.get(DEVELOPMENT) or {}
    if not mounts:
        return {}
    binds = [f"{folder}:{SITE_CONTENT}/{item}:ro" for item, folder in mounts.items()]
    environment = {
        "WORDPRESS_DEBUG": "1",
        "FLEET_PAGE_CACHE": "off",
        # Neither kept on the file system nor replaced by what is there.
        "FLEET_MOUNTED": " ".join(mounts),
    }
    return {CONTAINER: {"environment": environment, "binds": binds}}
