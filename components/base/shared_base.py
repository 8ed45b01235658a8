"""What all sites of a stack share. Of the list of sites it knows what the context says alone."""

from typing import Any, NotRequired, TypedDict

import pulumi

from components.base.access_logs import AccessLogs
from components.base.alarms import Alarms
from components.base.archive import Archive
from components.base.certificate import Certificate
from components.base.compute import Compute
from components.base.context import BaseContext
from components.base.database import Database
from components.base.edge import Edge
from components.base.endpoints import Endpoints
from components.base.file_system import FileSystem
from components.base.flow_logs import FlowLogs
from components.base.for_sites import BaseForSites
from components.base.image import Image
from components.base.load_balancer import LoadBalancer
from components.base.mail import Mail
from components.base.network import Network
from components.base.schedules import Schedules
from components.base.vault import Vault
from components.base.waf import Waf
from components.base.waf_defence import WafDefence
from components.base.zones import Zones
from components.tags import identity_tags, tagging
from fleet.settings.load import parse_settings
from fleet.settings.model import Settings

TYPE = "wordpress-fleet:index:SharedBase"

# Each after those that it needs.
PARTS = (
    *(Network, FlowLogs, AccessLogs, Zones, Certificate, LoadBalancer, WafDefence, Waf, Edge),
    *(Compute, Schedules, Endpoints, FileSystem, Database, Vault, Archive, Image, Mail, Alarms),
)


class SharedBaseArgs(TypedDict):
    settings: Any
    """The environment's settings, in the words and under the rules of Pulumi.ENV.yaml."""
    counted_hosts: NotRequired[list[str]]
    """Hosts for which the firewall of the setting `waf` only counts. None if unset."""
    backed_up: NotRequired[bool]
    """Whether the clock backs a site up, so that none coming is told. False if unset."""
    drilled: NotRequired[bool]
    """Whether the clock tries a site's backups, so that no good drill is told. False if unset."""


class LoadBalancerOutput(TypedDict):
    """The load balancer that all sites stand behind."""

    arn: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    """Where the sites' domains point."""
    zone_id: pulumi.Output[str]
    """Route 53's zone of the load balancer, for alias records."""


class ClusterOutput(TypedDict):
    """The ECS cluster."""

    arn: pulumi.Output[str]
    name: pulumi.Output[str]


class FileSystemOutput(TypedDict):
    """The EFS file system."""

    arn: pulumi.Output[str]
    id: pulumi.Output[str]


class ArchiveOutput(TypedDict):
    """Where dumps and archives of sites go."""

    bucket: pulumi.Output[str]


class SharedBase(pulumi.ComponentResource):
    """Network, load balancer, compute, file system, database groups and image of one stack."""

    load_balancer: LoadBalancerOutput
    cluster: ClusterOutput
    file_system: FileSystemOutput
    archive: ArchiveOutput

    def __init__(
        self, name: str, args: SharedBaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        settings = _settings(args["settings"])
        identity = identity_tags(settings.environment, settings.cell)
        context = BaseContext(
            owner=self,
            name=name,
            settings=settings,
            tags={**settings.tags, **identity},
            protect=settings.protect_data,
            counted_hosts=tuple(args.get("counted_hosts") or ()),
            backed_up=bool(args.get("backed_up")),
            drilled=bool(args.get("drilled")),
        )
        tagged = pulumi.ResourceOptions(transformations=[tagging(context.tags)])
        super().__init__(TYPE, name, {}, pulumi.ResourceOptions.merge(opts, tagged))
        context.make(PARTS)
        self.for_sites = _for_sites(context)
        """What the sites of this base are given."""
        self.outputs = context.outputs
        """The stack outputs that are the base's."""
        for each, value in self.outputs.items():
            setattr(self, each, value)
        # A program in another language has no more of the base than what is registered here.
        self.register_outputs({**self.outputs, "for_sites": self.for_sites.registered()})


def _settings(given: Any) -> Settings:
    """As `fleet` read them already, or from words. Raises FleetError."""
    if isinstance(given, Settings):
        return given
    return parse_settings(given, environment=pulumi.get_stack(), source=None)


def _for_sites(context: BaseContext) -> BaseForSites:
    network, load_balancer = context.part(Network), context.part(LoadBalancer)
    compute, files = context.part(Compute), context.part(FileSystem)
    database, schedules = context.part(Database), context.part(Schedules)
    return BaseForSites(
        settings=context.settings,
        image=context.part(Image).uri,
        vpc_id=network.vpc_id,
        task_subnet_ids=network.task_subnet_ids,
        task_security_group_id=compute.task_security_group_id,
        cluster_name=compute.cluster_name,
        cluster_arn=compute.cluster_arn,
        listener_arn=load_balancer.listener_arn,
        load_balancer_arn_suffix=load_balancer.arn_suffix,
        load_balancer_dns_name=load_balancer.dns_name,
        load_balancer_zone_id=load_balancer.zone_id,
        edge=context.part(Edge).shared,
        zone_ids=context.part(Zones).ids,
        mail_arns=context.part(Mail).arns,
        schedule_group_name=schedules.group_name,
        schedule_group_arn=schedules.group_arn,
        dead_letters_arn=schedules.dead_letters_arn,
        file_system_id=files.id,
        mounted_file_system_id=files.mounted_id,
        file_system_arn=files.arn,
        archive_bucket_arn=context.part(Archive).bucket_arn,
        database_subnet_group=database.subnet_group_name,
        database_parameter_group=database.parameter_group_name,
        shared_database=database.shared,
        backup_plan=context.part(Vault).plan,
    )
