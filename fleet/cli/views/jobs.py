"""The jobs of sites on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.text import Text

from fleet.cli.phrases import duration
from fleet.cli.screen import OUT, print_json, print_note
from fleet.cli.table import number, table, text, word
from fleet.cli.times import moment
from fleet.cli.views.one_off import outcome
from fleet.operations.data.jobs import JobStatus


def print_jobs(found: Sequence[JobStatus], *, as_json: bool) -> None:
    """A line for each job; times are those of this machine."""
    if as_json:
        print_json([asdict(each) for each in found])
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
            moment(last.began) if last else "-",
            Text("missed", "red") if each.missed else outcome(last.ending) if last else "",
            duration(last.billed) if last else "",
            moment(each.next),
        )
    OUT.print(shown)
    for each in found:
        if each.missed is not None:
            print_note(
                f"{each.site} {each.job} was due at {moment(each.missed)}, and nothing began; "
                "docs/alarms.md says where to look"
            )
