"""The policy of whoever deploys, as a table; for programs it is the documents themselves."""

from __future__ import annotations

from collections.abc import Sequence

from fleet.cli.screen import OUT, print_note
from fleet.cli.table import number, table, text
from fleet.policy.deploy import Document, size
from fleet.policy.place import UNKNOWN, Place
from fleet.quotas import MANAGED_POLICY_CHARACTERS


def print_policy(place: Place, documents: Sequence[Document]) -> None:
    """A line for each document, with what it is about."""
    shown = table(number("Document"), number("Characters"), text("Actions of"))
    for position, document in enumerate(documents, 1):
        shown.add_row(str(position), f"{size(document):,}", ", ".join(_services(document)))
    OUT.print(
        f"{place.environment}: region {place.region}, account {place.account}, "
        f"managed policies of at most {MANAGED_POLICY_CHARACTERS:,} characters"
    )
    OUT.print(shown)
    if UNKNOWN in (place.region, place.account):
        print_note("* stands for what the settings don't say: set aws:region, or give --account")


def _services(document: Document) -> list[str]:
    """The services whose actions a document allows."""
    actions = (action for each in document["Statement"] for action in each["Action"])
    return sorted({action.partition(":")[0] for action in actions})
