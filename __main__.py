"""The Pulumi program: one shared base, one WordPressSite for each site of this stack's cell."""

from pathlib import Path

import pulumi

from components.base.shared_base import SharedBase, SharedBaseArgs
from components.site.wordpress_site import WordPressSite, WordPressSiteArgs
from fleet.problems import FleetError
from fleet.site.backup import any_backed_up, any_drilled
from fleet.site.placement import place_priorities, place_uids
from fleet.site.waf import counted_hosts
from fleet.sites_file.load import load_stack
from program.capacity import for_this_run
from program.edge import refuse_another_edge
from program.held import held_resources
from program.hosts_in_turn import after, in_turn
from program.issued import issued_hosts
from program.moved_names import moved_names
from program.removal import refuse_losses
from program.sdk_tuning import be_economical
from program.stack_settings import stack_settings
from program.zones import refuse_unknown_zones

HERE = Path(__file__).parent


def main() -> None:
    be_economical()
    settings, fleet = load_stack(lambda: stack_settings(HERE), HERE)
    sites = for_this_run(fleet.in_cell(settings.cell))
    held = held_resources()
    refuse_another_edge(settings, held, HERE)
    refuse_losses(sites, held, settings.sites_file)
    refuse_unknown_zones(settings, HERE)
    priorities, uids = place_priorities(sites), place_uids(site.name for site in fleet.sites)

    renamed = moved_names(held, uids)
    known = SharedBaseArgs(
        settings=settings,
        counted_hosts=counted_hosts(sites),
        backed_up=any_backed_up(sites),
        drilled=any_drilled(sites),
    )
    base = SharedBase("base", known)
    made: dict[str, WordPressSite] = {}
    for site, losers in in_turn(sites, held, settings.sites_file):
        args = WordPressSiteArgs(
            base=base,
            site=site,
            uid=uids[site.name],
            priorities=priorities[site.name],
            issued=issued_hosts(site, settings, held),
        )
        turn = after(made[name] for name in losers)
        options = pulumi.ResourceOptions(transformations=[renamed, turn])
        made[site.name] = WordPressSite(site.name, args, options)
    outputs = {site.name: made[site.name].outputs for site in sites}
    for name, value in {"sites": outputs, **base.outputs}.items():
        pulumi.export(name, value)


try:
    main()
except FleetError as error:
    raise pulumi.RunError(str(error)) from None
