"""The hosts of a site with their certificates: a table for one site, lines for what is amiss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from fleet.cli.table import number, table, text, word
from fleet.operations.live.certificates import HostStatus

# ACM renews sixty days before the end; one that has no more than this was not renewed.
LATE_DAYS = 30
_WHAT_TO_DO = {
    "issued": "its certificate is issued: `fleet up` takes it in",
    "waiting": "its certificate waits for a record: `fleet dns {site}` has it",
    "unproved": "nobody made its certificate's record for 72 hours, and ACM gave up: make what "
    "`fleet dns {site}` has, then `fleet refresh --site {site}` and `fleet up` ask again",
    "failed": "ACM refuses its certificate; CAA records are the usual reason: "
    "`fleet dns {site} --check`. Then `aws acm delete-certificate --certificate-arn {arn}`, "
    "`fleet refresh --site {site}` and `fleet up` ask again",
    "expired": "its certificate has run out: `fleet dns {site} --check` says what renewal lacks",
    "none": "no certificate of this account and region is for it",
}


def hosts_table(hosts: Sequence[HostStatus]) -> Table:
    """A line a host."""
    shown = table(text("Host"), word("Certificate"), word("Name by"), word("Since"), number("Days"))
    for each in hosts:
        since = f"{each.since:%Y-%m-%d}" if each.since else "-"
        days = "-" if each.days_left is None else str(each.days_left)
        shown.add_row(each.host, each.state, each.name_by, since, days)
    return shown


def host_notes(site: str, hosts: Sequence[HostStatus]) -> Iterator[str]:
    """What to do about the hosts that aren't served, or not for long any more; the same once."""
    found: dict[str, list[str]] = {}
    for each in hosts:
        if each.state != "served":
            note = _WHAT_TO_DO[each.state].format(site=site, arn=each.certificate)
            found.setdefault(note, []).append(each.host)
        elif each.days_left is not None and each.days_left < LATE_DAYS:
            note = f"its certificate has {each.days_left} days left and isn't renewed"
            found.setdefault(note, []).append(each.host)
    for note, names in found.items():
        yield f"{', '.join(names)}: {note}"
