"""What AWS asks for what a fleet uses: a file of prices, with their source and date."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from fleet.fields.doc import Doc, keys_of
from fleet.fields.errors import problems_of
from fleet.fields.types import Model
from fleet.problems import FleetError, Position, Problem
from fleet.wording import listing, nearest
from fleet.yaml.compose import read_document
from fleet.yaml.scalars import Trap

BUILT_IN = Path(__file__).with_name("prices.yaml")

Architecture = Literal["arm64", "x86_64"]

_DECIMAL = re.compile(r"[0-9]{1,9}\.[0-9]{1,12}")
_AMOUNT = "a number of 0 or more"


def _decimal(value: Any) -> Any:
    """`0.40` is a price as it stands, though elsewhere such a word may be a version."""
    if isinstance(value, Trap) and _DECIMAL.fullmatch(value.text):
        return float(value.text)
    return value


_Amount = Annotated[float, Field(ge=0), BeforeValidator(_decimal)]


class Compute(Model):
    """USD for what a task has."""

    vcpu_hour: Annotated[_Amount, Doc("USD a vCPU and hour", _AMOUNT, 0.04048)]
    gb_hour: Annotated[_Amount, Doc("USD a GB of memory and hour", _AMOUNT, 0.004445)]


class Fargate(Model):
    """Tasks on demand, and how much less they cost on Spot."""

    x86_64: Annotated[
        Compute, Doc("x86 tasks", keys_of(Compute), {"vcpu_hour": 0.04, "gb_hour": 0.004})
    ]
    arm64: Annotated[
        Compute, Doc("ARM tasks", keys_of(Compute), {"vcpu_hour": 0.03, "gb_hour": 0.003})
    ]
    spot_discount: Annotated[
        _Amount,
        Field(le=1),
        Doc("what Spot takes off, as a share", "a number from 0 to 1", 0.7),
    ]

    def of(self, architecture: Architecture) -> Compute:
        """The on-demand prices of one architecture."""
        return self.arm64 if architecture == "arm64" else self.x86_64


class Aurora(Model):
    """Aurora MySQL Serverless v2 in its standard configuration."""

    acu_hour: Annotated[_Amount, Doc("USD an ACU and hour", _AMOUNT, 0.12)]
    storage_gb: Annotated[_Amount, Doc("USD a GB and month", _AMOUNT, 0.1)]
    million_io: Annotated[_Amount, Doc("USD a million of I/O requests", _AMOUNT, 0.2)]


class Efs(Model):
    """Regional EFS with elastic throughput."""

    storage_gb: Annotated[_Amount, Doc("USD a GB and month", _AMOUNT, 0.3)]
    read_gb: Annotated[_Amount, Doc("USD a GB read", _AMOUNT, 0.03)]
    write_gb: Annotated[_Amount, Doc("USD a GB written", _AMOUNT, 0.06)]


class LoadBalancer(Model):
    """Application Load Balancer."""

    hour: Annotated[_Amount, Doc("USD an hour", _AMOUNT, 0.0225)]
    lcu_hour: Annotated[_Amount, Doc("USD a capacity unit and hour", _AMOUNT, 0.008)]


class Vpc(Model):
    """NAT gateways and public IPv4 addresses."""

    nat_hour: Annotated[_Amount, Doc("USD a NAT gateway and hour", _AMOUNT, 0.045)]
    nat_gb: Annotated[_Amount, Doc("USD a GB through a NAT gateway", _AMOUNT, 0.045)]
    address_hour: Annotated[_Amount, Doc("USD a public IPv4 address and hour", _AMOUNT, 0.005)]


class PrivateLink(Model):
    """Interface endpoints; what passes through them costs next to nothing."""

    endpoint_hour: Annotated[_Amount, Doc("USD an endpoint, zone and hour", _AMOUNT, 0.01)]


class Secrets(Model):
    """Secrets Manager."""

    secret: Annotated[_Amount, Doc("USD a secret and month", _AMOUNT, 0.4)]


class CloudWatch(Model):
    """Logs, alarms and metrics."""

    log_gb: Annotated[_Amount, Doc("USD a GB of logs taken in", _AMOUNT, 0.5)]
    alarm: Annotated[_Amount, Doc("USD an alarm and month", _AMOUNT, 0.1)]
    metric: Annotated[_Amount, Doc("USD a metric of one's own and month", _AMOUNT, 0.3)]


class S3(Model):
    """What is kept in S3 by its standard class."""

    storage_gb: Annotated[_Amount, Doc("USD a GB and month", _AMOUNT, 0.023)]


class Ses(Model):
    """Mails by Amazon SES."""

    thousand: Annotated[_Amount, Doc("USD a thousand mails", _AMOUNT, 0.1)]


class Waf(Model):
    """Web ACLs of AWS WAF. The groups of rules that AWS gives cost what a rule does."""

    web_acl: Annotated[_Amount, Doc("USD an ACL and month", _AMOUNT, 5)]
    rule: Annotated[_Amount, Doc("USD a rule and month", _AMOUNT, 1)]
    million_requests: Annotated[_Amount, Doc("USD a million requests", _AMOUNT, 0.6)]


class Backup(Model):
    """AWS Backup: what its vaults hold, and what goes to another region."""

    efs_gb: Annotated[_Amount, Doc("USD a GB of files and month", _AMOUNT, 0.05)]
    aurora_gb: Annotated[_Amount, Doc("USD a GB of a snapshot and month", _AMOUNT, 0.021)]
    copied_gb: Annotated[_Amount, Doc("USD a GB to another region", _AMOUNT, 0.02)]


class CloudFront(Model):
    """Pay as you go, to visitors in North America and Europe; elsewhere data costs more."""

    gb: Annotated[_Amount, Doc("USD a GB to visitors", _AMOUNT, 0.085)]
    ten_thousand: Annotated[_Amount, Doc("USD 10,000 requests by HTTPS", _AMOUNT, 0.01)]
    million_calls: Annotated[_Amount, Doc("USD a million calls of a function", _AMOUNT, 0.1)]
    path: Annotated[_Amount, Doc("USD a path or tag of a purge", _AMOUNT, 0.005)]


class Region(Model):
    """The prices of one region."""

    fargate: Annotated[Fargate, Doc("tasks", keys_of(Fargate), {"spot_discount": 0.7})]
    aurora: Annotated[Aurora, Doc("databases", keys_of(Aurora), {"acu_hour": 0.12})]
    efs: Annotated[Efs, Doc("files", keys_of(Efs), {"storage_gb": 0.3})]
    load_balancer: Annotated[
        LoadBalancer, Doc("load balancers", keys_of(LoadBalancer), {"hour": 0.0225})
    ]
    vpc: Annotated[Vpc, Doc("network", keys_of(Vpc), {"nat_hour": 0.045})]
    privatelink: Annotated[
        PrivateLink, Doc("interface endpoints", keys_of(PrivateLink), {"endpoint_hour": 0.01})
    ]
    secrets: Annotated[Secrets, Doc("secrets", keys_of(Secrets), {"secret": 0.4})]
    cloudwatch: Annotated[
        CloudWatch, Doc("logs, alarms, metrics", keys_of(CloudWatch), {"log_gb": 0.5})
    ]
    s3: Annotated[S3, Doc("archives", keys_of(S3), {"storage_gb": 0.023})]
    cloudfront: Annotated[CloudFront, Doc("the edge", keys_of(CloudFront), {"gb": 0.085})]
    ses: Annotated[Ses, Doc("mails", keys_of(Ses), {"thousand": 0.1})]
    waf: Annotated[Waf, Doc("firewalls", keys_of(Waf), {"web_acl": 5})]
    backup: Annotated[Backup, Doc("vaults", keys_of(Backup), {"efs_gb": 0.05})]


_URL = Annotated[
    str,
    Field(min_length=1),
    Doc("where the prices were read", "text", "https://aws.amazon.com/fargate/pricing/"),
]
Service = Literal[
    "fargate",
    "aurora",
    "efs",
    "load_balancer",
    "vpc",
    "privatelink",
    "secrets",
    "cloudwatch",
    "s3",
    "cloudfront",
    "ses",
    "waf",
    "backup",
]


class Sources(Model):
    """Where the prices of each service were read."""

    fargate: _URL
    aurora: _URL
    efs: _URL
    load_balancer: _URL
    vpc: _URL
    privatelink: _URL
    secrets: _URL
    cloudwatch: _URL
    s3: _URL
    cloudfront: _URL
    ses: _URL
    waf: _URL
    backup: _URL

    def of(self, service: Service) -> str:
        """The page of one service."""
        return getattr(self, service)


class Assumptions(Model):
    """What an estimate takes for granted, since no setting says it."""

    hours: Annotated[_Amount, Doc("hours in a month", _AMOUNT, 730)]
    efs_gb: Annotated[_Amount, Doc("GB of files a site", _AMOUNT, 5)]
    efs_read_gb: Annotated[_Amount, Doc("GB of files read a task and month", _AMOUNT, 5)]
    efs_write_gb: Annotated[_Amount, Doc("GB of files written a task and month", _AMOUNT, 1)]
    database_gb: Annotated[_Amount, Doc("GB of tables a site", _AMOUNT, 2)]
    database_million_io: Annotated[
        _Amount, Doc("million database I/O requests a task and month", _AMOUNT, 1)
    ]
    log_gb: Annotated[_Amount, Doc("GB of logs a task and month", _AMOUNT, 1)]
    archive_gb: Annotated[_Amount, Doc("GB of an archive of a site", _AMOUNT, 6)]
    mails: Annotated[_Amount, Doc("mails a site and month", _AMOUNT, 500)]
    saves: Annotated[
        _Amount, Doc("saves a site and day, each of which purges the edge", _AMOUNT, 20)
    ]
    nat_gb: Annotated[_Amount, Doc("GB through NAT a task and month", _AMOUNT, 5)]
    rejected_gb: Annotated[_Amount, Doc("GB of log on packets that a VPC rejects", _AMOUNT, 1)]
    waf_million: Annotated[
        _Amount, Doc("million requests that a firewall judges a task and month", _AMOUNT, 1)
    ]
    lcu: Annotated[_Amount, Doc("load balancer capacity units a task", _AMOUNT, 0.1)]


class PriceList(Model):
    """A file of prices."""

    version: Annotated[int, Field(ge=1, le=1), Doc("version of the file's format", "1", 1)]
    date: Annotated[
        str,
        Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        Doc("when the prices were read", "a date in quotes, yyyy-mm-dd", "2026-11-22"),
    ]
    sources: Annotated[
        Sources,
        Doc("pages of AWS", keys_of(Sources), {"fargate": "https://aws.amazon.com/fargate/"}),
    ]
    assumptions: Annotated[
        Assumptions, Doc("what no setting says", keys_of(Assumptions), {"hours": 730})
    ]
    regions: Annotated[
        dict[str, Annotated[Region, Doc("a region", keys_of(Region), {"secrets": {}})]],
        Field(min_length=1),
        Doc("prices by region", "a map of AWS regions to prices", {"us-east-1": {}}),
    ]

    def region(self, name: str, position: Position) -> Region:
        """The prices of a region. Raises FleetError; `position` is where the name was written."""
        if name in self.regions:
            return self.regions[name]
        guess = nearest(name, self.regions)
        hint = f" (did you mean {guess}?)" if guess else ""
        found = f"found the region {name}{hint}, which the price list of {self.date} does not have"
        allowed = f"{listing(sorted(self.regions))}, or --prices FILE with a list that has it"
        example = f"a copy of {BUILT_IN.name} with {name} added"
        raise FleetError([Problem.of(position, "aws:region", found, allowed, example)])


def read_prices(path: Path | None = None) -> PriceList:
    """The prices in a file, or those that come with this package. Raises FleetError."""
    return _built_in() if path is None else _read(path)


@cache
def _built_in() -> PriceList:
    return _read(BUILT_IN)


def _read(path: Path) -> PriceList:
    document = read_document(path)
    try:
        prices = PriceList.model_validate(document.root)
    except ValidationError as error:
        found = problems_of(document, PriceList, error)
        raise FleetError([*document.problems, *found]) from None
    if document.problems:
        raise FleetError(document.problems)
    return prices
