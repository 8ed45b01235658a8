"""Challenges before sites, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from fleet.cli.screen import OUT, print_json
from fleet.cli.times import iso, moment
from fleet.operations.live.defence import Defence


def print_defences(begun: Sequence[Defence], environment: str, *, as_json: bool) -> None:
    """Who is defended until when, and how to end it."""
    if as_json:
        print_json({"defended": [{"site": each.site, "until": iso(each.until)} for each in begun]})
        return
    for each in begun[:1]:
        OUT.print(
            f"{defended_until(each)}, worldwide within a minute or two; sooner: "
            f"fleet defend {each.site or '--all'} --end --env {environment}",
            soft_wrap=True,
        )


def print_ended(site: str | None, *, as_json: bool) -> None:
    """That there is none any more."""
    if as_json:
        print_json({"ended": site})
    else:
        OUT.print(f"{site or 'no site'} {'is not' if site else 'is'} defended any more")


def defended_until(defence: Defence) -> str:
    """In a line."""
    who = f"{defence.site} is" if defence.site else "all sites are"
    return f"{who} defended until {moment(defence.until)}"
