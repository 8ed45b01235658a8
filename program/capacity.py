"""On which capacity this run deploys, whatever sites.yaml says of later ones."""

import os
from collections.abc import Iterable

from fleet.names import ON_DEMAND_VARIABLE
from fleet.site.model import Site


def for_this_run(sites: Iterable[Site]) -> tuple[Site, ...]:
    """The sites; with all tasks on demand where `fleet up --on-demand` asks for that.

    A service that waits for Spot is not done before the wait of the provider is over, twenty
    minutes. The next run without it gives the tasks back to Spot.
    """
    if not os.environ.get(ON_DEMAND_VARIABLE):
        return tuple(sites)
    return tuple(
        site.model_copy(update={"capacity": site.capacity.without_spot()}) for site in sites
    )
