"""How many resources a stack has for a fleet: the engine's time grows with their square."""

from __future__ import annotations

from fleet.site.model import Site
from fleet.site.scaling import is_autoscaled

# A first `up` of 1,179 resources took 129 s on two cores, with a state in a folder and an account
# that answers at once; twice as many would take four times as long (docs/scale.md).
RESOURCES_A_STACK = 1_200

# The largest base: three zones with a NAT gateway each, an image and a shared database of its own.
BASE_RESOURCES = 82

# Log group, storage, secrets, roles, target group, task definition and their components.
_WITHOUT_CHOICE = 19
# Security group, cluster and component, beside the instances.
_CLUSTER = 3
# Component, bounds and the CPU policy.
_AUTOSCALING = 3


def site_resources(site: Site, rules: int) -> int:
    """The resources of one site that has this many listener rules."""
    count = _WITHOUT_CHOICE + rules
    if site.database.placement == "dedicated":
        count += _CLUSTER + instances(site)
    if site.state == "live":
        count += 1
        if is_autoscaled(site):
            scaling = site.scaling
            count += _AUTOSCALING + (scaling.requests is not None) + len(scaling.schedules)
    return count


def instances(site: Site) -> int:
    """Database instances of the site's own cluster; 0 where it shares one."""
    return 1 + site.database.readers if site.database.placement == "dedicated" else 0
