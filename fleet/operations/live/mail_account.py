"""What SES lets the account send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAccount:
    """`sandbox`: SES sends to verified addresses only, at most `a_day` mails. `paused`: none."""

    sandbox: bool = False
    paused: bool = False
    a_day: int = 0

    @property
    def obstacles(self) -> tuple[str, ...]:
        """What keeps mails from being sent, and what to do about it."""
        found: list[str] = []
        if self.paused:
            found.append("AWS has paused the account's sending; its mail to you says why")
        if self.sandbox:
            found.append(
                f"SES is in its sandbox: {self.a_day} mails a day, to verified addresses alone; "
                "ask AWS for production access once (docs/mail.md)"
            )
        return tuple(found)


def mail_account(ses: Any) -> MailAccount:
    """Asks SES, by boto3's client `sesv2`."""
    account = ses.get_account()
    return MailAccount(
        sandbox=not account.get("ProductionAccessEnabled", False),
        paused=not account.get("SendingEnabled", True),
        a_day=int(account.get("SendQuota", {}).get("Max24HourSend", 0)),
    )
