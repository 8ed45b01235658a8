"""What really runs, as a table of sites and the lines that need more than a cell of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from fleet.cli.table import number, table, text, word
from fleet.cli.times import time_of_day
from fleet.cli.views.defence import defended_until
from fleet.cli.views.hosts import host_notes, hosts_table
from fleet.operations.live.databases import Database
from fleet.operations.live.services import SPOT, Deployment
from fleet.operations.live.status import SiteStatus, StackStatus
from fleet.operations.live.tasks import StoppedTask
from fleet.operations.live.temporary import TemporaryCluster

NOTHING = "-"
# Reasons of stopped tasks that are shown for each site; --json has them all.
REASONS = 3
OUTCOME_STYLES = {"failed": "red", "rolled back": "yellow", "in progress": "cyan"}


def stacks_view(stacks: Sequence[StackStatus]) -> Iterator[RenderableType]:
    """The parts to print, one below the other."""
    for stack in stacks:
        if not stack.deployed:
            continue
        yield Text(f"{stack.cluster} at {time_of_day(stack.time)}", style="bold")
        yield _table(stack.sites)
        for site in stack.sites:
            yield from _notes(site, stack)
        if len(stack.sites) == 1 and stack.sites[0].hosts:
            yield hosts_table(stack.sites[0].hosts)
        yield from _shared(stack)
        for each in stack.temporary:
            yield Text(left_behind(each, stack.environment, stack.time), "bold red")
        yield from _nights(stack)
        for line in stack.troubles:
            yield Text(f"this machine: {line}", "bold red")
        for each in stack.defended:
            yield Text(defended_until(each), "yellow")
        for line in stack.mail.obstacles if stack.mail else ():
            yield Text(f"mail: {line}", "yellow")


def _nights(stack: StackStatus) -> Iterator[Text]:
    """Sites without a backup of the last night, and who makes one."""
    for each in stack.nights.late:
        last = f"the last came {_ago(each.last, stack.time)}" if each.last else "none came so far"
        make = f"fleet backup --env {stack.environment} {each.site}"
        yield Text(
            f"{each.site}: no backup of the last night, {last}; fleet runs --env "
            f"{stack.environment} {each.site} says why, {make} makes one now",
            "bold red",
        )
    if stack.nights.problem:
        yield Text(f"backups: not looked at: {stack.nights.problem}", "yellow")


def left_behind(each: TemporaryCluster, environment: str, now: datetime) -> str:
    """That a cluster costs until somebody removes it, and who does."""
    return (
        f"temporary cluster {each.cluster}: of a restore --exact of {each.site}, made "
        f"{_ago(each.since, now)}; it costs until it goes: the same restore goes on with it, "
        f"fleet restore and fleet drill --env {environment} {each.site} remove one of six hours ago"
    )


def not_deployed(stack: StackStatus) -> str:
    """That there is no such stack, and how to make it."""
    cell = f" --cell {stack.cell}" if stack.cell else ""
    return (
        f"there is no cluster {stack.cluster}: not deployed yet; "
        f"fleet up --env {stack.environment}{cell}"
    )


def _table(sites: Sequence[SiteStatus]) -> Table:
    numbers = map(number, ("Tasks", "Pending", "Spot", "Healthy"))
    shown = table(text("Site"), text("State"), *numbers, word("Deployment"), text("Database"))
    for site in sites:
        shown.add_row(
            site.name, _state(site), *_tasks(site), _outcome(site.deployment), _database(site)
        )
    return shown


def _state(site: SiteStatus) -> str:
    if site.declared is None:
        return "not in file"
    if site.deployed == "absent":
        return "not deployed"
    # A retired site is a paused one whose data may go.
    if site.deployed == ("live" if site.declared == "live" else "paused"):
        return site.declared
    return f"to be {site.declared}"


def _tasks(site: SiteStatus) -> tuple[str | Text, ...]:
    if site.tasks is None:
        return (NOTHING,) * 4
    tasks, targets = site.tasks, site.targets
    spot = sum(one.running for one in tasks.providers if one.provider == SPOT)
    healthy = f"{targets.healthy}/{targets.registered}" if targets else NOTHING
    return (
        Text(f"{tasks.running}/{tasks.desired}", "" if tasks.running == tasks.desired else "red"),
        str(tasks.pending),
        str(spot),
        Text(healthy, "red" if targets and targets.healthy < targets.registered else ""),
    )


def _outcome(deployment: Deployment | None) -> Text:
    if deployment is None:
        return Text(NOTHING)
    return Text(deployment.outcome, OUTCOME_STYLES.get(deployment.outcome, ""))


def _database(site: SiteStatus) -> str:
    if site.database is None:
        return NOTHING
    return "shared" if site.database.shared else _capacity(site.database)


def _capacity(database: Database) -> str:
    if database.state != "available":
        return database.state
    if database.acu is None:
        return "ACU unknown"
    return "asleep" if database.acu == 0 else f"{database.acu:.3g} ACU"


def _notes(site: SiteStatus, stack: StackStatus) -> Iterator[Text]:
    deployment, now = site.deployment, stack.time
    if site.shortage:
        yield _note(site, _short(site, stack))
    if deployment and deployment.reason:
        failed = f", {deployment.failed_tasks} tasks failed" if deployment.failed_tasks else ""
        began = f" (began {_ago(deployment.began, now)}{failed})"
        yield _note(site, f"deployment {deployment.outcome}{began}: {deployment.reason}")
    for reason in site.targets.reasons if site.targets else ():
        yield _note(site, f"unhealthy: {reason}")
    for line in host_notes(site.name, site.hosts if site.deployed != "absent" else ()):
        yield _note(site, line)
    for line in _stops(site.stopped, now):
        yield _note(site, line)


def _short(site: SiteStatus, stack: StackStatus) -> str:
    assert site.shortage is not None
    told = f"AWS has no capacity for a task, ECS said {_ago(site.shortage.told, stack.time)}"
    if not site.shortage.spot:
        return f"{told}, and goes on trying"
    command = f"fleet up --env {stack.environment} --site {site.name} --on-demand"
    return f"{told}, and goes on trying; to deploy without Spot: {command}"


def _note(site: SiteStatus, text: str) -> Text:
    return Text.assemble((f"{site.name}: ", "bold"), text)


def _stops(stopped: Sequence[StoppedTask], now: datetime) -> Iterator[str]:
    """The last reasons that tasks stopped for, each with how many and when the last did."""
    latest: dict[tuple[str, str, int | None], datetime | None] = {}
    count: Counter[tuple[str, str, int | None]] = Counter()
    for task in stopped:
        why = (task.code, task.reason, task.exit_code)
        latest.setdefault(why, task.stopped)
        count[why] += 1
    for why in list(latest)[:REASONS]:
        code, reason, exit_code = why
        tasks = "a task" if count[why] == 1 else f"{count[why]} tasks"
        status = "" if exit_code is None else f", exit status {exit_code}"
        yield f"{tasks} stopped {_ago(latest[why], now)}: {code}{status}: {reason}"


def _shared(stack: StackStatus) -> Iterator[Text]:
    if stack.shared_database:
        yield Text.assemble(("Shared database: ", "bold"), _capacity(stack.shared_database))
    if stack.file_system:
        files = stack.file_system
        yield Text.assemble(
            ("Files of all sites: ", "bold"), f"{decimal(files.bytes)} on {files.id}"
        )


def _ago(time: datetime | None, now: datetime) -> str:
    if time is None:
        return "at an unknown time"
    minutes = round((now - time).total_seconds() / 60)
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"
