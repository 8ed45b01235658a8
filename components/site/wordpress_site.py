"""One WordPress site on the shared base. Data in, resources out; every decision is `fleet`'s."""

from typing import Any, NotRequired, TypedDict

import pulumi

from components.base.for_sites import BaseForSites
from components.settled import settled
from components.site.autoscaling import Autoscaling
from components.site.certificate import Certificate
from components.site.context import SiteContext
from components.site.database import Database
from components.site.edge import Edge
from components.site.identity import Identity
from components.site.logs import Logs
from components.site.mail import Mail
from components.site.records import Records
from components.site.routing import Routing
from components.site.schedules import Schedules
from components.site.secrets import Secrets
from components.site.service import Service
from components.site.storage import Storage
from components.site.task_definition import TaskDefinition
from components.site.vault import Vault
from components.tags import identity_tags, tagging
from components.task import canonical_url
from fleet.site.certificate import as_served
from fleet.site.model import Site
from fleet.site.placement import place_uids, rules_of
from fleet.sites_file.one_site import read_site

TYPE = "wordpress-fleet:index:WordPressSite"

# Each after those that it needs.
PARTS = (
    Logs,
    Storage,
    Secrets,
    Database,
    Vault,
    Routing,
    Certificate,
    Edge,
    Records,
    Mail,
    Identity,
    TaskDefinition,
    Service,
    Autoscaling,
    Schedules,
)


class WordPressSiteArgs(TypedDict):
    base: Any
    """The `SharedBase` that the site stands on: the resource itself."""
    site: Any
    """The site, in the words and under the rules of sites.yaml."""
    uid: NotRequired[int]
    """The uid and gid that own the site's files; a hash of the site's name if unset."""
    priorities: NotRequired[dict[str, int]]
    """Listener rule (`hosts-1`, `wildcards-3-1`, ...) to its priority, unique on the load balancer;
    a hash of the site's name if unset."""
    issued: NotRequired[list[str]]
    """The hosts in none of the environment's `zones` whose certificate ACM has issued; the others
    wait for the records of those who own them. At the edge all hosts of the certificate that the
    distribution is to serve. None if unset."""


class TasksOutput(TypedDict):
    """Bounds of the number of tasks."""

    min: int
    max: int


class DatabaseOutput(TypedDict):
    """Where the site's data is, and the capacity of a cluster of the site's own."""

    placement: str
    min_acu: NotRequired[float]
    max_acu: NotRequired[float]


class WordPressSite(pulumi.ComponentResource):
    """Storage, database, secrets, identity, routing, service and autoscaling of one site."""

    url: pulumi.Output[str]
    """Address of the first domain."""
    domains: pulumi.Output[list[str]]
    """Host names, wildcards included."""
    state: pulumi.Output[str]
    """`live`, `paused` or `retired`."""
    protected: pulumi.Output[bool]
    """Whether the site's data may not be deleted."""
    service: pulumi.Output[str | None]
    """Name of the ECS service, null while the site is not live."""
    log_group: pulumi.Output[str]
    """Name of the CloudWatch log group."""
    tasks: pulumi.Output[TasksOutput]
    spot_share: pulumi.Output[float]
    """Share of the tasks that run on Spot when there are `tasks.max`, 0 to 1."""
    target_group_arn: pulumi.Output[str]
    """ARN of the target group that the listener rules forward to."""
    database: pulumi.Output[DatabaseOutput]
    database_endpoint: pulumi.Output[str]
    """Host name of the writer."""
    secret_arn: pulumi.Output[str]
    """ARN of the site's secret: `admin_password`, `database_password`, keys and salts."""

    def __init__(
        self, name: str, args: WordPressSiteArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        context = self._context(name, args)
        tagged = pulumi.ResourceOptions(transformations=[tagging(context.tags)])
        super().__init__(TYPE, name, {}, pulumi.ResourceOptions.merge(opts, tagged))
        context.make(PARTS)
        self.outputs = settled({**_facts(context), **context.outputs})
        for each, value in self.outputs.items():
            setattr(self, each, pulumi.Output.from_input(value))
        self.register_outputs(self.outputs)

    def _context(self, name: str, args: WordPressSiteArgs) -> SiteContext:
        base: BaseForSites = args["base"].for_sites
        settings = base.settings
        given = args["site"]
        # As `fleet` read it already, or from words.
        site = given if isinstance(given, Site) else read_site(name, given, settings)
        issued = tuple(args.get("issued") or ())
        identity = identity_tags(settings.environment, settings.cell, site.name)
        return SiteContext(
            owner=self,
            settings=settings,
            tags={**settings.tags, **site.tags, **identity},
            # Only a retired site's data may go.
            protect=settings.protect_data and site.state != "retired",
            site=as_served(site, settings, issued),
            base=base,
            uid=int(args.get("uid") or place_uids([site.name])[site.name]),
            rules=rules_of(site, args.get("priorities") or {}),
            issued=issued,
        )


def _facts(context: SiteContext) -> dict[str, Any]:
    """The outputs that belong to no part."""
    site = context.site
    return {
        "url": canonical_url(site, context.settings.scheme),
        "domains": list(site.domains),
        "state": site.state,
        "protected": context.protect,
        "tasks": {"min": site.scaling.min, "max": site.scaling.max},
        "spot_share": site.capacity.spot_share(site.scaling.max),
    }
