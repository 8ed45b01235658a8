"""How the sites of an environment send mail, unless they have a server of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fleet.fields.doc import Doc
from fleet.fields.types import SettingsModel, ZoneName
from fleet.names import environment_type

if TYPE_CHECKING:
    from fleet.settings.model import Settings

# Where SES sends mail. "Amazon SES endpoints and quotas", as botocore 1.43 has it.
SES_REGIONS = frozenset(
    {
        *("af-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1"),
        *("ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-5"),
        *("ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1"),
        *("eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1"),
        *("sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"),
        *("us-gov-east-1", "us-gov-west-1"),
    }
)


class MailSettings(SettingsModel):
    """Amazon SES for the environment."""

    domain: Annotated[
        ZoneName,
        Doc(
            "domain that sites without `mail.from` send from, as SITE@DOMAIN; best one that "
            "nothing else sends from",
            "a domain name in lower case without a *",
            "mail.example.com",
        ),
    ]


def sends_by_ses(settings: Settings) -> bool:
    """Whether the stack has what SES needs. An environment that isn't production sends nothing."""
    return settings.mail is not None and environment_type(settings.environment) == "production"


def mail_domain(settings: Settings, cell: str | None = None) -> str | None:
    """The domain of a stack's own addresses: an account has each once, so a cell has its own.

    `cell` is for settings that are read without one.
    """
    if settings.mail is None:
        return None
    found = settings.cell or cell
    return f"{found}.{settings.mail.domain}" if found else settings.mail.domain
