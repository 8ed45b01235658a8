"""A site's database: a cluster of its own, or the way into the one that sites share."""

from typing import Any

from components.aurora import AuroraCluster, ClusterArgs, DatabaseAccess
from components.site.context import SiteContext
from fleet.site.model import Site


class Database:
    access: DatabaseAccess

    def __init__(self, context: SiteContext) -> None:
        site = context.site
        self.access = _shared(context) if site.database.placement == "shared" else _own(context)
        self.outputs = {
            "database": _capacity(site),
            "database_endpoint": self.access.endpoint,
        }


def _shared(context: SiteContext) -> DatabaseAccess:
    shared = context.base.shared_database
    if shared is None:
        raise ValueError(f"{context.site.name}: this base has no shared database")
    return shared


def _own(context: SiteContext) -> DatabaseAccess:
    wanted, base = context.site.database, context.base
    args = ClusterArgs(
        vpc_id=base.vpc_id,
        subnet_group_name=base.database_subnet_group,
        parameter_group_name=base.database_parameter_group,
        min_acu=wanted.min_acu,
        max_acu=wanted.max_acu,
        pause_after=wanted.pause_after,
        readers=wanted.readers,
        backup_days=wanted.backup_days,
    )
    return AuroraCluster(context, f"{context.site.name}-database", args).access


def _capacity(site: Site) -> dict[str, Any]:
    """Placement, and the capacity of a cluster of the site's own."""
    own = {"min_acu", "max_acu"} if site.database.placement == "dedicated" else set[str]()
    return site.database.model_dump(include={"placement", *own})
