"""One WordPress site on the shared base. Data in, resources out; every decision is `fleet`'s."""

import json
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.aurora import AuroraCluster, DatabaseAccess
from components.base.shared_base import BaseForSites
from components.settled import settled
from components.site.autoscaling import Autoscaling
from components.site.identity import Identity
from components.site.routing import Routing
from components.site.secrets import Secrets
from components.site.service import Service, ServiceArgs
from components.site.storage import Storage
from components.tags import identity_tags, tagging
from components.task import TaskFacts, canonical_url, container_definitions
from fleet.names import log_group_name, stack_label
from fleet.settings.load import parse_settings
from fleet.site.model import Site
from fleet.site.placement import place_uids, rules_of
from fleet.site.scaling import is_autoscaled
from fleet.sites_file.one_site import read_site

TYPE = "wordpress-fleet:index:WordPressSite"


class WordPressSiteArgs(TypedDict):
    base: Any
    """The `SharedBase` that the site stands on: the resource itself."""
    site: dict[str, Any]
    """The site, in the words and under the rules of sites.yaml."""
    uid: NotRequired[int]
    """The uid and gid that own the site's files; a hash of the site's name if unset."""
    priorities: NotRequired[dict[str, int]]
    """Listener rule (`hosts-1`, `wildcards-3-1`, ...) to its priority, unique on the load balancer;
    a hash of the site's name if unset."""


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
        base: BaseForSites = args["base"].for_sites
        settings = parse_settings(base["settings"], environment=pulumi.get_stack(), source=None)
        site = read_site(name, args["site"], settings)
        tags = identity_tags(settings.environment, settings.cell, site.name)
        tagged = pulumi.ResourceOptions(
            transformations=[tagging(tags, {**settings.tags, **site.tags})]
        )
        super().__init__(TYPE, name, {}, pulumi.ResourceOptions.merge(opts, tagged))
        self._settings = settings
        self._site = site
        self._base = base
        # Only a retired site's data may go.
        self._data_protected = settings.protect_data and site.state != "retired"
        self._build(args)
        self.register_outputs(self.outputs)

    def _build(self, args: WordPressSiteArgs) -> None:
        child = pulumi.ResourceOptions(parent=self)
        site, base, settings = self._site, self._base, self._settings
        log_group = aws.cloudwatch.LogGroup(
            site.name,
            name=log_group_name(settings.environment, settings.cell, site.name),
            retention_in_days=settings.log_retention_days,
            opts=child,
        )
        storage = Storage(
            f"{site.name}-storage",
            site=site.name,
            mode=site.storage.mode,
            uid=int(args.get("uid") or place_uids([site.name])[site.name]),
            file_system_id=base["file_system_id"],
            protect=self._data_protected,
            opts=child,
        )
        secrets = Secrets(
            f"{site.name}-secrets", site=site.name, protect=self._data_protected, opts=child
        )
        database = self._database()
        routing = Routing(
            f"{site.name}-routing",
            site=site.name,
            health=site.health,
            live=site.state == "live",
            rules=rules_of(site, args.get("priorities") or {}),
            vpc_id=base["vpc_id"],
            listener_arn=base["listener_arn"],
            opts=child,
        )
        image = site.image if site.image is not None else base["image"]
        identity = self._identity(image, log_group, storage, secrets, database)
        service = self._service(image, log_group, storage, secrets, database, routing, identity)
        self._autoscaling(service, routing)
        self.outputs = settled(self._outputs(log_group, secrets, database, routing))
        for each, value in self.outputs.items():
            setattr(self, each, pulumi.Output.from_input(value))

    def _database(self) -> DatabaseAccess:
        """The site's own cluster, or the way into the shared one."""
        wanted, base = self._site.database, self._base
        if wanted.placement == "shared":
            shared = base["shared_database"]
            if shared is None:
                raise ValueError(f"{self._site.name}: this base has no shared database")
            return shared
        cluster = AuroraCluster(
            f"{self._site.name}-database",
            {
                "vpc_id": base["vpc_id"],
                "subnet_group_name": base["database_subnet_group"],
                "parameter_group_name": base["database_parameter_group"],
                "min_acu": wanted.min_acu,
                "max_acu": wanted.max_acu,
                "pause_after": wanted.pause_after,
                "readers": wanted.readers,
                "backup_days": wanted.backup_days,
                "protect": self._data_protected,
            },
            pulumi.ResourceOptions(parent=self),
        )
        return cluster.access

    def _identity(
        self,
        image: pulumi.Input[str],
        log_group: aws.cloudwatch.LogGroup,
        storage: Storage,
        secrets: Secrets,
        database: DatabaseAccess,
    ) -> Identity:
        return Identity(
            f"{self._site.name}-identity",
            site=self._site.name,
            image=image,
            log_group_arn=log_group.arn,
            secret_arns=[secrets.secret_arn, database["master_secret_arn"]],
            user_secret_arns=list(self._site.secrets.values()),
            file_system_arn=self._base["file_system_arn"],
            access_point_arn=storage.access_point_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _service(
        self,
        image: pulumi.Input[str],
        log_group: aws.cloudwatch.LogGroup,
        storage: Storage,
        secrets: Secrets,
        database: DatabaseAccess,
        routing: Routing,
        identity: Identity,
    ) -> Service:
        site, base, settings = self._site, self._base, self._settings
        return Service(
            f"{site.name}-service",
            ServiceArgs(
                site=site,
                family=f"{stack_label(settings.environment, settings.cell)}-{site.name}",
                container_definitions=self._containers(image, log_group, secrets, database),
                architecture=settings.architecture,
                execution_role_arn=identity.execution_role_arn,
                task_role_arn=identity.task_role_arn,
                file_system_id=base["mounted_file_system_id"],
                access_point_id=storage.access_point_id,
                cluster_arn=base["cluster_arn"],
                target_group_arn=routing.target_group_arn,
                listener_rules=routing.rules,
                subnet_ids=base["task_subnet_ids"],
                security_group_ids=[
                    base["task_security_group_id"],
                    database["client_security_group_id"],
                ],
                assign_public_ip=base["assign_public_ip"],
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _containers(
        self,
        image: pulumi.Input[str],
        log_group: aws.cloudwatch.LogGroup,
        secrets: Secrets,
        database: DatabaseAccess,
    ) -> pulumi.Output[str]:
        return pulumi.Output.all(
            image=image,
            log_group=log_group.name,
            log_group_arn=log_group.arn,
            database_endpoint=database["endpoint"],
            master_secret_arn=database["master_secret_arn"],
            site_secret_arn=secrets.secret_arn,
        ).apply(lambda facts: json.dumps(self._container_definitions(facts)))

    def _container_definitions(self, facts: dict[str, str]) -> list[dict[str, Any]]:
        region = facts.pop("log_group_arn").split(":")[3]
        return container_definitions(
            self._site,
            TaskFacts(region=region, **facts),
            environment=self._settings.environment,
            scheme=self._settings.scheme,
        )

    def _autoscaling(self, service: Service, routing: Routing) -> None:
        if service.ecs_service is None or not is_autoscaled(self._site):
            return
        Autoscaling(
            f"{self._site.name}-autoscaling",
            site=self._site.name,
            scaling=self._site.scaling,
            cluster_name=self._base["cluster_name"],
            service_name=service.ecs_service.name,
            load_balancer_arn_suffix=self._base["load_balancer_arn_suffix"],
            target_group_arn_suffix=routing.target_group_arn_suffix,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _outputs(
        self,
        log_group: aws.cloudwatch.LogGroup,
        secrets: Secrets,
        database: DatabaseAccess,
        routing: Routing,
    ) -> dict[str, Any]:
        site = self._site
        return {
            "url": canonical_url(site, self._settings.scheme),
            "domains": list(site.domains),
            "state": site.state,
            "protected": self._data_protected,
            "service": site.name if site.state == "live" else None,
            "log_group": log_group.name,
            "tasks": {"min": site.scaling.min, "max": site.scaling.max},
            "spot_share": site.capacity.spot_share(site.scaling.max),
            "target_group_arn": routing.target_group_arn,
            "database": _database_output(site),
            "database_endpoint": database["endpoint"],
            "secret_arn": secrets.secret_arn,
        }


def _database_output(site: Site) -> dict[str, Any]:
    """Placement, and the capacity of a cluster of the site's own."""
    own = {"min_acu", "max_acu"} if site.database.placement == "dedicated" else set[str]()
    return site.database.model_dump(include={"placement", *own})
