"""All groups of a site's fields that have more than their model, in the order of the bill."""

from __future__ import annotations

from fleet.site import (
    backup,
    capacity,
    cdn,
    certificate,
    cron,
    database,
    jobs,
    mail,
    scaling,
    size,
    staging,
    storage,
    waf,
    workers,
)
from fleet.site.group import Group

GROUPS: tuple[Group, ...] = (
    size.GROUP,
    capacity.GROUP,
    scaling.GROUP,
    cron.GROUP,
    jobs.GROUP,
    mail.GROUP,
    staging.GROUP,
    storage.GROUP,
    backup.GROUP,
    database.GROUP,
    workers.GROUP,
    certificate.GROUP,
    waf.GROUP,
    cdn.GROUP,
)
