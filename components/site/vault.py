"""A site's own cluster in the plan of the stack's vault."""

from components.parts import NO_OUTPUTS
from components.site.context import SiteContext
from components.site.database import Database
from components.vault_selection import select


class Vault:
    """The selection of the cluster; nothing without the setting `vault`, or where it is shared.

    Its copies stay in the vault as long as `vault.keepDays` says, the site's removal included.
    """

    outputs = NO_OUTPUTS

    def __init__(self, context: SiteContext) -> None:
        site = context.site
        if context.settings.vault is not None and site.database.placement == "dedicated":
            arn = context.part(Database).access.cluster_arn
            select(f"{site.name}-database", context.base.backup_plan, [arn], context.child)
