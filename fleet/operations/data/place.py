"""Where a site's one-off tasks run: its cluster, task definition family and log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from fleet.names import cluster_name, log_group_name, task_family
from fleet.operations import simulation
from fleet.operations.declared import Declared
from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.plan.prices import Architecture, read_prices
from fleet.plan.task_cost import run_usd
from fleet.settings.load import load_settings
from fleet.site.model import Site
from fleet.site.own_task import NETWORK_LABEL

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import NetworkConfigurationTypeDef
    from mypy_boto3_logs import CloudWatchLogsClient


@dataclass(frozen=True, slots=True)
class Place:
    """A site on AWS, and the clients that reach it. Clients may be shared by threads."""

    target: Target
    site: Site
    region: str
    caller: str
    """Who asks, by the last part of the ARN: a user, or a role's session."""
    architecture: Architecture
    ecs: ECSClient
    logs: CloudWatchLogsClient

    @property
    def cluster(self) -> str:
        return cluster_name(self.target.environment, self.target.cell)

    @property
    def family(self) -> str:
        """Of the site's task definitions."""
        return task_family(self.target.environment, self.target.cell, self.site.name)

    @property
    def log_group(self) -> str:
        return log_group_name(self.target.environment, self.target.cell, self.site.name)

    def stream(self, task: str) -> str:
        """The log of a task's main container, as the awslogs driver names it."""
        return f"{self.site.name}/wordpress/{task}"

    def usd(self, *, cpu: int, memory: int, seconds: float, spot: bool) -> float | None:
        """What a task costs; None where the list of prices doesn't have the region."""
        prices = read_prices().regions.get(self.region)
        if prices is None:
            return None
        return run_usd(
            prices.fargate, self.architecture, cpu=cpu, memory=memory, seconds=seconds, spot=spot
        )

    def command(self, *options: str) -> str:
        """A `fleet runs` about this site, to be told to people."""
        words = ["fleet runs", "--env", self.target.environment, self.site.name, *options]
        return " ".join(words)


def place_of(declared: Declared, site: str, session: boto3.Session | None = None) -> Place:
    """Raises FleetError for an unknown site, OperationError where simulated sites don't run."""
    found = declared.site(site)
    target = declared.home(found)
    if target.simulated and not simulation.runs(target.folder):
        raise OperationError(
            f"{target.stack} is simulated: it has no containers, so nothing of {site} runs in it"
        )
    session = session or open_session(target)
    ecs = session.client("ecs", config=CONFIG)
    logs = session.client("logs", config=CONFIG)
    with told_in_words(target):
        caller = _caller(session)
    settings = load_settings(target.settings_file, target.environment)
    return Place(target, found, ecs.meta.region_name, caller, settings.architecture, ecs, logs)


def _caller(session: boto3.Session) -> str:
    # Needs no permission.
    identity: Any = session.client("sts", config=CONFIG).get_caller_identity()
    return str(identity["Arn"]).rsplit(":", 1)[-1].rsplit("/", 1)[-1]


def network_of(place: Place) -> NetworkConfigurationTypeDef:
    """Subnets and security groups, as the site's task definition tells them.

    So a paused site has them, too. Raises OperationError for one that was never brought up.
    """
    name, env = place.site.name, place.target.environment
    try:
        found = place.ecs.describe_task_definition(taskDefinition=place.family)
    except place.ecs.exceptions.ClientException:
        raise OperationError(
            f"{place.target.stack}: {name} isn't there yet, so nothing can run as it; "
            f"fleet up --env {env}"
        ) from None
    containers = found["taskDefinition"].get("containerDefinitions", [])
    labels = (each.get("dockerLabels", {}).get(NETWORK_LABEL) for each in containers)
    told = next((label for label in labels if label), None)
    if told is None:
        raise OperationError(
            f"{place.target.stack}: the task definition of {name} doesn't say where its tasks "
            f"stand; fleet up --env {env} writes it anew"
        )
    return {"awsvpcConfiguration": json.loads(told)}
