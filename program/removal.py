"""Refuses, before anything is touched, what would take a site's data away while it is protected.

The engine would refuse too, since the data is protected, but in its own words and, when a run
skips the preview, after it has changed other things: a site would already run on another database.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pulumi

from components.site.storage import root_directory
from fleet.site.model import Site
from program.held import SITE_TYPE, Held

DATABASE_TYPE = "aws:rds/cluster:Cluster"
ACCESS_POINT_TYPE = "aws:efs/accessPoint:AccessPoint"


def refuse_losses(sites: Iterable[Site], held: Held, sites_file: str) -> None:
    """Raises pulumi.RunError when `sites` would take away what is protected in the stack."""
    wanted = {site.name: site for site in sites}
    told = [
        f"{sites_file}: sites.{name}{loss}"
        for name in sorted(protected_sites(held))
        for loss in _losses(name, wanted.get(name), held)
    ]
    if told:
        raise pulumi.RunError("\n".join(told))


def protected_sites(held: Held) -> set[str]:
    """The sites of a stack whose data may not simply go.

    A site whose first `up` was cut short has no outputs yet and counts as protected.
    """
    return {
        urn.rsplit("::", 1)[1]
        for urn, resource in held.items()
        if resource["type"] == SITE_TYPE and resource["outputs"].get("protected", True)
    }


def _losses(name: str, site: Site | None, held: Held) -> Iterator[str]:
    """The end of a line for each thing that a site would lose."""
    stack = pulumi.get_stack()
    if site is None:
        yield (
            f": the site is not in the file (or lives in another cell now), but its data is "
            f"protected in the stack {stack}; nothing was changed. To remove it: put it back with "
            f"`state: retired`, run `pulumi up`, then take it out and run `pulumi up` again. Its "
            f"files and a final database snapshot stay. To another cell it goes the same way, with "
            f"an archive before (`fleet move --begin {name}`) and its load after."
        )
        return
    how = (
        f"nothing was changed. To change it: have an archive (`fleet move --begin {name}`), set "
        "`state: retired` with the old value, run "
        "`pulumi up`, then set the new value and `state: live`, run `pulumi up` "
        "again and load the archive (`fleet move --archive`)."
    )
    own_database = _outputs(held, DATABASE_TYPE, f"{name}-database")
    if own_database is not None and site.database.placement == "shared":
        yield (
            f".database.placement: shared would delete the site's own database, which is protected "
            f"in the stack {stack}; {how} A final snapshot stays, and the site starts empty."
        )
    if _is_guest(name, held) and site.database.placement == "dedicated":
        yield (
            f".database.placement: dedicated would give the site an empty database in place of its "
            f"schema in the shared one, which is protected in the stack {stack}; {how} The schema "
            f"stays in the shared database, and the site starts empty."
        )
    access_point = _outputs(held, ACCESS_POINT_TYPE, name) or {}
    path = access_point.get("rootDirectory", {}).get("path")
    if path is not None and path != root_directory(name, site.storage.mode):
        yield (
            f".storage.mode: {site.storage.mode} would replace the site's access point, which is "
            f"protected in the stack {stack}; {how} The uploads stay where they are."
        )


def _is_guest(name: str, held: Held) -> bool:
    """Whether the site was last brought up with a schema in the shared database.

    The absence of a database of its own doesn't say so: its first `up` may have been cut short.
    """
    database = (_outputs(held, SITE_TYPE, name) or {}).get("database") or {}
    return database.get("placement") == "shared"


def _outputs(held: Held, type_: str, name: str) -> Mapping[str, Any] | None:
    """The outputs of a resource by its logical name; None when the stack has no such one."""
    for urn, resource in held.items():
        if resource["type"] == type_ and urn.endswith(f"::{name}"):
            return resource["outputs"]
    return None
