"""What SES refuses where a fleet would meet it, each once."""

from __future__ import annotations

import pytest

from tests.engine.simulator import names as a
from tests.engine.simulator.caller import RefusedError
from tests.engine.simulator.samples import Samples

ASSOCIATION = "aws:sesv2/tenantResourceAssociation:TenantResourceAssociation"
MAIL_FROM = "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes"


def test_a_domain_is_one(samples: Samples) -> None:
    with pytest.raises(RefusedError, match="BadRequestException: Domain nowhere is invalid"):
        samples.make(a.IDENTITY, emailIdentity="nowhere")


def test_an_account_has_a_domain_once_and_unverified_at_first(samples: Samples) -> None:
    made = samples.make(a.IDENTITY, emailIdentity="mail.example.com")
    assert not made["verifiedForSendingStatus"]
    assert len(set(made["dkimSigningAttributes"]["tokens"])) == 3
    with pytest.raises(RefusedError, match="AlreadyExistsException"):
        samples.make(a.IDENTITY, emailIdentity="mail.example.com")


def test_bounces_come_back_below_the_domain(samples: Samples) -> None:
    with pytest.raises(RefusedError, match="is not subdomain of the domain"):
        samples.make(MAIL_FROM, mailFromDomain="bounce.example.org")


def test_a_tenant_uses_what_there_is(samples: Samples) -> None:
    nothing = "arn:aws:ses:us-east-1:123456789012:identity/other.example.com"
    with pytest.raises(RefusedError, match="NotFoundException: Resource"):
        samples.make(ASSOCIATION, resourceArn=nothing)


def test_what_a_tenant_uses_stays(samples: Samples) -> None:
    samples.make(ASSOCIATION)
    with pytest.raises(RefusedError, match="ConflictException: Cannot delete <arn"):
        samples.aws.delete(samples.one(a.IDENTITY))
    with pytest.raises(RefusedError, match="ConflictException"):
        samples.aws.delete(samples.one(a.TENANT))
