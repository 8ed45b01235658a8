"""What AWS does by itself, or somebody does past Pulumi: for tests and the local environment.

Each function is one transaction on the world. LookupError when the thing isn't there.
"""

from __future__ import annotations

import hashlib

from simulator.services.acm.rules import CERTIFICATE, missing_proofs
from simulator.services.appautoscaling.rules import ACTION, SERVICE, TARGET, service_of_target
from simulator.services.ecs import rollout
from simulator.services.ecs.rollout import BROKEN_IMAGE, SHORTAGE
from simulator.services.rds.rules import CLUSTER
from simulator.services.route53.rules import ZONE
from simulator.world import Resource, World


def service(world: World, cluster: str, name: str) -> Resource:
    """An ECS service by the names of its cluster and its own."""
    found = world.find(SERVICE, _cluster=cluster, name=name)
    if not found:
        raise LookupError(f"no service {name} in the cluster {cluster}")
    return found[0]


def scale(world: World, cluster: str, name: str, tasks: int) -> None:
    """An alarm moved a service's desired count, within the bounds registered for it."""
    found = service(world, cluster, name)
    target = world.get(TARGET, f"ecs/service/{cluster}/{name}/ecs:service:DesiredCount")
    if target is not None:
        tasks = _within(tasks, target.props["minCapacity"], target.props["maxCapacity"])
    world.update(SERVICE, found.key, desiredCount=tasks)


def run_scheduled_action(world: World, name: str) -> None:
    """The time of a scheduled action has come: new bounds, and the count moves into them."""
    action = next((each for each in world.resources(ACTION) if each.props["name"] == name), None)
    if action is None:
        raise LookupError(f"no scheduled action {name}")
    names = ("serviceNamespace", "resourceId", "scalableDimension")
    target = world.get(TARGET, "/".join(str(action.props[part]) for part in names))
    running = service_of_target(world, action.props["resourceId"])
    if target is None or running is None:
        raise LookupError(f"the scheduled action {name} has no target any more")
    bounds = action.props["scalableTargetAction"]
    low = bounds.get("minCapacity", target.props["minCapacity"])
    high = bounds.get("maxCapacity", target.props["maxCapacity"])
    world.update(TARGET, target.key, minCapacity=low, maxCapacity=high)
    count = _within(running.props["desiredCount"], low, high)
    world.update(SERVICE, running.key, desiredCount=count)


def shortage(world: World, provider: str = "FARGATE_SPOT") -> None:
    """A capacity provider has no capacity for new tasks; those that run go on."""
    with world.change():
        world.write(Resource(SHORTAGE, provider, provider, provider, {}))


def end_shortage(world: World, provider: str = "FARGATE_SPOT") -> None:
    """It has capacity again: deployments that waited for it go on."""
    with world.change():
        world.remove(SHORTAGE, provider)
    for waiting in world.resources(SERVICE):
        if (waiting.props.get("_rollout") or {}).get("state") == "IN_PROGRESS":
            rollout.settle(world, waiting.key)


def break_image(world: World, image: str) -> None:
    """Containers of an image end as soon as they begin."""
    with world.change():
        world.write(Resource(BROKEN_IMAGE, image, image, image, {}))


def mend_image(world: World, image: str) -> None:
    """The image was pushed again, and starts."""
    with world.change():
        world.remove(BROKEN_IMAGE, image)


def host_zone(world: World, name: str) -> Resource:
    """Somebody has delegated a domain to Route 53, in this account."""
    zone_id = f"Z{hashlib.sha256(name.encode()).hexdigest()[:20].upper()}"
    zone = Resource(ZONE, zone_id, zone_id, name, {"name": name, "privateZone": False})
    with world.change():
        world.write(zone)
    return zone


def prove(world: World, *hosts: str) -> None:
    """The owners of hosts made the records that ACM asks for: what waited for them is issued."""
    proved = {host.removeprefix("*.") for host in hosts}
    pending = [
        each
        for each in world.find(CERTIFICATE, status="PENDING_VALIDATION")
        if (missing := missing_proofs(world, each)) and missing <= proved
    ]
    if not pending:
        raise LookupError(f"no certificate waits for {', '.join(hosts)} alone")
    for each in pending:
        world.update(CERTIFICATE, each.key, status="ISSUED", renewalEligibility="ELIGIBLE")


def give_up(world: World, host: str, status: str = "VALIDATION_TIMED_OUT") -> None:
    """ACM ended what waits for a host: nobody made the record, or with FAILED it may not issue."""
    waiting = world.find(CERTIFICATE, status="PENDING_VALIDATION", domainName=host)
    if not waiting:
        raise LookupError(f"no certificate waits for {host}")
    for each in waiting:
        world.update(CERTIFICATE, each.key, status=status)


def upgrade_cluster(world: World, identifier: str, version: str) -> None:
    """AWS installed another version of the engine in an Aurora cluster's maintenance window."""
    world.update(CLUSTER, identifier, engineVersion=version, engineVersionActual=version)


def _within(value: int, low: int, high: int) -> int:
    return max(low, min(high, value))
