"""What sending by SES asks AWS for, and whom each site may send as."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.program.access import Account, Request
from tests.program.fleets import PARAMETER, PLAIN, Programs, site
from tests.program.recording import Recording

MAIL = {"mail": {"domain": "mail.example.com"}, "zones": ["example.com"]}
FLEET = {"blog": site("blog"), "shop": site("shop", mail={"from": "web@shop.example.com"})}
ACCOUNT = "arn:aws:ses:us-east-1:123456789012"
SHARED, OWN = f"{ACCOUNT}:identity/mail.example.com", f"{ACCOUNT}:identity/shop.example.com"


@pytest.fixture(scope="module")
def sending(programs: Programs) -> Recording:
    return programs.run(FLEET, MAIL)


def variables(recording: Recording, name: str) -> dict[str, str]:
    definition = recording.named("ecs:TaskDefinition", name).inputs["containerDefinitions"]
    wordpress = next(each for each in json.loads(definition) if each["name"] == "wordpress")
    values = {each["name"]: each["value"] for each in wordpress["environment"]}
    return {key: value for key, value in values.items() if key.startswith("FLEET_MAIL")}


def records(recording: Recording, beginning: str) -> dict[tuple[str, str], list[str]]:
    return {
        (each.inputs["type"], each.inputs["name"]): each.inputs["records"]
        for each in recording.of_type("route53:Record")
        if each.name.startswith(beginning)
    }


def test_a_site_sends_as_its_tenant_from_the_environment_s_domain(sending: Recording) -> None:
    assert variables(sending, "blog") == {
        "FLEET_MAIL": "ses",
        "FLEET_MAIL_FROM": "blog@mail.example.com",
        "FLEET_MAIL_CONFIGURATION_SET": "wordpress-test",
        "FLEET_MAIL_TENANT": "test-blog",
    }
    tenants = {
        (each.inputs["tenantName"], each.inputs["resourceArn"])
        for each in sending.of_type("sesv2:TenantResourceAssociation")
    }
    configuration_set = f"{ACCOUNT}:configuration-set/wordpress-test"
    assert tenants == {
        *(("test-blog", arn) for arn in (SHARED, configuration_set)),
        *(("test-shop", arn) for arn in (SHARED, OWN, configuration_set)),
    }


def test_a_site_s_own_address_falls_back_to_the_environment_s(sending: Recording) -> None:
    found = variables(sending, "shop")
    assert found["FLEET_MAIL_FROM"] == "web@shop.example.com"
    assert found["FLEET_MAIL_DOMAIN"] == "shop.example.com"
    assert found["FLEET_MAIL_FALLBACK_FROM"] == "shop@mail.example.com"


def test_the_records_of_a_domain_in_a_zone_are_made(sending: Recording) -> None:
    found = records(sending, "base-mail")
    assert found[("MX", "bounce.mail.example.com")] == ["10 feedback-smtp.us-east-1.amazonses.com"]
    assert found[("TXT", "bounce.mail.example.com")] == ["v=spf1 include:amazonses.com ~all"]
    assert found[("TXT", "_dmarc.mail.example.com")] == ["v=DMARC1; p=quarantine"]
    keys = {name: value for (kind, name), value in found.items() if kind == "CNAME"}
    assert len(keys) == 3
    for name, value in keys.items():
        token, _, domain = name.partition(".")
        assert domain == "_domainkey.mail.example.com"
        assert value == [f"{token}.dkim.amazonses.com"]
    # Its owner may have a policy for a domain that people write from.
    assert not any(name.startswith("_dmarc") for _, name in records(sending, "shop-mail"))
    assert len(records(sending, "shop-mail")) == 5


def test_bounces_and_complaints_reach_a_topic_that_ses_alone_writes(sending: Recording) -> None:
    (events,) = sending.of_type("sesv2:ConfigurationSetEventDestination")
    assert events.inputs["eventDestination"]["matchingEventTypes"] == [
        "BOUNCE",
        "COMPLAINT",
        "REJECT",
    ]
    (policy,) = sending.of_type("sns:TopicPolicy")
    (statement,) = json.loads(policy.inputs["policy"])["Statement"]
    assert statement["Principal"] == {"Service": "ses.amazonaws.com"}
    assert statement["Condition"]["ArnLike"] == {
        "aws:SourceArn": f"{ACCOUNT}:configuration-set/wordpress-test"
    }


def _may_send(recording: Recording, name: str, identity: str, **context: str) -> bool:
    arn = recording.named("iam:Role", f"{name}-task").state["arn"]
    keys = {f"ses:{key}": value for key, value in context.items()}
    request = Request(("AWS", arn), "ses:SendRawEmail", identity, keys)
    return Account(recording).allows(request)


@pytest.mark.parametrize(
    ("name", "identity", "address", "tenant", "allowed"),
    [
        ("blog", SHARED, "blog@mail.example.com", "test-blog", True),
        ("blog", SHARED, "shop@mail.example.com", "test-blog", False),
        ("blog", SHARED, "blog@mail.example.com", "test-shop", False),
        ("blog", SHARED, "blog@mail.example.com", "", False),
        ("blog", OWN, "web@shop.example.com", "test-blog", False),
        ("blog", OWN, "blog@mail.example.com", "test-shop", False),
        ("shop", OWN, "orders@shop.example.com", "test-shop", True),
        ("shop", OWN, "orders@shop.example.com.evil.example", "test-shop", False),
        ("shop", SHARED, "shop@mail.example.com", "test-shop", True),
        ("shop", SHARED, "blog@mail.example.com", "test-shop", False),
        ("shop", f"{ACCOUNT}:identity/else.example", "web@shop.example.com", "test-shop", False),
    ],
)
def test_no_site_sends_as_another_s_address_domain_or_tenant(
    sending: Recording, name: str, identity: str, address: str, tenant: str, allowed: bool
) -> None:
    context = {"FromAddress": address, **({"TenantName": tenant} if tenant else {})}
    assert _may_send(sending, name, identity, **context) is allowed


OF_JSON = "arn:aws:secretsmanager:us-east-1:123456789012:secret:smtp-AbCdEf"


@pytest.mark.parametrize(
    ("secret", "arn"), [(PARAMETER, PARAMETER), (f"{OF_JSON}:password::", OF_JSON)]
)
def test_a_mail_server_of_the_site_s_own(programs: Programs, secret: str, arn: str) -> None:
    smtp = {"host": "smtp.provider.example", "port": 465, "user": "client", "secret": secret}
    mail = {"from": "web@client.example", "smtp": smtp}
    recording = programs.run({"blog": site("blog", mail=mail)})
    assert variables(recording, "blog") == {
        "FLEET_MAIL": "smtp",
        "FLEET_MAIL_FROM": "web@client.example",
        "FLEET_MAIL_DOMAIN": "client.example",
        "FLEET_MAIL_HOST": "smtp.provider.example",
        "FLEET_MAIL_PORT": "465",
        "FLEET_MAIL_USER": "client",
    }
    definition = recording.named("ecs:TaskDefinition", "blog").inputs["containerDefinitions"]
    wordpress = next(each for each in json.loads(definition) if each["name"] == "wordpress")
    assert {"name": "FLEET_MAIL_PASSWORD", "valueFrom": secret} in wordpress["secrets"]
    execution = json.loads(recording.named("iam:RolePolicy", "blog-execution").inputs["policy"])
    read = [each["Resource"] for each in execution["Statement"] if arn in each["Resource"]]
    assert read, "the role may read the whole secret, which IAM knows without a key"


@pytest.mark.parametrize(
    ("settings", "fields", "way"),
    [
        ({}, {}, "off"),
        (MAIL, {"mail": {"send": "never"}}, "off"),
        (MAIL, {"mail": {"send": "log"}}, "log"),
        ({**MAIL, "environment": "dev"}, {}, "log"),
        ({"environment": "staging"}, {}, "log"),
    ],
)
def test_a_site_that_sends_nothing_needs_nothing(
    programs: Programs, settings: dict[str, Any], fields: dict[str, Any], way: str
) -> None:
    recording = programs.run({"blog": site("blog", **fields)}, settings)
    assert variables(recording, "blog")["FLEET_MAIL"] == way
    assert not recording.of_type("sesv2:Tenant")
    has_set = bool(recording.of_type("sesv2:ConfigurationSet"))
    assert has_set == ("mail" in settings and "environment" not in settings)


def test_a_cell_has_a_domain_of_its_own(programs: Programs) -> None:
    """An account knows each domain once."""
    fleet = {name: {**entry, "cell": "east"} for name, entry in PLAIN.items()}
    recording = programs.run(fleet, {**MAIL, "cell": "east", "environment": "prod"})
    (identity,) = recording.of_type("sesv2:EmailIdentity")
    assert identity.inputs["emailIdentity"] == "east.mail.example.com"
    assert variables(recording, "blog")["FLEET_MAIL_FROM"] == "blog@east.mail.example.com"
