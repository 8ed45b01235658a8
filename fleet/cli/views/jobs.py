"""The jobs of sites on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from fleet.cli.phrases import duration
from fleet.cli.screen import OUT, print_json
from fleet.cli.table import number, table, text, word
from fleet.cli.views.one_off import outcome
from fleet.operations.data.jobs import JobStatus


def print_jobs(found: Sequence[JobStatus], *, as_json: bool) -> None:
    """A line for each job; times are those of this machine."""
    if as_json:
        print_json([_record(each) for each in found])
        return
    if not found:
        OUT.print("No site has a job; docs/jobs.md says how to give it one.", soft_wrap=True)
        return
    shown = table(
        *(word("Site"), word("Job"), text("Schedule"), word("Last"), text("Outcome")),
        *(number("Took"), word("Next")),
        narrow=True,
    )
    for each in found:
        last = each.last
        shown.add_row(
            each.site,
            each.job,
            f"{each.expression} {each.timezone}",
            _time(last.began) if last else "-",
            outcome(last.ending) if last else "",
            duration(last.billed) if last else "",
            _time(each.next) if each.next else "-",
        )
    OUT.print(shown)


def _time(time: datetime) -> str:
    return f"{time.astimezone():%m-%d %H:%M}"


def _record(each: JobStatus) -> dict[str, Any]:
    record = asdict(each)
    if each.last is not None:
        began, ended = each.last.began, each.last.ended
        times = {"began": began.isoformat(), "ended": ended and ended.isoformat()}
        record["last"] = {**record["last"], **times}
    return {**record, "next": each.next and each.next.isoformat()}
