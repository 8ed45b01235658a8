"""The stack's outputs, typed: what a fleet looks like once it runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOutput:
    """One site as the stack's output `sites` describes it.

    `spot_share` is the share of the tasks at `tasks_max` that run on Spot, 0 to 1; ACU are
    Aurora capacity units. A paused or retired site has no service. `protected`: its data may not
    be deleted.
    """

    name: str
    url: str
    domains: tuple[str, ...]
    state: str
    protected: bool
    tasks_min: int
    tasks_max: int
    spot_share: float
    placement: str
    min_acu: float | None
    max_acu: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetOutputs:
    """The outputs of one stack."""

    sites: tuple[SiteOutput, ...]
    load_balancer: str | None


def read_outputs(outputs: Mapping[str, Any]) -> FleetOutputs:
    """From output values as the Automation API hands them over; sites sorted by name."""
    sites: Mapping[str, Any] = outputs.get("sites") or {}
    return FleetOutputs(
        sites=tuple(_site(name, site) for name, site in sorted(sites.items())),
        load_balancer=(outputs.get("load_balancer") or {}).get("dns_name"),
    )


def _site(name: str, site: Mapping[str, Any]) -> SiteOutput:
    tasks, database = site["tasks"], site["database"]
    return SiteOutput(
        name=name,
        url=site["url"],
        domains=tuple(site["domains"]),
        state=site["state"],
        protected=site["protected"],
        tasks_min=int(tasks["min"]),
        tasks_max=int(tasks["max"]),
        spot_share=float(site["spot_share"]),
        placement=database["placement"],
        min_acu=database.get("min_acu"),
        max_acu=database.get("max_acu"),
    )
