"""What all sites of a stack share. Nothing here depends on the list of sites."""

from collections.abc import Sequence
from typing import Any, TypedDict

import pulumi

from components.aurora import DatabaseAccess
from components.base.access_logs import AccessLogs
from components.base.compute import Compute
from components.base.database import Database
from components.base.file_system import FileSystem
from components.base.image import Image
from components.base.load_balancer import LoadBalancer
from components.base.network import Network
from components.tags import identity_tags, tagging
from fleet.names import cluster_name
from fleet.settings.load import parse_settings

TYPE = "wordpress-fleet:index:SharedBase"


class SharedBaseArgs(TypedDict):
    settings: dict[str, Any]
    """The environment's settings, in the words and under the rules of Pulumi.ENV.yaml."""


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


class BaseForSites(TypedDict):
    """What a site needs to know of the base it stands on."""

    settings: dict[str, Any]
    """Those of the base, with the environment's name among them."""
    assign_public_ip: bool
    image: pulumi.Input[str]
    """What a site without an image of its own runs."""
    vpc_id: pulumi.Input[str]
    task_subnet_ids: pulumi.Input[Sequence[str]]
    task_security_group_id: pulumi.Input[str]
    cluster_name: pulumi.Input[str]
    cluster_arn: pulumi.Input[str]
    listener_arn: pulumi.Input[str]
    load_balancer_arn_suffix: pulumi.Input[str]
    file_system_id: pulumi.Input[str]
    mounted_file_system_id: pulumi.Input[str]
    file_system_arn: pulumi.Input[str]
    database_subnet_group: pulumi.Input[str]
    database_parameter_group: pulumi.Input[str]
    shared_database: DatabaseAccess | None


class SharedBase(pulumi.ComponentResource):
    """Network, load balancer, compute, file system, database groups and image of one stack."""

    load_balancer: LoadBalancerOutput
    cluster: ClusterOutput
    file_system: FileSystemOutput

    def __init__(
        self, name: str, args: SharedBaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        settings = parse_settings(args["settings"], environment=pulumi.get_stack(), source=None)
        self._tags = identity_tags(settings.environment, settings.cell)
        tagged = pulumi.ResourceOptions(transformations=[tagging(self._tags, settings.tags)])
        super().__init__(TYPE, name, {}, pulumi.ResourceOptions.merge(opts, tagged))
        self._settings = settings
        self._build(name)
        # A program in another language has no more of the base than what is registered here.
        self.register_outputs({**self.outputs, "for_sites": self._for_sites})

    @property
    def for_sites(self) -> BaseForSites:
        """What the sites of this base are given."""
        return self._for_sites

    @property
    def outputs(self) -> dict[str, Any]:
        """The stack outputs that are the base's."""
        return {
            "load_balancer": self.load_balancer,
            "cluster": self.cluster,
            "file_system": self.file_system,
        }

    def _build(self, name: str) -> None:
        settings = self._settings
        protect = settings.protect_data
        child = pulumi.ResourceOptions(parent=self)
        network = Network(
            f"{name}-network",
            settings=settings.network,
            endpoint_tags={**settings.tags, **self._tags},
            opts=child,
        )
        load_balancer = self._load_balancer(name, network)
        compute = Compute(
            f"{name}-compute",
            cluster_name=cluster_name(settings.environment, settings.cell),
            network=network,
            load_balancer_security_group_id=load_balancer.security_group_id,
            opts=child,
        )
        files = FileSystem(
            f"{name}-files",
            network=network,
            client_security_group_id=compute.task_security_group_id,
            protect=protect,
            opts=child,
        )
        database = Database(
            f"{name}-database",
            network=network,
            shared=settings.shared_database,
            protect=protect,
            opts=child,
        )
        image = self._image(f"{name}-image", child)
        self._for_sites = self._facts(network, load_balancer, compute, files, database, image)
        alb = load_balancer.load_balancer
        self.load_balancer = {"arn": alb.arn, "dns_name": alb.dns_name, "zone_id": alb.zone_id}
        self.cluster = {"arn": compute.cluster_arn, "name": compute.cluster_name}
        self.file_system = {"arn": files.arn, "id": files.id}

    def _load_balancer(self, name: str, network: Network) -> LoadBalancer:
        settings = self._settings
        child = pulumi.ResourceOptions(parent=self)
        logs = AccessLogs(
            f"{name}-access-logs",
            retention_days=settings.log_retention_days,
            protect=settings.protect_data,
            opts=child,
        )
        return LoadBalancer(
            f"{name}-alb",
            network=network,
            access_log_bucket=logs.bucket,
            certificate_arn=settings.certificate_arn,
            protect=settings.protect_data,
            opts=child,
        )

    def _image(self, name: str, opts: pulumi.ResourceOptions) -> pulumi.Input[str]:
        settings = self._settings
        if settings.image is not None:
            return settings.image
        return Image(
            name,
            architecture=settings.architecture,
            protect=settings.protect_data,
            opts=opts,
        ).uri

    def _facts(
        self,
        network: Network,
        load_balancer: LoadBalancer,
        compute: Compute,
        files: FileSystem,
        database: Database,
        image: pulumi.Input[str],
    ) -> BaseForSites:
        return {
            "settings": self._settings.config(),
            "assign_public_ip": network.assign_public_ip,
            "image": image,
            "vpc_id": network.vpc_id,
            "task_subnet_ids": network.task_subnet_ids,
            "task_security_group_id": compute.task_security_group_id,
            "cluster_name": compute.cluster_name,
            "cluster_arn": compute.cluster_arn,
            "listener_arn": load_balancer.listener_arn,
            "load_balancer_arn_suffix": load_balancer.load_balancer.arn_suffix,
            "file_system_id": files.id,
            "mounted_file_system_id": files.mounted_id,
            "file_system_arn": files.arn,
            "database_subnet_group": database.subnet_group_name,
            "database_parameter_group": database.parameter_group_name,
            "shared_database": database.shared,
        }
