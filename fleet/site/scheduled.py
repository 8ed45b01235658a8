"""What the clock starts of a site, each in a task of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fleet.fields.durations import seconds
from fleet.site import backup, cron
from fleet.site.jobs import job_expression

if TYPE_CHECKING:
    from fleet.site.model import Site

DRILL_SECONDS = 86_400


@dataclass(frozen=True, kw_only=True, slots=True)
class Scheduled:
    """One task that comes by the clock: on the site's task definition, with another command."""

    name: str
    """Unique among the site's."""
    expression: str
    """`cron(…)`, `rate(…)` or `at(…)`, as EventBridge Scheduler takes it."""
    timezone: str = "UTC"
    command: tuple[str, ...]
    cpu: int
    memory: int
    """In MiB."""
    spot: bool
    backup: bool = False
    """Whether it is the site's backup or a drill of it: with a role of its own, which alone deletes
    old ones, and a command that ends with where they lie, `s3://BUCKET/SITE`, known once the bucket
    is."""
    preparing: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """What the containers before the main one run; nothing unless it is here."""


def scheduled(site: Site) -> tuple[Scheduled, ...]:
    """All of a site's; none while it isn't live."""
    return (*_cron(site), *_backup(site), *_jobs(site)) if site.state == "live" else ()


def schedule_name(site: str, name: str) -> str:
    """Of a scheduled task's schedule in the stack's group.

    No site's name holds two hyphens, so `a` and `b-c` never meet `a-b` and `c`.
    """
    return f"{site}--{name}"


def schedule_resources(site: Site) -> int:
    """How many resources they are: one each, and the role with its policy; a backup's, too."""
    count = len(scheduled(site))
    return count + 2 + 2 * backup.is_backed_up(site) if count else 0


def _jobs(site: Site) -> Iterator[Scheduled]:
    for name, job in site.jobs.items():
        options = ("--kind", f"job-{name}", "--timeout", str(seconds(job.timeout)))
        yield Scheduled(
            name=f"job-{name}",
            expression=job_expression(site.name, name, job),
            timezone=job.timezone,
            command=("fleet-task", *options, "--by", "schedule", "--", *job.command),
            cpu=job.cpu,
            memory=job.memory,
            spot=job.spot,
        )


def _cron(site: Site) -> Iterator[Scheduled]:
    if site.cron.task == "own" and (seconds := site.cron.seconds) is not None:
        yield Scheduled(
            name="cron",
            expression=f"rate({seconds // 60} minute{'' if seconds == 60 else 's'})",
            command=("fleet-task", "--kind", "cron", "--", "fleet-cron", "run"),
            cpu=cron.OWN_TASK.cpu,
            memory=cron.OWN_TASK.memory,
            spot=bool(site.capacity.spot_weight),
        )


def _drilled(site: Site) -> tuple[str, ...]:
    """By it a night tells how old the last good drill is: a drill by hand has none behind it."""
    return ("--drilled",) if backup.is_drilled(site) else ()


def _backup(site: Site) -> Iterator[Scheduled]:
    if backup.is_backed_up(site):
        yield Scheduled(
            name=backup.SCHEDULE,
            expression=backup.backup_expression(site.name),
            command=("fleet-backup", *backup.dump_options(site), *_drilled(site)),
            cpu=backup.OWN_TASK.cpu,
            memory=backup.OWN_TASK.memory,
            # Spot taken back in the middle would be a night without a backup.
            spot=False,
            backup=True,
        )
    if backup.is_drilled(site):
        options = ("--kind", "drill", "--timeout", str(DRILL_SECONDS), "--by", "schedule")
        yield Scheduled(
            name=backup.DRILL_SCHEDULE,
            expression=backup.drill_expression(site.name),
            command=("fleet-task", *options, "--", "fleet-drill"),
            cpu=backup.OWN_TASK.cpu,
            memory=backup.OWN_TASK.memory,
            spot=False,
            backup=True,
            preparing=backup.DRILL_PREPARING,
        )
