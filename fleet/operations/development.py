"""Working on a plugin or theme: its folder live in one site of the environment `local`.

develop(declared, "blog", {"plugins/mine": Path("./src")}, print)
develop(declared, "blog", {}, print)    # the site has its own code again
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from fleet.names import cluster_name
from fleet.operations import simulation
from fleet.operations.declared import Declared
from fleet.operations.problem import OperationError

_ITEM = re.compile(r"(plugins|themes)/[A-Za-z0-9_][A-Za-z0-9._-]*")


def develop(
    declared: Declared, site: str, mounts: Mapping[str, Path], told: Callable[[str], object]
) -> None:
    """Replaces the site's tasks by such as have these folders, none for none, and waits for them.

    `mounts`: `plugins/NAME` or `themes/NAME` -> folder. `told` hears what that waits for. Raises
    FleetError for an unknown site, OperationError for all else.
    """
    found = declared.site(site)
    target = declared.home(found)
    if not target.simulated:
        raise OperationError("folders of this machine can be shown in the environment local alone")
    if found.storage.mode != "content":
        raise OperationError(f"{site} has its code in the image: its storage.mode is not content")
    for item, folder in mounts.items():
        if not _ITEM.fullmatch(item):
            raise OperationError(f"{item}: expected plugins/NAME or themes/NAME")
        if not folder.is_dir():
            raise OperationError(f"{folder}: no such folder")
    folders = {item: str(folder.resolve()) for item, folder in mounts.items()}
    cluster = cluster_name(target.environment, target.cell)
    simulation.develop(target.folder, cluster, site, folders)
    simulation.wait_until_served(target.folder, told)
