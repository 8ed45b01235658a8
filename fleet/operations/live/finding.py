"""What resolvers say of a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import dns.exception
import dns.resolver

from fleet.site.dns import GIVEN_UP, DnsRecord

State = Literal["right", "missing", "elsewhere", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What resolvers say of one record.

    `found` are the values that they have in place of the record's own. `at_apex`: the name is that
    of a zone, where a CNAME can't stand. `reason` is why nothing is known.
    """

    record: DnsRecord
    state: State
    found: tuple[str, ...] = ()
    at_apex: bool = False
    reason: str = ""

    @property
    def is_right(self) -> bool:
        """Whether the record stands, and what it is for is still asked for."""
        return self.state == "right" and self.record.purpose != GIVEN_UP


def unheard(error: dns.exception.DNSException, resolver: dns.resolver.Resolver) -> str:
    """Why nothing is known, in one line: dnspython repeats itself for each try."""
    if isinstance(error, dns.exception.Timeout):
        servers = (str(each) for each in resolver.nameservers)
        return f"no answer from {', '.join(servers)}, port {resolver.port}"
    return " ".join(str(error).split())
