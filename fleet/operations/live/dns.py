"""The DNS records of a site, and what the world's resolvers say of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import dns.exception
import dns.name
import dns.resolver
from dns.rdatatype import RdataType

from fleet.fields.hosts import is_wildcard
from fleet.operations.declared import Declared
from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.live.belonging import Stack
from fleet.operations.live.certificates import certificates_client, proofs
from fleet.operations.live.edge import read_distribution
from fleet.operations.live.finding import Finding, State, unheard
from fleet.operations.live.load_balancers import read_address
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.settings.edge import at_edge
from fleet.settings.mail import mail_domain
from fleet.settings.mail_records import mail_records
from fleet.settings.model import Settings
from fleet.settings.zones import zone_of
from fleet.site.dns import VISITORS, DnsRecord, site_records
from fleet.site.mail import way_of
from fleet.site.model import Site

# For one question to all resolvers together.
LIFETIME_SECONDS = 10
# What is asked for in place of the star of a wildcard.
_ANY_LABEL = "fleet-check"


def site_dns(declared: Declared, name: str) -> list[DnsRecord]:
    """The records of a site that has been up. Raises FleetError and OperationError."""
    site, settings = declared.site(name), declared.settings
    home = declared.home(site)
    with told_in_words(home):
        session = open_session(home)
        address = _address(session, home, site, settings)
        acm = certificates_client(session, settings)
        proving = list(dict.fromkeys(proofs(acm, site, settings)))
        for_mail = _mail_records(session, site, settings)
    return [*site_records(site, settings, address), *proving, *for_mail]


def _address(session: boto3.Session, home: Target, site: Site, settings: Settings) -> str:
    """Where the site's names lead: its distribution, without an edge the load balancer."""
    if at_edge(settings):
        return read_distribution(session, home, site.name)["DomainName"]
    elbv2 = session.client("elbv2", config=CONFIG)
    address = read_address(elbv2, Stack(home.environment, home.cell))
    if address is None:
        raise OperationError(
            f"{home.stack} has no load balancer yet; run `fleet up --env {home.environment}`"
        )
    return address


def resolver_at(address: str | None) -> dns.resolver.Resolver:
    """The machine's own resolver, or that at IP or IP:PORT. Raises OperationError."""
    try:
        resolver = dns.resolver.Resolver(configure=address is None)
        if address is not None:
            host, colon, port = address.rpartition(":")
            resolver.nameservers = [host if colon else address]
            resolver.port = int(port) if colon else resolver.port
    except (ValueError, dns.exception.DNSException) as error:
        raise OperationError(f"{address or 'this machine'} is no resolver: {error}") from error
    resolver.lifetime = LIFETIME_SECONDS
    # Every host is compared with the same load balancer, whose addresses are asked for once.
    resolver.cache = dns.resolver.Cache()
    return resolver


def check(records: Sequence[DnsRecord], resolver: dns.resolver.Resolver) -> Iterator[Finding]:
    """Asks for each record in turn."""
    for record in records:
        try:
            yield _finding(record, resolver)
        except (dns.resolver.NoNameservers, dns.exception.Timeout) as error:
            yield Finding(record=record, state="unknown", reason=unheard(error, resolver))


def _mail_records(session: boto3.Session, site: Site, settings: Settings) -> list[DnsRecord]:
    """Those of the domains that SES sends the site's mails from; none before the first `up`."""
    if way_of(site, settings) != "ses":
        return []
    ses = session.client("sesv2", config=CONFIG)
    shared = mail_domain(settings, site.cell)
    records: list[DnsRecord] = []
    for domain in filter(None, (shared, site.mail.own_domain)):
        try:
            identity = ses.get_email_identity(EmailIdentity=domain)
        except ses.exceptions.NotFoundException:
            continue
        tokens = identity.get("DkimAttributes", {}).get("Tokens", [])
        region = session.region_name or ""
        # All of a domain's stand in its own zone: components/mail_domain.py.
        zone = zone_of(domain, settings.zones)
        records += (
            DnsRecord(
                name=each.name, type=each.type, value=each.value, purpose=each.purpose, zone=zone
            )
            for each in mail_records(domain, region, tokens, with_dmarc=domain == shared)
        )
    return records


def _finding(record: DnsRecord, resolver: dns.resolver.Resolver) -> Finding:
    if record.purpose != VISITORS:
        found = _values(record, resolver)
        if record.value in found:
            return Finding(record=record, state="right")
        # Of texts a name may have many, which are nobody else's business.
        others = () if record.type == "TXT" else tuple(found)
        return Finding(record=record, state="elsewhere" if others else "missing", found=others)
    return _visitors(record, resolver)


def _values(record: DnsRecord, resolver: dns.resolver.Resolver) -> list[str]:
    """What stands under the record's name and type, written as records here are."""
    try:
        answer = resolver.resolve(
            dns.name.from_text(record.name), record.type, raise_on_no_answer=False
        )
    except dns.resolver.NXDOMAIN:
        return []
    return [_written(each) for each in answer.rrset or ()]


def _written(data: Any) -> str:
    match data.rdtype:
        case RdataType.TXT:
            return b"".join(data.strings).decode(errors="replace")
        case RdataType.MX:
            return f"{data.preference} {data.exchange.to_text(omit_final_dot=True)}"
        case _:
            return data.to_text().removesuffix(".").lower()


def _visitors(record: DnsRecord, resolver: dns.resolver.Resolver) -> Finding:
    name = record.name.replace("*", _ANY_LABEL) if is_wildcard(record.name) else record.name
    wanted, (chain, found) = _addresses(record.value, resolver)[1], _addresses(name, resolver)
    # A load balancer's addresses change; a name that leads to its name is right for good.
    right = record.value.lower() in chain or (bool(found) and set(found) <= set(wanted))
    state: State = "right" if right else "elsewhere" if found or chain else "missing"
    return Finding(
        record=record,
        state=state,
        found=() if right else tuple(chain or found),
        at_apex=not right and record.type == "CNAME" and _is_apex(name, resolver),
    )


def _addresses(name: str, resolver: dns.resolver.Resolver) -> tuple[list[str], list[str]]:
    """The names that a name leads to, and the IPv4 addresses at the end."""
    try:
        answer = resolver.resolve(dns.name.from_text(name), RdataType.A, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        return [], []
    chain = [
        cname.target.to_text(omit_final_dot=True).lower()
        for section in answer.chaining_result.cnames
        for cname in section
    ]
    return chain, [each.address for each in answer.rrset or ()]


def _is_apex(name: str, resolver: dns.resolver.Resolver) -> bool:
    """Whether the name has an SOA of its own."""
    try:
        answer = resolver.resolve(dns.name.from_text(name), RdataType.SOA, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        return False
    return answer.rrset is not None
