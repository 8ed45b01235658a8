"""SES, version 2 of its API: what an identity is, and what a tenant may use."""

from __future__ import annotations

import re

from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for

IDENTITY = "aws:sesv2/emailIdentity:EmailIdentity"
CONFIGURATION_SET = "aws:sesv2/configurationSet:ConfigurationSet"
ASSOCIATION = "aws:sesv2/tenantResourceAssociation:TenantResourceAssociation"

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE)
_TOKENS = 3


@rules_for(IDENTITY)
class EmailIdentity(Rules):
    """A domain or an address that mail is sent from, once its owner has shown that it is theirs."""

    def compute(self, call: Call) -> None:
        """Easy DKIM: three names that the domain's owner makes."""
        name = str(call.props["emailIdentity"])
        call.props["identityType"] = "EMAIL_ADDRESS" if "@" in name else "DOMAIN"
        signing = call.old.get("dkimSigningAttributes") or {
            "tokens": [call.fresh(32) for _ in range(_TOKENS)],
            "status": "PENDING",
            "signingAttributesOrigin": "AWS_SES",
            "currentSigningKeyLength": "RSA_2048_BIT",
            "nextSigningKeyLength": "RSA_2048_BIT",
            "domainSigningPrivateKey": "",
            "domainSigningSelector": "",
            "lastKeyGenerationTimestamp": "2026-01-01T00:00:00Z",
        }
        call.props["dkimSigningAttributes"] = {
            **signing,
            **(call.props.get("dkimSigningAttributes") or {}),
        }

    def create(self, call: Call) -> None:
        """A name that can be one."""
        name = str(call.props["emailIdentity"])
        if not _DOMAIN.fullmatch(name.rpartition("@")[2]):
            raise AwsError("BadRequestException", f"Domain {name} is invalid.")

    def delete(self, call: Call) -> None:
        """Not while a tenant sends from it."""
        _not_held(call)


@rules_for(CONFIGURATION_SET)
class ConfigurationSet(Rules):
    """How mail is sent, and who hears of what comes back."""

    def delete(self, call: Call) -> None:
        """Not while a tenant uses it."""
        _not_held(call)


@rules_for("aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes")
class MailFrom(Rules):
    """The domain that bounces go to."""

    def create(self, call: Call) -> None:
        """It is below the identity's own."""
        domain = str(call.props.get("mailFromDomain") or "")
        identity = str(call.props["emailIdentity"]).rpartition("@")[2]
        if domain and not domain.endswith(f".{identity}"):
            raise AwsError(
                "BadRequestException",
                f"Provided MAIL-FROM domain <{domain}> is not subdomain of the domain of the "
                f"identity <{identity}>.",
            )

    update = create


@rules_for(ASSOCIATION)
class Association(Rules):
    """What a tenant sends from or by."""

    def create(self, call: Call) -> None:
        """An identity or a configuration set that there is."""
        arn = call.props["resourceArn"]
        if not any(call.world.find(token, arn=arn) for token in (IDENTITY, CONFIGURATION_SET)):
            raise AwsError("NotFoundException", f"Resource {arn} does not exist.")


def _not_held(call: Call) -> None:
    arn = call.props["arn"]
    if call.world.find(ASSOCIATION, resourceArn=arn):
        raise AwsError(
            "ConflictException",
            f"Cannot delete <{arn}> because it has tenant associations. Remove all tenant "
            "associations and try again.",
        )
