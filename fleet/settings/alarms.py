"""Who hears when something fails that nobody watches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from fleet.fields.doc import Doc, keys_of
from fleet.fields.references import topic_arn
from fleet.fields.types import Email, SettingsModel
from fleet.problems import Breach
from fleet.settings.mail import sends_by_ses

if TYPE_CHECKING:
    from fleet.settings.model import Settings

# How a copy into the vault ends that doesn't come: it failed, didn't begin within its hours, was
# stopped. Each is a metric of AWS Backup's.
VAULT_STATES = ("failed", "expired", "aborted")


class AlarmSettings(SettingsModel):
    """A mailbox, or a topic that somebody reads."""

    email: Annotated[
        Email | None,
        Doc(
            "mailbox that hears of failures, once it has confirmed AWS's mail",
            "a mail address",
            "ops@example.com",
            built_in="none",
        ),
    ] = None
    topic: Annotated[
        Annotated[str, AfterValidator(topic_arn)] | None,
        Doc(
            "SNS topic that hears of them instead; its policy must admit CloudWatch and "
            "EventBridge",
            "the ARN of an SNS topic",
            "arn:aws:sns:eu-west-1:123456789012:ops",
            built_in="none",
        ),
    ] = None


Alarms = Annotated[
    AlarmSettings | None,
    Doc(
        "tells of jobs and starts by the clock that fail, of mail that comes back, and of backups "
        "and copies into the vault that don't come",
        f"a map of {keys_of(AlarmSettings)}",
        {"email": "ops@example.com"},
        built_in="none",
    ),
]


def metric_alarms(settings: Settings, *, backed_up: bool, drilled: bool) -> int:
    """How many CloudWatch alarms a stack has: on dead letters, two rates of SES's, each way in
    which one of the vault's copies ends badly, copies that don't come, and backups and good drills
    that don't where the clock makes some.
    """
    if settings.alarms is None:
        return 0
    vault = (len(VAULT_STATES) + 1) * (settings.vault is not None)
    return 1 + 2 * sends_by_ses(settings) + backed_up + drilled + vault


def one_listener(settings: Settings) -> Iterator[Breach]:
    """A mailbox or a topic."""
    alarms = settings.alarms
    if alarms is not None and (alarms.email is None) == (alarms.topic is None):
        found = "neither email nor topic" if alarms.email is None else "email and topic"
        yield Breach(
            (("alarms",),), f"found {found}", "one of both", "alarms: {email: ops@example.com}"
        )
