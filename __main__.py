"""The Pulumi program: one shared base, one WordPressSite for each site of this stack's cell."""

from pathlib import Path

import pulumi

from components import SharedBase, WordPressSite
from components.economy import be_economical
from components.removal import refuse_losses
from components.site.wordpress_site import WordPressSiteArgs
from components.stack_settings import stack_settings
from fleet.load import load_stack
from fleet.placement import place_priorities, place_uids
from fleet.problems import FleetError

HERE = Path(__file__).parent


def main() -> None:
    be_economical()
    settings, fleet = load_stack(lambda: stack_settings(HERE), HERE)
    sites = fleet.in_cell(settings.cell)
    refuse_losses(sites, settings.sites_file)
    priorities, uids = place_priorities(sites), place_uids(site.name for site in fleet.sites)

    base = SharedBase("base", {"settings": settings.words()})
    outputs: dict[str, object] = {}
    for site in sites:
        args = WordPressSiteArgs(
            base=base, site=site.words(), uid=uids[site.name], priorities=priorities[site.name]
        )
        outputs[site.name] = WordPressSite(site.name, args).outputs
    for name, value in {"sites": outputs, **base.outputs}.items():
        pulumi.export(name, value)


try:
    main()
except FleetError as error:
    raise pulumi.RunError(str(error)) from None
