"""`fleet dns`: the records of a site, and what a real DNS server says of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import dns.rdatatype
import dns.zone
import pytest
from typer.testing import CliRunner, Result

from fleet.cli.main import app
from fleet.operations.declared import read_declared
from fleet.operations.live.caa import forbidden
from fleet.operations.live.dns import check, resolver_at, site_dns
from fleet.operations.live.finding import Finding
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.settings.mail import MailSettings
from fleet.settings.mail_records import mail_records
from fleet.site.dns import DnsRecord
from tests.operations.stage.dns_server import running_dns
from tests.operations.stage.project import SETTINGS, SITES

ALB = "base-alb-1.us-east-1.elb.amazonaws.com"
HOSTS = ("client.example", "www.client.example", "*.client.example", "shop.example.com")
ZONES = {
    "us-east-1.elb.amazonaws.com": "base-alb-1 IN A 192.0.2.1\nbase-alb-1 IN A 192.0.2.2",
    "right.example": f"@ IN A 192.0.2.1\nwww IN CNAME {ALB}.\n* IN CNAME {ALB}.",
    "wrong.example": "@ IN A 198.51.100.9\nwww IN CNAME old.host.example.\nmail IN MX 1 mx",
    "host.example": "old IN A 198.51.100.7",
    "caa.example": '@ IN CAA 0 issue "other.example"\nown IN CAA 0 issue "amazontrust.com; x=y"\n'
    'wild IN CAA 0 issue "amazon.com"\nwild IN CAA 0 issuewild ";"\n'
    'mail IN CAA 0 iodef "mailto:web@caa.example"\nnobody IN CAA 0 issue ";"',
    "mail.example": "t1._domainkey IN CNAME t1.dkim.amazonses.com.\n"
    "bounce IN MX 10 feedback-smtp.us-east-1.amazonses.com.\n"
    'bounce IN TXT "another text"\nbounce IN TXT "v=spf1 include:" "amazonses.com ~all"\n'
    "t2._domainkey IN CNAME t2.dkim.elsewhere.example.",
}


def record(name: str, zone: str | None = None) -> DnsRecord:
    return DnsRecord(
        name=name, type="A" if zone else "CNAME", value=ALB, purpose="visitors", zone=zone
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_dns(tmp_path_factory.mktemp("dns"), ZONES) as address:
        yield address


def found(server: str, *records: DnsRecord) -> list[Finding]:
    return list(check(records, resolver_at(server)))


def test_names_that_lead_to_the_load_balancer_are_right(server: str) -> None:
    names = ("right.example", "www.right.example", "*.right.example")
    assert [each.state for each in found(server, *map(record, names))] == ["right"] * 3


def test_names_that_lead_elsewhere_say_where(server: str) -> None:
    apex, www = found(server, record("wrong.example"), record("www.wrong.example"))
    assert (apex.state, apex.found, apex.at_apex) == ("elsewhere", ("198.51.100.9",), True)
    assert (www.state, www.found, www.at_apex) == ("elsewhere", ("old.host.example",), False)


@pytest.mark.parametrize("name", ["new.wrong.example", "mail.wrong.example", "*.wrong.example"])
def test_a_name_without_an_address_is_missing(server: str, name: str) -> None:
    (finding,) = found(server, record(name))
    assert (finding.state, finding.found) == ("missing", ())


def test_a_resolver_that_refuses_or_is_silent_leaves_it_unknown(server: str) -> None:
    (refused,) = found(server, record("not-served.test"))
    silent = resolver_at("127.0.0.1:9")
    silent.lifetime = 0.5
    (unheard,) = check([record("right.example")], silent)
    for finding in (refused, unheard):
        assert finding.state == "unknown"
        assert finding.reason
        assert "\n" not in finding.reason
    assert unheard.reason == "no answer from 127.0.0.1, port 9"
    (of_caa,) = forbidden(["right.example"], silent)
    assert of_caa.reason == unheard.reason


def test_the_records_of_mail_are_compared_word_by_word(server: str) -> None:
    asked = [
        DnsRecord(name=each.name, type=each.type, value=each.value, purpose="mail", zone=None)
        for each in mail_records("mail.example", "us-east-1", ["t1", "t2", "t3"], with_dmarc=True)
    ]
    states = {(each.record.type, each.record.name): each.state for each in found(server, *asked)}
    assert states == {
        ("CNAME", "t1._domainkey.mail.example"): "right",
        ("CNAME", "t2._domainkey.mail.example"): "elsewhere",
        ("CNAME", "t3._domainkey.mail.example"): "missing",
        ("MX", "bounce.mail.example"): "right",
        ("TXT", "bounce.mail.example"): "right",
        ("TXT", "_dmarc.mail.example"): "missing",
    }


def test_a_site_that_sends_by_ses_has_the_records_of_its_domains(
    client: Path, aws: boto3.Session
) -> None:
    declared = read_declared(Target(folder=client, environment="prod"))
    by_ses = replace(
        declared,
        settings=declared.settings.model_copy(
            update={"mail": MailSettings(domain="post.example.com")}
        ),
    )
    hosts = len(HOSTS)
    assert len(site_dns(by_ses, "blog")) == hosts  # the identity isn't there yet
    aws.client("sesv2").create_email_identity(EmailIdentity="post.example.com")
    made = site_dns(by_ses, "blog")[hosts:]
    assert {(each.type, each.zone) for each in made} >= {
        ("MX", "example.com"),
        ("TXT", "example.com"),
    }
    assert "_dmarc.post.example.com" in {each.name for each in made}
    # `up` writes them into the zone of the domain only, whatever zone one of them would fit.
    below = by_ses.settings.model_copy(update={"zones": ("bounce.post.example.com",)})
    elsewhere = site_dns(replace(by_ses, settings=below), "blog")[hosts:]
    assert {each.zone for each in elsewhere} == {None}


@pytest.mark.parametrize(
    ("host", "forbids"),
    [
        ("a.b.caa.example", "caa.example"),
        ("*.caa.example", "caa.example"),
        ("deep.own.caa.example", None),
        ("wild.caa.example", None),
        ("*.wild.caa.example", "wild.caa.example"),
        ("mail.caa.example", None),
        ("nobody.caa.example", "nobody.caa.example"),
        ("www.right.example", None),
    ],
)
def test_authorities_are_those_of_the_nearest_name(
    server: str, host: str, forbids: str | None
) -> None:
    told = list(forbidden([host], resolver_at(server)))
    assert [(each.record.name, each.state) for each in told if each.state != "unknown"] == (
        [(forbids, "elsewhere")] if forbids else []
    )


@pytest.mark.parametrize("address", ["nowhere", "192.0.2.1:x", "fleet.example:53"])
def test_what_is_no_resolver(address: str) -> None:
    with pytest.raises(OperationError, match=f"^{address} is no resolver"):
        resolver_at(address)


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aws: boto3.Session) -> Path:
    """A project whose site `blog` has hosts in a zone of the account and elsewhere."""
    domains = json.dumps(HOSTS)
    (tmp_path / "sites.yaml").write_text(SITES.replace("[blog.example.com]", domains))
    (tmp_path / "Pulumi.prod.yaml").write_text(
        f"{SETTINGS}  wordpress-fleet:zones: [example.com]\n"
    )
    (tmp_path / "Pulumi.dev.yaml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def dns_of(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["dns", "--env", "prod", *arguments])


def test_the_records_are_those_of_the_sites_own_load_balancer(client: Path) -> None:
    records = site_dns(read_declared(Target(folder=client, environment="prod")), "blog")
    assert [each.name for each in records] == list(HOSTS)
    assert [each.zone for each in records] == [None, None, None, "example.com"]
    (address,) = {each.value for each in records}
    other = site_dns(read_declared(Target(folder=client, environment="prod")), "far")
    assert {each.value for each in other} != {address}


def test_what_is_shown(client: Path) -> None:
    shown = dns_of("blog")
    address = json.loads(dns_of("blog", "--json").stdout)[0]["value"]
    assert shown.exit_code == 0
    rows = [line.split() for line in shown.stdout.splitlines() if "example" in line]
    assert rows == [
        *(["you", "visitors", "CNAME", host] for host in HOSTS[:3]),
        ["up", "visitors", "A", HOSTS[3]],
    ]
    assert shown.stdout.count(f"\n    {address}\n") == len(HOSTS)
    assert "ALIAS or ANAME" in shown.stdout
    listed = json.loads(dns_of("blog", "--json").stdout)
    assert [each["name"] for each in listed] == list(HOSTS)


def test_a_zone_file_can_be_read_by_others(client: Path) -> None:
    lines = dns_of("blog", "--bind").stdout
    zone = dns.zone.from_text(lines, origin="client.example", check_origin=False, relativize=False)
    assert {str(name) for name, _ in zone.iterate_rdatasets(dns.rdatatype.CNAME)} == {
        f"{host}." for host in HOSTS[:3]
    }


def test_the_check_ends_with_1_until_all_is_right(client: Path, server: str) -> None:
    checked = dns_of("blog", "--check", "--resolver", server)
    assert checked.exit_code == 1
    assert "shop.example.com" in checked.stdout
    told = json.loads(dns_of("blog", "--check", "--resolver", server, "--json").stdout)
    assert {each["state"] for each in told} == {"unknown"}


def test_a_stack_that_was_never_up_says_so(client: Path) -> None:
    declared = read_declared(Target(folder=client, environment="prod"))
    elsewhere = replace(declared, target=replace(declared.target, environment="dev"))
    with pytest.raises(OperationError, match="dev has no load balancer yet; run `fleet up --env"):
        site_dns(elsewhere, "blog")
