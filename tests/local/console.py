"""Changes of the account behind everybody's back, as a person makes them in AWS's console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from simulator.local.presence import agent_of
from simulator.services.ecs.rollout import AGENT, AGENT_KEY
from simulator.services.rds.calls import CLUSTER
from simulator.services.scheduler.rules import SCHEDULE
from simulator.world import Resource
from tests.local.checkout import LocalCheckout


def pause_after(checkout: LocalCheckout, seconds: int | None) -> None:
    """Sets the databases' automatic pause."""
    scaling = {"minCapacity": 0, "maxCapacity": 4, "secondsUntilAutoPause": seconds}
    with checkout.account() as world:
        for cluster in world.resources(CLUSTER):
            world.update(CLUSTER, cluster.key, serverlessv2ScalingConfiguration=scaling)


def come_now(checkout: LocalCheckout, schedule: str) -> None:
    """Moves a schedule to some seconds from now.

    Far more than a look of the agent takes: one that had passed before would never come.
    """
    soon = datetime.now(UTC) + timedelta(seconds=10)
    with checkout.account() as world:
        (found,) = world.find(SCHEDULE, name=schedule)
        expression = f"at({soon:%Y-%m-%dT%H:%M:%S})"
        world.update(SCHEDULE, found.key, scheduleExpression=expression)


@contextmanager
def engine_at(checkout: LocalCheckout, folder: Path) -> Iterator[None]:
    """Meanwhile the container engine keeps what is its own in this folder, as far as is known."""
    with checkout.account() as world:
        own = (agent_of(world) or {})["folders"]
        world.update(AGENT, AGENT_KEY, folders=[str(folder)])
        try:
            yield
        finally:
            world.update(AGENT, AGENT_KEY, folders=own)


def cluster(checkout: LocalCheckout) -> Resource:
    """The one cluster of the account."""
    with checkout.account() as world:
        (found,) = world.resources(CLUSTER)
    return found


def make_cluster(checkout: LocalCheckout, like: Resource, resource_id: str) -> None:
    """A cluster of the same identifier; its master user is that of the one cluster there is."""
    own = {name: cluster(checkout).props[name] for name in ("masterUsername", "masterUserSecrets")}
    with checkout.account() as world, world.change():
        world.write(replace(like, props={**like.props, **own, "clusterResourceId": resource_id}))
