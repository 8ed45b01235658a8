"""The order of sites at the edge between which hosts move.

CloudFront gives a name to one distribution at a time: the one that loses it has to be changed
before the other takes it.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

import pulumi

from fleet.site.model import Site
from program.held import Held

_DISTRIBUTION = "aws:cloudfront/distribution:Distribution"


def in_turn(
    sites: Iterable[Site], held: Held, sites_file: str
) -> Iterator[tuple[Site, frozenset[str]]]:
    """Each site with the names of those that lose a host to it, which come before it.

    Raises pulumi.RunError when there is no such order: sites change hosts with each other, or a
    host is that of a site which goes in this very run.
    """
    wanted = {site.name: site for site in sites}
    holders = _holders(held)
    before = {
        name: frozenset(_losers(site, wanted, holders, sites_file)) for name, site in wanted.items()
    }
    try:
        for name in TopologicalSorter(before).static_order():
            yield wanted[name], before[name]
    except CycleError as error:
        names = ", ".join(sorted(set(error.args[1])))
        raise pulumi.RunError(
            f"{sites_file}: sites: {names} change hosts with each other, while CloudFront gives a "
            "host to one distribution at a time; nothing was changed. Take the hosts out of one of "
            "them, run `pulumi up`, then put them where they belong and run `pulumi up` again."
        ) from None


def _holders(held: Held) -> dict[str, str]:
    """Host -> the site whose distribution has it."""
    return {
        host: urn.rsplit("::", 1)[1]
        for urn, resource in held.items()
        if resource["type"] == _DISTRIBUTION
        for host in resource["outputs"].get("aliases") or ()
    }


def _losers(
    site: Site, wanted: Container[str], holders: Mapping[str, str], sites_file: str
) -> Iterator[str]:
    for host in site.domains:
        name = holders.get(host, site.name)
        if name == site.name:
            continue
        if name not in wanted:
            raise pulumi.RunError(
                f"{sites_file}: sites.{site.name}.domains: found {host}, which the "
                f"distribution of {name} has until that site is gone; nothing was changed. Run "
                "`pulumi up` without this host first."
            )
        yield name


def after(earlier: Iterable[pulumi.Resource]) -> pulumi.ResourceTransformation:
    """Lets a site's distribution wait for other sites."""
    waits = pulumi.ResourceOptions(depends_on=list(earlier))

    def transform(
        args: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        if args.type_ != _DISTRIBUTION:
            return None
        return pulumi.ResourceTransformationResult(
            args.props, pulumi.ResourceOptions.merge(args.opts, waits)
        )

    return transform
