"""What may surprise about the jobs of an environment's sites together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from fleet.names import environment_type
from fleet.quotas import FARGATE_STARTS_A_SECOND
from fleet.settings.model import Settings
from fleet.site.jobs import has_own_minute, known_starts, starts_a_month
from fleet.site.model import Site
from fleet.site.scheduled import scheduled

Path = tuple[str, ...]

# The layers of the built-in image as a registry keeps them, compressed: an estimate.
IMAGE_GB = 0.2
# Below it nobody minds.
_WORTH_A_WORD_GB = 50


def job_warnings(sites: Sequence[Site], settings: Settings) -> Iterator[tuple[Path, str]]:
    """Paths into the settings or to a site's jobs, and what to know."""
    yield from _images_through_nat(sites, settings)
    yield from _all_at_once(sites)
    yield from _nobody_hears(sites, settings)


def _images_through_nat(sites: Sequence[Site], settings: Settings) -> Iterator[tuple[Path, str]]:
    """A network of the program's own has the endpoint; of another nobody here knows."""
    if settings.network.vpc_id is None or settings.network.public_tasks:
        return
    live = [site for site in sites if site.state == "live"]
    starts = sum(starts_a_month(job) for site in live for job in site.jobs.values())
    if starts * IMAGE_GB > _WORTH_A_WORD_GB:
        yield (
            ("network", "vpcId"),
            f"jobs start {starts:,.0f} times a month; without an S3 gateway endpoint in this VPC "
            f"the image comes by NAT each time, about {starts * IMAGE_GB:,.0f} GB",
        )


def _nobody_hears(sites: Sequence[Site], settings: Settings) -> Iterator[tuple[Path, str]]:
    """In production: of a copy nobody wants to know."""
    coming = sum(len(scheduled(site)) for site in sites)
    if (
        settings.alarms is None
        and coming
        and environment_type(settings.environment) == "production"
    ):
        yield (
            ("alarms",),
            f"{coming} tasks come by the clock, and nobody hears when one fails or can't start; "
            "alarms: {email: ops@example.com} tells you (docs/alarms.md)",
        )


def _all_at_once(sites: Sequence[Site]) -> Iterator[tuple[Path, str]]:
    time, count = busiest_minute(sites)
    if time is not None and count > FARGATE_STARTS_A_SECOND:
        own = all(has_own_minute(job) for site in sites for job in site.jobs.values())
        advice = "spread them over more hours" if own else "with H as the minute each has its own"
        yield (
            ("jobs",),
            f"{count} tasks start at once at {time:%H:%M} UTC, and Fargate starts "
            f"{FARGATE_STARTS_A_SECOND} a second; {advice}",
        )


def busiest_minute(sites: Sequence[Site]) -> tuple[datetime | None, int]:
    """When most jobs start, and how many: Scheduler keeps to the minute, and starts all at once."""
    times = Counter(
        time
        for site in sites
        if site.state == "live"
        for name, job in site.jobs.items()
        for time in known_starts(site.name, name, job)
    )
    return max(times.items(), key=lambda each: each[1], default=(None, 0))
