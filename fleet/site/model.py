"""What a site is: the fields of sites.yaml with their units, limits and built-in values."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from fleet.fields.doc import Doc, keys_of, whole
from fleet.fields.spelling import STACK_PART_CHARACTERS, TITLE_CHARACTERS, name_rule
from fleet.fields.tags import TAG_RULE
from fleet.fields.types import (
    CertificateArns,
    HostName,
    Image,
    Model,
    PosixUser,
    Secrets,
    ShortName,
    StackPart,
    TablePrefix,
    Tags,
    Title,
    Variables,
)
from fleet.settings.waf import WafMode
from fleet.site.admin import Admin
from fleet.site.backup import Backup
from fleet.site.capacity import Capacity
from fleet.site.cdn import Cdn
from fleet.site.cron import Cron
from fleet.site.database import Database
from fleet.site.dns import Dns
from fleet.site.health import Health
from fleet.site.jobs import Job
from fleet.site.mail import Mail
from fleet.site.scaling import Scaling
from fleet.site.size import Size
from fleet.site.staging import Staging
from fleet.site.storage import Storage

DOMAINS = (1, 20)
DOMAINS_DOC = Doc(
    "host names of the site; the first is the canonical one, where the others lead",
    f"a list of {DOMAINS[0]} to {DOMAINS[1]} host names in lower case, of two labels or more, "
    "each once in the fleet, the first without a *",
    ["blog.example.com", "www.blog.example.com"],
)


class SiteFields(Model):
    """Every field of a site but its domains."""

    state: Annotated[
        Literal["live", "paused", "retired"],
        Doc(
            "live; paused: no tasks, 503, data kept; retired: paused, and ready for removal",
            "live, paused or retired",
            "paused",
        ),
    ] = "live"
    title: Annotated[
        Title,
        Doc(
            "title of the site, used once, at installation",
            f"a line of 1 to {TITLE_CHARACTERS} characters",
            "The Daily Example",
            built_in="the site's name",
            free_text=True,
        ),
    ] = ""
    admin: Annotated[
        Admin,
        Doc("first administrator", "a map of `user` and `email`", {"email": "web@example.com"}),
    ] = Admin()
    image: Annotated[
        Image | None,
        Doc(
            "container image",
            "an image with a tag or a digest",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/wordpress:6.9",
            built_in="the setting `image`",
        ),
    ] = None
    user: Annotated[
        PosixUser | None,
        Doc(
            "user that the containers of an image of your own run as",
            "a uid or uid:gid in quotes, not root's",
            "1000:1000",
            built_in="the image's; 33:33 for the one built from `container/`",
        ),
    ] = None
    port: Annotated[
        int,
        Field(ge=1, le=65_535),
        Doc("port that the container listens on", whole(1, 65_535), 8080),
    ] = 8080
    size: Annotated[
        Size, Doc("size of a task", "a map of `cpu` and `memory`", {"cpu": 1024, "memory": 2048})
    ] = Size()
    scaling: Annotated[
        Scaling,
        Doc("number of tasks", f"a map of {keys_of(Scaling)}", {"min": 2, "max": 10}),
    ] = Scaling()
    capacity: Annotated[
        Capacity,
        Doc(
            "on-demand and Spot capacity",
            f"a map of {keys_of(Capacity)}",
            {"on_demand_base": 1, "on_demand_weight": 0, "spot_weight": 1},
        ),
    ] = Capacity()
    database: Annotated[
        Database,
        Doc("database", f"a map of {keys_of(Database)}", {"min_acu": 0.5, "max_acu": 8}),
    ] = Database()
    table_prefix: Annotated[
        TablePrefix,
        Doc(
            "what the names of WordPress's tables begin with; a dump may bring another",
            "1 to 20 letters, digits and underscores",
            "wpx_",
        ),
    ] = "wp_"
    cron: Annotated[
        Cron,
        Doc(
            "events that WordPress and plugins schedule",
            "a map of `every` and `task`",
            {"every": "1h"},
        ),
    ] = Cron()
    jobs: Annotated[
        dict[
            ShortName,
            Annotated[
                Job,
                Doc(
                    "a job",
                    f"a map of {keys_of(Job)}",
                    {"command": ["wp", "cache", "flush"], "schedule": "cron(H 3 * * ? *)"},
                ),
            ],
        ],
        Doc(
            "commands that run by the clock, each in a task of its own",
            "a map of names to jobs",
            {"clean": {"command": ["wp", "cache", "flush"], "schedule": "cron(H 3 * * ? *)"}},
            built_in="none",
        ),
    ] = Field(default_factory=dict[str, Job])
    mail: Annotated[
        Mail,
        Doc("mail", f"a map of {keys_of(Mail)}", {"from": "shop@client.example"}),
    ] = Mail()
    staging: Annotated[
        Staging,
        Doc("whose copy the site is", f"a map of {keys_of(Staging)}", {"of": "shop"}),
    ] = Staging()
    storage: Annotated[Storage, Doc("files", "a map of `mode`", {"mode": "uploads"})] = Storage()
    backup: Annotated[
        Backup,
        Doc(
            "dumps of the site by the clock",
            f"a map of {keys_of(Backup)}",
            {"dumps": "nightly", "keep": {"days": 30}},
        ),
    ] = Backup()
    health: Annotated[
        Health, Doc("health check", "a map of `path` and `grace`", {"path": "/healthz"})
    ] = Health()
    env: Annotated[
        Variables,
        Doc(
            "environment variables",
            "a map of names to text",
            {"WP_MEMORY_LIMIT": "256M"},
            built_in="none",
        ),
    ] = Field(default_factory=dict[str, str])
    secrets: Annotated[
        Secrets,
        Doc(
            "environment variables whose values stay in AWS",
            "a map of names to ARNs",
            {"SMTP_PASSWORD": "arn:aws:ssm:eu-west-1:123456789012:parameter/smtp"},
            built_in="none",
        ),
    ] = Field(default_factory=dict[str, str])
    certificate_arn: Annotated[
        CertificateArns | None,
        Doc(
            "certificates for the site's own domains",
            "the ARN of a certificate in ACM or IAM in the environment's region, or a list of them",
            "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
            built_in="the setting `certificateArn`; with `zones`, one that `up` makes",
        ),
    ] = None
    cdn: Annotated[
        Cdn,
        Doc(
            "what CloudFront keeps of the site, with the setting `edge`",
            f"a map of {keys_of(Cdn)}",
            {"ttl": "1h"},
        ),
    ] = Cdn()
    dns: Annotated[
        Dns,
        Doc(
            "whether host names in a zone of the setting `zones` are pointed here by `up`",
            "auto or manual",
            "manual",
        ),
    ] = "auto"
    waf: Annotated[
        WafMode,
        Doc(
            "whether the setting `waf` refuses requests for this site, or only writes down which",
            "block or count",
            "count",
        ),
    ] = "block"
    cell: Annotated[
        StackPart | None,
        Doc(
            "stack of the environment that the site lives in",
            name_rule(STACK_PART_CHARACTERS),
            "second",
            built_in="none",
        ),
    ] = None
    tags: Annotated[
        Tags, Doc("AWS tags of the site's resources", TAG_RULE, {"Team": "web"}, built_in="none")
    ] = Field(default_factory=dict[str, str])


class Site(SiteFields):
    """A site as it runs in one environment: all layers merged, all defaults filled in."""

    name: str
    domains: Annotated[tuple[HostName, ...], Field(strict=False), DOMAINS_DOC]

    def entry(self) -> dict[str, Any]:
        """What all layers together say, as an entry of sites.yaml has it."""
        return self.model_dump(mode="json", exclude={"name"}, exclude_unset=True)
