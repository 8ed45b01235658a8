"""The DNS records by which a domain lets SES send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# "Easy DKIM in Amazon SES": three names, whose values SES changes by itself.
DKIM_TOKENS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRecord:
    """`label` tells it from the domain's others, for resources' names. TXT values are bare."""

    label: str
    name: str
    type: Literal["CNAME", "MX", "TXT"]
    value: str
    purpose: str


def bounce_domain(domain: str) -> str:
    """The custom MAIL FROM domain: SPF is asked of it, and bounces go there."""
    return f"bounce.{domain}"


def mail_records(
    domain: str, region: str, tokens: Sequence[str], *, with_dmarc: bool
) -> list[MailRecord]:
    """All that SES asks for, and DMARC for a domain that nothing else sends from.

    A domain that people write mail from may have a policy already, and other senders.
    """
    found = [
        MailRecord(
            label=f"dkim-{number}",
            name=f"{token}._domainkey.{domain}",
            type="CNAME",
            value=f"{token}.dkim.amazonses.com",
            purpose="mail: DKIM",
        )
        for number, token in enumerate(tokens, 1)
    ]
    bounces = bounce_domain(domain)
    exchanger = f"10 feedback-smtp.{region}.amazonses.com"
    found += [
        MailRecord(label="mx", name=bounces, type="MX", value=exchanger, purpose="mail: bounces"),
        MailRecord(
            label="spf",
            name=bounces,
            type="TXT",
            value="v=spf1 include:amazonses.com ~all",
            purpose="mail: SPF",
        ),
    ]
    if with_dmarc:
        policy = "v=DMARC1; p=quarantine"
        name = f"_dmarc.{domain}"
        found.append(
            MailRecord(label="dmarc", name=name, type="TXT", value=policy, purpose="mail: DMARC")
        )
    return found
