"""What the environment's firewall does with a site's requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fleet.problems import Breach
from fleet.site.group import Case, Group

if TYPE_CHECKING:
    from fleet.site.model import Site


def counted_hosts(sites: Iterable[Site]) -> list[str]:
    """The hosts of the sites that are counted alone, sorted."""
    return sorted(host for site in sites if site.waf == "count" for host in site.domains)


def _with_firewall(case: Case) -> Iterator[Breach]:
    settings = case.settings
    if settings is not None and settings.waf is None and "waf" in case.site.model_fields_set:
        yield Breach(
            (("waf",),),
            f"found waf: {case.site.waf} in an environment without a firewall",
            "waf where the setting `waf` makes one",
            f"waf: {{mode: block}} in Pulumi.{settings.environment}.yaml",
        )


GROUP = Group(rules=((("waf", "settings.waf"), _with_firewall),))
