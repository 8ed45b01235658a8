"""ECS: clusters and services; task definitions are in `ecs_tasks`."""

from __future__ import annotations

from typing import Any

from simulator.difference import Difference
from simulator.errors import AwsError, ProviderError
from simulator.rules import Call, Rules, rules_for
from simulator.services.ecs import rollout
from simulator.services.ecs.rollout import SERVICE
from simulator.services.ecs.task_definitions import TASK_DEFINITION, containers_of
from simulator.services.lb.routing import TARGET_GROUP, load_balancers_of
from simulator.world import Resource, World

CLUSTER = "aws:ecs/cluster:Cluster"
CAPACITY_PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"

# Capacity providers that every account has.
FARGATE = ("FARGATE", "FARGATE_SPOT")


def short_name(cluster: str) -> str:
    """A cluster's name, from its name or its ARN."""
    return cluster.rsplit("/", 1)[-1]


@rules_for(CLUSTER)
class Cluster(Rules):
    """A cluster. Creating one that exists returns it, in ECS and so in the provider."""

    def delete(self, call: Call) -> None:
        """Not with services in it."""
        name = call.props["name"]
        if call.world.find(SERVICE, _cluster=name):
            raise AwsError(
                "ClusterContainsServicesException",
                "The Cluster cannot be deleted while Services are active.",
            )


@rules_for(CAPACITY_PROVIDERS)
class ClusterCapacityProviders(Rules):
    """What a cluster's tasks may run on."""

    def create(self, call: Call) -> None:
        """Providers that exist, and a default strategy of them."""
        providers = call.props.get("capacityProviders") or []
        for provider in providers:
            if provider not in FARGATE:
                raise AwsError(
                    "InvalidParameterException",
                    f"The specified capacity provider '{provider}' was not found",
                )
        for item in call.props.get("defaultCapacityProviderStrategies") or []:
            if item["capacityProvider"] not in providers:
                raise AwsError(
                    "InvalidParameterException",
                    "The specified capacity provider strategy contains a capacity provider that "
                    f"is not associated with the cluster: {item['capacityProvider']}",
                )
        self._refuse_in_use(call, set(providers))

    update = create

    def delete(self, call: Call) -> None:
        """Deleting sets both lists empty."""
        self._refuse_in_use(call, set())

    @staticmethod
    def _refuse_in_use(call: Call, remaining: set[str]) -> None:
        for service in call.world.find(SERVICE, _cluster=call.props["clusterName"]):
            strategy = service.props.get("capacityProviderStrategies") or []
            used = {str(item["capacityProvider"]) for item in strategy}
            if used - remaining:
                raise AwsError(
                    "ResourceInUseException",
                    "The specified capacity provider is in use and cannot be removed.",
                )


@rules_for(SERVICE)
class Service(Rules):
    """A service. Its desired count is the world's: only a change of the program's moves it."""

    def differences(
        self, found: list[Difference], old: dict[str, Any], new: dict[str, Any]
    ) -> list[Difference]:
        """Another strategy takes a new deployment; triggers count only with one."""
        forced = bool(new.get("forceNewDeployment"))
        changed = {change.top for change in found}
        if "capacityProviderStrategies" in changed and not forced:
            raise ProviderError(
                "force_new_deployment should be true when capacity_provider_strategy is being "
                "updated"
            )
        if forced and new.get("triggers"):
            return found
        return [change for change in found if change.top != "triggers"]

    def compute(self, call: Call) -> None:
        """The cluster's short name is part of the ARN."""
        cluster = str(call.props.get("cluster") or "default")
        call.props["cluster"] = cluster
        call.props["_cluster"] = short_name(cluster)
        call.props["_deployments"] = 1
        if not call.props.get("capacityProviderStrategies"):
            call.props.setdefault("launchType", "EC2")

    def create(self, call: Call) -> None:
        """Everything that a service stands on."""
        if not call.world.find(CLUSTER, name=call.props["_cluster"]):
            raise AwsError("ClusterNotFoundException", "Cluster not found.")
        self._check(call)
        rollout.begin({}, call.props)

    def update(self, call: Call) -> None:
        """The same for what changes, and one more deployment where tasks are replaced."""
        self._check(call)
        if call.props.get("forceNewDeployment") or call.changed("taskDefinition"):
            call.props["_deployments"] = int(call.old.get("_deployments", 1)) + 1
            rollout.begin(call.old, call.props)

    def unsettled(self, world: World, resource: Resource) -> str | None:
        """New tasks that are to serve before the provider's wait for a steady state is over."""
        return rollout.settle(world, resource.key)

    def release(self, world: World, resource: Resource) -> None:
        """No tasks any more; without that AWS deletes a service only by force."""
        if not resource.props.get("forceDelete"):
            rollout.stop(world, resource.key)

    def delete(self, call: Call) -> None:
        """Not while a deployment is being stopped."""
        if rollout.is_stopping(call.props):
            raise AwsError(
                "InvalidParameterException",
                "The service cannot be stopped while deployments are active.",
            )

    def _check(self, call: Call) -> None:
        self._capacity(call)
        task = self._task_definition(call)
        if call.props.get("enableExecuteCommand") and not task.props.get("taskRoleArn"):
            raise AwsError(
                "InvalidParameterException",
                "The service couldn't be created because a valid taskRoleArn is not being used. "
                "Specify a valid task role in your task definition and try again.",
            )
        balancers = call.props.get("loadBalancers") or []
        for balancer in balancers:
            self._load_balancer(call, balancer, task)
        if not balancers and call.props.get("healthCheckGracePeriodSeconds") is not None:
            raise AwsError(
                "InvalidParameterException",
                "Health check grace period is only valid for services configured to use load "
                "balancers",
            )
        if task.props.get("networkMode") == "awsvpc" and not call.props.get("networkConfiguration"):
            raise AwsError(
                "InvalidParameterException",
                "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
            )

    @staticmethod
    def _capacity(call: Call) -> None:
        strategy = call.props.get("capacityProviderStrategies") or []
        if strategy and call.props.get("launchType"):
            raise AwsError(
                "InvalidParameterException",
                "Specifying both a launch type and capacity provider strategy is not supported. "
                "Remove one and try again.",
            )
        associated = call.world.get(CAPACITY_PROVIDERS, short_name(call.props["cluster"]))
        available = associated.props.get("capacityProviders") or [] if associated else []
        for item in strategy:
            if item["capacityProvider"] not in available:
                raise AwsError(
                    "InvalidParameterException",
                    "The capacity provider strategy contains a capacity provider that is not "
                    f"associated with the cluster: {item['capacityProvider']}",
                )
        if strategy and not any(item.get("weight") for item in strategy):
            raise AwsError(
                "InvalidParameterException",
                "A capacity provider strategy needs a provider with a weight greater than zero",
            )
        if sum(bool(item.get("base")) for item in strategy) > 1:
            raise AwsError(
                "InvalidParameterException", "Only one capacity provider may have a base"
            )

    @staticmethod
    def _task_definition(call: Call) -> Resource:
        wanted = str(call.props.get("taskDefinition") or "")
        found = call.world.get(TASK_DEFINITION, wanted)
        if found is None:
            family, _, revision = wanted.partition(":")
            props = {
                "family": family,
                **({"revision": int(revision)} if revision.isdigit() else {}),
            }
            revisions = call.world.find(TASK_DEFINITION, **props) if family != "arn" else []
            found = max(revisions, key=lambda item: item.props["revision"], default=None)
        if found is None:
            inactive = call.world.get(TASK_DEFINITION, wanted, gone=True)
            raise AwsError(
                "ClientException",
                "The specified task definition is inactive. You must specify an active task "
                "definition and try again."
                if inactive
                else f"TaskDefinition not found: {wanted}",
            )
        return found

    @staticmethod
    def _load_balancer(call: Call, balancer: dict[str, Any], task: Resource) -> None:
        arn = str(balancer.get("targetGroupArn") or "")
        group = call.world.get(TARGET_GROUP, arn)
        if group is not None and not load_balancers_of(call.world, arn):
            raise AwsError(
                "InvalidParameterException",
                f"The target group with targetGroupArn {arn} does not have an associated load "
                "balancer.",
            )
        if group is not None and group.props["targetType"] != "ip":
            raise AwsError(
                "InvalidParameterException",
                f"The provided target group {arn} has target type "
                f"{group.props['targetType']}, which is incompatible with the awsvpc network mode "
                "specified in the task definition.",
            )
        containers = {str(entry.get("name")): entry for entry in containers_of(task.props)}
        name, port = balancer["containerName"], balancer["containerPort"]
        if name not in containers:
            raise AwsError(
                "InvalidParameterException",
                f"The container {name} does not exist in the task definition.",
            )
        ports = [item.get("containerPort") for item in containers[name].get("portMappings") or []]
        if port not in ports:
            raise AwsError(
                "InvalidParameterException",
                f"The container {name} did not have a container port {port} defined.",
            )
