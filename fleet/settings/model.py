"""The settings of one environment: their units, limits and built-in values."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from fleet.fields.doc import Doc, keys_of, whole
from fleet.fields.references import key_arn
from fleet.fields.spelling import STACK_PART_CHARACTERS, file_path, name_rule
from fleet.fields.tags import TAG_RULE
from fleet.fields.types import (
    Acu,
    CertificateArns,
    DomainSuffix,
    Email,
    Image,
    SettingsModel,
    StackPart,
    Tags,
    ZoneName,
)
from fleet.names import USUAL_FILE
from fleet.quotas import (
    ARCHIVE_DAYS,
    IDLE_TIMEOUT_SECONDS,
    LOG_RETENTION_DAYS,
    READERS_A_CLUSTER,
)
from fleet.settings.alarms import Alarms
from fleet.settings.edge import EdgePolicies, EdgeSetting, PoliciesSetting
from fleet.settings.mail import MailSettings
from fleet.settings.network import NatGateways, Network
from fleet.settings.vault import VaultSetting
from fleet.settings.waf import WafSetting
from fleet.wording import listing


def _retention(days: int) -> int:
    if days not in LOG_RETENTION_DAYS:
        raise ValueError("which CloudWatch does not have")
    return days


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOMENT = rf"({'|'.join(_DAYS)}):([01][0-9]|2[0-3]):([0-5][0-9])"
_WEEK = 7 * 24 * 60
# "Adjusting the preferred DB cluster maintenance window", in minutes.
_WINDOW = (30, 24 * 60)


def _window(text: str) -> str:
    found = re.fullmatch(f"{_MOMENT}-{_MOMENT}", text)
    if found is None:
        raise ValueError("which is no such window")
    day, hour, minute, *end = found.groups()
    start, stop = (
        (_DAYS.index(d) * 24 + int(h)) * 60 + int(m) for d, h, m in ((day, hour, minute), end)
    )
    if not _WINDOW[0] <= (stop - start) % _WEEK <= _WINDOW[1]:
        raise ValueError("which is shorter or longer")
    return text


def _from_text(value: Any) -> Any:
    """Pulumi hands every value over as text: a boolean, a number or a map as JSON."""
    if not isinstance(value, str) or not re.match(r"[{\[]|(true|false|-?[0-9]+)$", value):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("which is no JSON") from None


_Decoded = BeforeValidator(_from_text)


class SharedDatabase(SettingsModel):
    """The Aurora Serverless cluster of all sites that ask for `shared`."""

    min_acu: Annotated[
        Acu,
        Doc("least capacity in ACU", "a number from 0 to 256 in halves, at most `maxAcu`", 0.5),
    ] = 0.5
    max_acu: Annotated[
        Acu,
        Field(ge=1),
        Doc("most capacity in ACU", "a number from 1 to 256 in halves, at least `minAcu`", 8),
    ] = 4
    readers: Annotated[
        int,
        Field(ge=0, le=READERS_A_CLUSTER),
        Doc("instances beside the writer", whole(0, READERS_A_CLUSTER), 1),
    ] = 0


class Settings(SettingsModel):
    """The settings of an environment, and the cell that the stack holds."""

    sites_file: Annotated[
        str,
        AfterValidator(file_path),
        Doc("file that describes the sites", "a path", USUAL_FILE),
    ] = USUAL_FILE
    environment: Annotated[
        StackPart,
        Doc(
            "name of the environment",
            name_rule(STACK_PART_CHARACTERS),
            "dev",
            built_in="the stack's name",
        ),
    ]
    domain_suffix: Annotated[
        DomainSuffix | None,
        Doc(
            "serves each site at SITE.SUFFIX instead of its own domains",
            "a host name in lower case without a *",
            "dev.example.com",
            built_in="none",
        ),
    ] = None
    admin_email: Annotated[
        Email | None,
        Doc(
            "mailbox of the first administrator of sites that name none",
            "a mail address",
            "web@example.com",
            built_in="none",
        ),
    ] = None
    image: Annotated[
        Image | None,
        Doc(
            "container image of sites that name none",
            "an image with a tag or a digest",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/wordpress:6.9",
            built_in="built from `container/`",
        ),
    ] = None
    architecture: Annotated[
        Literal["arm64", "x86_64"],
        Doc("CPU architecture of the tasks", "arm64 or x86_64", "x86_64"),
    ] = "arm64"
    cell: Annotated[
        StackPart | None,
        Doc(
            "cell that the stack holds",
            name_rule(STACK_PART_CHARACTERS),
            "second",
            built_in="CELL of a stack ENV-CELL",
        ),
    ] = None
    network: Annotated[
        Network,
        _Decoded,
        Doc("network", f"a map of {keys_of(Network)}", {"natGateways": "per-zone"}),
    ] = Network()
    certificate_arn: Annotated[
        CertificateArns | None,
        _Decoded,
        Doc(
            "certificates for the sites' domains, the first for whoever names no host",
            "the ARN of a certificate in ACM or IAM, or a list of them; needed unless `zones` or "
            "`allowHttp`",
            "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
            built_in="with `zones`, one of each site's own",
        ),
    ] = None
    allow_http: Annotated[
        bool, _Decoded, Doc("serve plain HTTP without a certificate", "true or false", True)
    ] = False
    protect_data: Annotated[
        bool,
        _Decoded,
        Doc("refuse to delete databases, files and secrets", "true or false", False),
    ] = True
    log_retention_days: Annotated[
        int,
        _Decoded,
        AfterValidator(_retention),
        Doc(
            "days that CloudWatch keeps the logs",
            listing([str(days) for days in LOG_RETENTION_DAYS]),
            30,
        ),
    ] = 30
    archive_days: Annotated[
        int,
        _Decoded,
        Field(ge=1, le=ARCHIVE_DAYS),
        Doc("days that archives of sites are kept", whole(1, ARCHIVE_DAYS), 90),
    ] = 35
    idle_timeout_seconds: Annotated[
        int,
        _Decoded,
        Field(ge=IDLE_TIMEOUT_SECONDS[0], le=IDLE_TIMEOUT_SECONDS[1]),
        Doc(
            "seconds without a byte after which the load balancer gives a request up; no site's "
            "`FLEET_REQUEST_SECONDS` may be longer",
            whole(*IDLE_TIMEOUT_SECONDS),
            600,
        ),
    ] = 120
    maintenance_window: Annotated[
        Annotated[str, AfterValidator(_window)] | None,
        Doc(
            "when AWS may take databases away for maintenance, every week in UTC",
            "ddd:hh:mm-ddd:hh:mm of half an hour to a day",
            "sun:02:00-sun:03:00",
            built_in="of AWS's choice",
        ),
    ] = None
    kms_key_arn: Annotated[
        Annotated[str, AfterValidator(key_arn)] | None,
        Doc(
            "key of your own that encrypts databases, files, secrets, logs and images",
            "the ARN of a key in KMS, not of an alias; for good, since another key means new ones",
            "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012",
            built_in="AWS's own keys",
        ),
    ] = None
    shared_database: Annotated[
        SharedDatabase | None,
        _Decoded,
        Doc(
            "database cluster for sites whose database is shared",
            f"a map of {keys_of(SharedDatabase)}",
            {"minAcu": 0.5, "maxAcu": 8},
            built_in="none",
        ),
    ] = None
    mail: Annotated[
        MailSettings | None,
        _Decoded,
        Doc(
            "sends the sites' mails by Amazon SES",
            f"a map of {keys_of(MailSettings)}",
            {"domain": "mail.example.com"},
            built_in="none",
        ),
    ] = None
    waf: Annotated[WafSetting, _Decoded] = None
    edge: EdgeSetting = "none"
    edge_policies: Annotated[PoliciesSetting, _Decoded] = EdgePolicies()
    alarms: Annotated[Alarms, _Decoded] = None
    vault: Annotated[VaultSetting, _Decoded] = None
    zones: Annotated[
        tuple[ZoneName, ...],
        _Decoded,
        Field(strict=False),
        Doc(
            "public Route 53 zones of the account in which the fleet may write records; a host "
            "takes the longest that fits",
            "a list of domain names in lower case, each once",
            ["example.com"],
            built_in="none",
        ),
    ] = ()
    tags: Annotated[
        Tags,
        _Decoded,
        Doc("AWS tags of all resources", TAG_RULE, {"Team": "web"}, built_in="none"),
    ] = Field(default_factory=dict[str, str])

    @property
    def scheme(self) -> Literal["http", "https"]:
        """How visitors reach the sites."""
        return "http" if self.certificate_arn is None and self.allow_http else "https"

    @property
    def nat_gateways(self) -> NatGateways:
        """With one gateway no task starts anywhere while its zone is down."""
        return self.network.nat_gateways or ("per-zone" if self.protect_data else "single")

    @property
    def new_gateways(self) -> int:
        """The NAT gateways that a stack makes."""
        if self.network.vpc_id or self.nat_gateways == "none":
            return 0
        return 1 if self.nat_gateways == "single" else self.network.availability_zones

    def config(self) -> dict[str, Any]:
        """What was written, as Pulumi.ENV.yaml has it."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
