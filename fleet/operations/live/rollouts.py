"""Services whose last deployment isn't done, and what serves meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fleet.batches import in_batches

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import ServiceTypeDef

SERVICES_A_CALL = 10  # the most that one call takes, says the API reference


def serving_revisions(ecs: ECSClient, cluster: str, services: Sequence[str]) -> dict[str, str]:
    """ARN -> the task definition that serves, of services whose last deployment isn't done.

    Where no other serves than the wanted one, its revision 0, which no family has.
    """
    found = [
        service
        for batch in in_batches(services, SERVICES_A_CALL)
        for service in ecs.describe_services(cluster=cluster, services=batch)["services"]
    ]
    return {
        service.get("serviceArn", ""): revision
        for service in found
        if (revision := _serving(service)) is not None
    }


def _serving(service: ServiceTypeDef) -> str | None:
    deployments = service.get("deployments", [])
    last = [one.get("rolloutState") for one in deployments if one.get("status") == "PRIMARY"]
    if last in ([], ["COMPLETED"]):
        return None
    wanted = service.get("taskDefinition", "")
    before = (one.get("taskDefinition") for one in deployments if one.get("runningCount"))
    # Where only the capacity changes, both are of one revision.
    family, _, _ = wanted.rpartition(":")
    return next((arn for arn in before if arn and arn != wanted), f"{family}:0")
