"""What a site is: the fields of sites.yaml with their units, limits and built-in values."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from fleet.fields.doc import Doc, keys_of, whole
from fleet.fields.spelling import STACK_PART_CHARACTERS, TITLE_CHARACTERS, name_rule
from fleet.fields.tags import TAG_RULE
from fleet.fields.types import (
    Acu,
    Email,
    HostName,
    Image,
    Model,
    Secrets,
    StackPart,
    Tags,
    Title,
    UrlPath,
    UserName,
    Variables,
)
from fleet.quotas import BACKUP_DAYS, PAUSE_SECONDS, READERS_A_CLUSTER
from fleet.site.compute import Capacity, Scaling, Schedule, Size

__all__ = [
    "Admin",
    "Capacity",
    "Database",
    "Health",
    "Scaling",
    "Schedule",
    "Site",
    "SiteFields",
    "Size",
    "Storage",
]

GRACE_SECONDS = (0, 3_600)
DOMAINS = (1, 20)
DOMAINS_DOC = Doc(
    "host names of the site; the first is the canonical one, where the others lead",
    f"a list of {DOMAINS[0]} to {DOMAINS[1]} host names in lower case, of two labels or more, "
    "each once in the fleet, the first without a *",
    ["blog.example.com", "www.blog.example.com"],
)


class Admin(Model):
    """The first user of the site, made at installation."""

    user: Annotated[
        UserName,
        Doc(
            "login of the first administrator, used once, at installation",
            "1 to 60 letters, digits, spaces and _ . - @",
            "editor",
        ),
    ] = "admin"
    email: Annotated[
        Email,
        Doc(
            "mailbox of the first administrator, used once, at installation",
            "a mail address",
            "web@example.com",
            built_in="the setting `adminEmail`",
        ),
    ] = ""


class Database(Model):
    """The site's Aurora MySQL Serverless database."""

    placement: Annotated[
        Literal["dedicated", "shared"],
        Doc(
            "a cluster of the site's own, or a schema in the environment's shared one",
            "dedicated, or shared as the only key and where `sharedDatabase` is set",
            "dedicated",
        ),
    ] = "dedicated"
    min_acu: Annotated[
        Acu,
        Doc("least capacity in ACU", "a number from 0 to 256 in halves, at most `max_acu`", 0.5),
    ] = 0.5
    max_acu: Annotated[
        Acu,
        Field(ge=1),
        Doc("most capacity in ACU", "a number from 1 to 256 in halves, at least `min_acu`", 8),
    ] = 4
    pause_after: Annotated[
        int | None,
        Field(ge=PAUSE_SECONDS[0], le=PAUSE_SECONDS[1]),
        Doc(
            "seconds without a connection until the cluster pauses",
            f"{whole(*PAUSE_SECONDS)}, with `min_acu` 0",
            600,
            built_in="none",
        ),
    ] = None
    readers: Annotated[
        int,
        Field(ge=0, le=READERS_A_CLUSTER),
        Doc("instances beside the writer", whole(0, READERS_A_CLUSTER), 1),
    ] = 0
    backup_days: Annotated[
        int,
        Field(ge=BACKUP_DAYS[0], le=BACKUP_DAYS[1]),
        Doc("days that automatic backups are kept", whole(*BACKUP_DAYS), 14),
    ] = 7


class Storage(Model):
    """What of the site lives on EFS."""

    mode: Annotated[
        Literal["content", "uploads"],
        Doc(
            "all of wp-content, or uploads alone with the code coming from the image",
            "content or uploads",
            "uploads",
        ),
    ] = "content"


class Health(Model):
    """How the load balancer asks whether a task works."""

    path: Annotated[
        UrlPath,
        Doc("path that answers 200", "a path that begins with / and has no query", "/healthz"),
    ] = "/healthz"
    grace: Annotated[
        int,
        Field(ge=GRACE_SECONDS[0], le=GRACE_SECONDS[1]),
        Doc("seconds a new task has before it is asked", whole(*GRACE_SECONDS), 120),
    ] = 60


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
    storage: Annotated[Storage, Doc("files", "a map of `mode`", {"mode": "uploads"})] = Storage()
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
