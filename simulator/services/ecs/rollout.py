"""How a new deployment of a service goes: at once, unless its tasks can't be placed or don't start.

What stands in the way is an entry of the account, which `simulator.happenings` makes: a capacity
provider without capacity, or an image whose containers end.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from simulator.errors import ProviderError
from simulator.services.ecs.task_definitions import TASK_DEFINITION, containers_of
from simulator.world import Resource, World

SERVICE = "aws:ecs/service:Service"
AGENT = "simulator:local/agent:Agent"
AGENT_KEY = "agent"
SHORTAGE = "simulator:ecs/shortage:Shortage"  # its key is the capacity provider's name
BROKEN_IMAGE = "simulator:ecs/brokenImage:BrokenImage"  # its key is the image's URI

# "Viewing Amazon ECS service event messages", where it names the service in brackets.
NO_CAPACITY = (
    "(service {name}) was unable to place a task. Reason: Capacity is unavailable at this time. "
    "Please try again later or in a different availability zone. For more information, see the "
    "Troubleshooting section of the Amazon ECS Developer Guide."
)
NOT_STEADY = (
    "ECS Service ({arn}) to reach a steady state: state is 'tfPENDING', expected 'tfSTABLE' "
    "(timeout: 20m0s)"
)
BREAKER = "ECS deployment circuit breaker: tasks failed to start."
STOP_SECONDS = 0.3  # some seconds at AWS, until a deployment that was stopped has ended
# What a deployment changes, and going back restores.
_REVISION = ("taskDefinition", "capacityProviderStrategies", "loadBalancers")


def begin(old: dict[str, Any], props: dict[str, Any]) -> None:
    """Note in `props` that a deployment begins, and what the tasks of before were made of."""
    before = old.get("_rollout") or {"from": {name: old[name] for name in _REVISION if name in old}}
    props["_rollout"] = {"from": before["from"], "state": "IN_PROGRESS", "begun": time.time()}
    props["_failure"] = None


def settle(world: World, key: str) -> str | None:
    """Take a service's deployment as far as it comes; what the provider then still waits for.

    ProviderError when the circuit breaker ends it.
    """
    with world.change():
        service = world.get(SERVICE, key)
        if service is None:
            return None
        props = service.props
        if not props.get("_rollout"):
            # Ended since the last look, by the agent: well, or by going back.
            if props.get("_failure") and props.get("waitForSteadyState") and is_running(world):
                raise ProviderError(f"waiting for ECS Service ({key}) deployment: {BREAKER}")
            return None
        if is_running(world):
            pass  # it goes as its containers go
        elif broken_image(world, props) and (props.get("deploymentCircuitBreaker") or {}).get(
            "enable"
        ):
            _trip(props)
        elif not broken_image(world, props) and not short_of(world, service):
            props["_rollout"] = None
        world.write(service)
    waits = bool(props.get("waitForSteadyState"))
    if waits and props.get("_failure"):
        raise ProviderError(f"waiting for ECS Service ({key}) deployment: {BREAKER}")
    return NOT_STEADY.format(arn=key) if waits and props["_rollout"] else None


def is_running(world: World) -> bool:
    """Whether an agent keeps the services' tasks as containers (`simulator.local`)."""
    return world.get(AGENT, AGENT_KEY) is not None


def advance(world: World, key: str, *, done: bool, failed: bool) -> None:
    """What the agent found out of a deployment: its tasks serve, or too many didn't start."""
    if not done and not failed:
        return
    with world.change():
        service = world.get(SERVICE, key)
        if service is None or not service.props.get("_rollout"):
            return
        breaker = (service.props.get("deploymentCircuitBreaker") or {}).get("enable")
        if done:
            service.props["_rollout"] = None
        elif breaker and service.props["_rollout"]["state"] != "FAILED":
            _trip(service.props)
        world.write(service)


def _trip(props: dict[str, Any]) -> None:
    """End the deployment; go back to the revision of before, if there is one and it may."""
    before = props["_rollout"]["from"]
    wanted = bool(props["deploymentCircuitBreaker"].get("rollback"))
    if wanted and before:
        props |= before
        props["_rollout"] = None
        props["_failure"] = "ROLLBACK_SUCCESSFUL"
    else:
        props["_rollout"]["state"] = "FAILED"
        props["_failure"] = "ROLLBACK_FAILED" if wanted else "STOPPED"


def stop(world: World, key: str) -> None:
    """Scale a service to nothing: a deployment under way takes a moment to end."""
    with world.change():
        service = world.get(SERVICE, key)
        if service is None or service.props.get("_stopped"):
            return
        under_way = bool(service.props.get("_rollout"))
        service.props["_stopped"] = time.time() + (STOP_SECONDS if under_way else 0.0)
        service.props.update(desiredCount=0, _rollout=None)
        world.write(service)


def is_stopping(props: dict[str, Any]) -> bool:
    """Whether the deployment of a service that was stopped has not ended yet."""
    return float(props.get("_stopped") or 0.0) > time.time()


def broken_image(world: World, props: dict[str, Any]) -> bool:
    """Whether a service's tasks have an image that doesn't start."""
    broken = {each.key for each in world.resources(BROKEN_IMAGE)}
    if not broken:
        return False
    arn = props.get("taskDefinition")
    task = next(iter(world.find(TASK_DEFINITION, arn=arn)), None)
    return task is not None and any(one["image"] in broken for one in containers_of(task.props))


def short_of(world: World, service: Resource) -> set[str]:
    """The capacity providers that a service needs and that have no capacity."""
    return {each.key for each in world.resources(SHORTAGE)} & set(placed(service.props))


def running(world: World, service: Resource) -> list[str]:
    """The capacity provider of each of the service's running tasks, those of before among them."""
    return [provider for _, tasks in _revisions(world, service) for provider in tasks]


def deployments(world: World, service: Resource) -> list[dict[str, Any]]:
    """The service's deployments as ECS lists them: the last one, and what still runs of before."""
    state = (service.props.get("_rollout") or {"state": "COMPLETED"})["state"]
    desired = int(service.props.get("desiredCount") or 0)
    (last, tasks), *before = _revisions(world, service)
    shown = {"desiredCount": desired, "pendingCount": 0, "failedTasks": 0}
    return [
        {**shown, "status": "PRIMARY", "rolloutState": state}
        | {"taskDefinition": last, "runningCount": len(tasks)},
        *(
            {**shown, "status": "ACTIVE", "rolloutState": "COMPLETED"}
            | {"taskDefinition": revision, "runningCount": len(left)}
            for revision, left in before
        ),
    ]


def events(world: World, service: Resource) -> list[dict[str, Any]]:
    """What ECS says of the service: that it can't place tasks, while it can't."""
    if not short_of(world, service) or not service.props.get("_rollout"):
        return []
    told = NO_CAPACITY.format(name=service.props["name"])
    return [{"id": service.key, "createdAt": datetime.now(UTC), "message": told}]


def _revisions(world: World, service: Resource) -> list[tuple[str, list[str]]]:
    """The task definition of the last deployment and of the one before, with their tasks."""
    props = service.props
    last, rollout = str(props.get("taskDefinition", "")), props.get("_rollout")
    if not rollout:
        return [(last, placed(props))]
    short = short_of(world, service)
    new = [] if broken_image(world, props) else [one for one in placed(props) if one not in short]
    before = {**props, **rollout["from"]}
    old = [(str(before["taskDefinition"]), placed(before))] if rollout["from"] else []
    return [(last, new), *old]


def placed(props: dict[str, Any]) -> list[str]:
    """The capacity provider of each of a service's tasks.

    As ECS places them: the base first, then each next task where the share is the furthest below
    its weight.
    """
    strategy = props.get("capacityProviderStrategies") or []
    tasks = [one["capacityProvider"] for one in strategy for _ in range(int(one.get("base") or 0))]
    desired = int(props.get("desiredCount") or 0)
    weighted: dict[str, int] = {
        one["capacityProvider"]: int(weight) for one in strategy if (weight := one.get("weight"))
    }
    above: list[str] = []
    while weighted and len(tasks) + len(above) < desired:
        above.append(min(weighted, key=lambda name: (above.count(name) + 1) / weighted[name]))
    return (tasks + above)[:desired]
