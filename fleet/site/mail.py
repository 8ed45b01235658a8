"""How a site sends mail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import ConfigDict, Field

from fleet.fields.doc import Doc, keys_of, whole
from fleet.fields.types import Email, Model, SecretArn, ZoneName
from fleet.names import cluster_name, environment_type, task_family
from fleet.plan.lines import Line, Rates
from fleet.problems import Breach
from fleet.settings.mail import mail_domain, sends_by_ses
from fleet.site.group import Case, Group
from fleet.site.task_numbers import Tasks

if TYPE_CHECKING:
    from fleet.settings.model import Settings
    from fleet.site.model import Site, SiteFields

Way = Literal["ses", "smtp", "log", "off"]


class Smtp(Model):
    """A mail server of the site's own, by TLS."""

    host: Annotated[
        ZoneName | None,
        Doc("mail server", "a host name", "smtp.provider.example", built_in="none"),
    ] = None
    port: Annotated[
        int,
        Field(ge=1, le=65_535),
        Doc("its port; 465 speaks TLS at once, others by STARTTLS", whole(1, 65_535), 465),
    ] = 587
    user: Annotated[
        str | None,
        Field(min_length=1, max_length=320),
        Doc("who logs in", "text", "client", built_in="none", free_text=True),
    ] = None
    secret: Annotated[
        SecretArn | None,
        Doc(
            "where the password is",
            "the full ARN of a Secrets Manager secret or an SSM parameter",
            "arn:aws:ssm:eu-west-1:123456789012:parameter/smtp",
            built_in="none",
            confidential=True,
        ),
    ] = None


class Mail(Model):
    """What becomes of a site's mails."""

    # `from` is a word of Python's.
    model_config = ConfigDict(serialize_by_alias=True)

    send: Annotated[
        Literal["auto", "log", "never"],
        Doc(
            "auto: by `smtp`, or by SES where the setting `mail` is, and in environments that "
            "aren't production into the log alone; never: WordPress is told that it can't",
            "auto, log or never",
            "log",
        ),
    ] = "auto"
    from_: Annotated[
        Email | None,
        Field(alias="from"),
        Doc(
            "address that the site sends from",
            "a mail address at the domain of one of the site's hosts or above one; any with `smtp`",
            "shop@client.example",
            built_in="SITE@ and the setting `mail.domain`",
        ),
    ] = None
    smtp: Annotated[
        Smtp,
        Doc(
            "mail server of the site's own, in place of SES",
            f"a map of {keys_of(Smtp)}",
            {"host": "smtp.provider.example", "user": "client"},
        ),
    ] = Smtp()

    @property
    def own_domain(self) -> str | None:
        """The domain of `from`."""
        return None if self.from_ is None else self.from_.rpartition("@")[2].lower()


def way_of(site: SiteFields, settings: Settings) -> Way:
    """How the site's mails leave it, if they do."""
    if site.mail.send == "never":
        return "off"
    if site.mail.send == "log" or environment_type(settings.environment) != "production":
        return "log"
    if site.mail.smtp.host is not None:
        return "smtp"
    return "ses" if sends_by_ses(settings) else "off"


def addresses(site: Site, settings: Settings) -> list[str]:
    """Whom the site may send as, as IAM compares: its own domain, and the environment's address."""
    own = site.mail.own_domain
    shared = f"{site.name}@{mail_domain(settings)}"
    return [shared] if own is None else [f"*@{own}", shared]


def tenant_name(site: str, settings: Settings) -> str:
    """The site's tenant in SES, which alone is paused when its mails are complained of."""
    return task_family(settings.environment, settings.cell, site)


def configuration_set_name(settings: Settings) -> str:
    """The configuration set of a stack."""
    return cluster_name(settings.environment, settings.cell)


def mail_variables(site: Site, settings: Settings) -> dict[str, str]:
    """What the image is told, but the password."""
    way, own = way_of(site, settings), site.mail.own_domain
    shared = f"{site.name}@{mail_domain(settings) or site.domains[0]}"
    found = {"FLEET_MAIL": way}
    if way == "off":
        return found
    found["FLEET_MAIL_FROM"] = site.mail.from_ or shared
    if own is not None:
        found["FLEET_MAIL_DOMAIN"] = own
    if way == "smtp":
        smtp = site.mail.smtp
        found |= {"FLEET_MAIL_HOST": smtp.host or "", "FLEET_MAIL_PORT": str(smtp.port)}
        found |= {"FLEET_MAIL_USER": smtp.user} if smtp.user else {}
    if way == "ses":
        found["FLEET_MAIL_CONFIGURATION_SET"] = configuration_set_name(settings)
        found["FLEET_MAIL_TENANT"] = tenant_name(site.name, settings)
        if own is not None:
            found["FLEET_MAIL_FALLBACK_FROM"] = shared
    return found


def mail_secret(site: Site, settings: Settings) -> str | None:
    """Where the password of the site's mail server is, if it sends by one."""
    return site.mail.smtp.secret if way_of(site, settings) == "smtp" else None


def _whole_server(case: Case) -> Iterator[Breach]:
    mail = case.site.mail
    smtp = mail.smtp
    example = (
        "mail: {from: shop@client.example, smtp: {host: smtp.provider.example, user: client, "
        "secret: 'arn:aws:ssm:…:parameter/smtp'}}"
    )
    if smtp.host is None and (smtp.user or smtp.secret):
        yield Breach(
            (("mail", "smtp"),), "found a login without a host", "host, user and secret", example
        )
    if smtp.host is not None and (smtp.user is None) != (smtp.secret is None):
        yield Breach(
            (("mail", "smtp"),), "found a user or a secret alone", "both, or neither", example
        )
    if smtp.host is not None and mail.from_ is None:
        yield Breach(
            (("mail", "smtp"),), "found a mail server, and no `from`", "`from` beside it", example
        )


def _own_address(case: Case) -> Iterator[Breach]:
    """SES sends from domains that their owner has verified, which nobody can for another's."""
    mail, own = case.site.mail, case.site.mail.own_domain
    domains: tuple[str, ...] = getattr(case.site, "domains", ())
    if own is None or mail.smtp.host is not None or case.settings is None or not domains:
        return
    hosts = [host.removeprefix("*.") for host in domains]
    path = (("mail", "from"),)
    shared = mail_domain(case.settings)
    if own == shared:
        yield Breach(
            path,
            f"found an address at {own}, where each site has its own",
            "no `from`, or an address at the site's domain",
            "mail: {from: shop@client.example}",
        )
    elif case.settings.domain_suffix is None and not any(
        host == own or host.endswith(f".{own}") for host in hosts
    ):
        yield Breach(
            path,
            f"found an address at {own}, to which none of the site's domains belongs",
            "an address at the domain of one of the site's hosts, or `smtp`",
            f"mail: {{from: web@{hosts[0].removeprefix('www.')}}}",
        )


def _cost(site: Site, low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    if rates.mail and site.mail.send == "auto" and site.mail.smtp.host is None:
        mails = rates.assumptions.mails / 1000 if site.state == "live" else 0
        yield Line("Mails", "1,000 mails", mails, mails, rates.region.ses.thousand, "ses")


GROUP = Group(
    rules=(
        (("mail",), _whole_server),
        (("mail", "domains", "settings.mail", "settings.cell"), _own_address),
    ),
    cost=_cost,
)
