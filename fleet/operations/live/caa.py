"""Whether a domain's CAA records let Amazon issue certificates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dns.exception
import dns.name
import dns.resolver

from fleet.fields.hosts import is_wildcard
from fleet.operations.live.finding import Finding, unheard
from fleet.site.dns import PROOF, DnsRecord

# ACM user guide, "(Optional) Configure a CAA record": one of them is enough.
AMAZON = ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com")
WANTED = '0 issue "amazon.com"'


def forbidden(hosts: Sequence[str], resolver: dns.resolver.Resolver) -> Iterator[Finding]:
    """A finding for each name whose CAA records keep ACM from issuing for one of the hosts."""
    told: set[str] = set()
    for host in hosts:
        try:
            name, allowed = _relevant(host, resolver)
        except (dns.resolver.NoNameservers, dns.exception.Timeout) as error:
            name, allowed, reason = host, [], unheard(error, resolver)
        else:
            reason = ""
        if name in told or (not reason and (allowed is None or set(allowed) & set(AMAZON))):
            continue
        told.add(name)
        yield Finding(
            record=DnsRecord(name=name, type="CAA", value=WANTED, purpose=PROOF, zone=None),
            state="unknown" if reason else "elsewhere",
            found=tuple(allowed or ()),
            reason=reason,
        )


def _relevant(host: str, resolver: dns.resolver.Resolver) -> tuple[str, list[str] | None]:
    """The nearest name above the host that has CAA records, and the authorities that they name.

    None for anybody. RFC 8659, sections 3 and 4: the host itself and then each name above it; a
    wildcard goes by `issuewild` where there is one.
    """
    labels = host.removeprefix("*.").split(".")
    for start in range(len(labels)):
        name = ".".join(labels[start:])
        try:
            answer = resolver.resolve(dns.name.from_text(name), "CAA", raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            continue
        found = list(answer.rrset or ())
        if not found:
            continue
        by_tag: dict[str, list[str]] = {}
        for each in found:
            authority = each.value.decode(errors="replace").partition(";")[0].strip()
            by_tag.setdefault(each.tag.decode().lower(), []).append(authority)
        wild = by_tag.get("issuewild") if is_wildcard(host) else None
        return name, wild if wild is not None else by_tag.get("issue")
    return host, None
