"""The agent: looks at the account and at the machine, and brings the second to the first."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from simulator.local import development, network, orders, passwords, schedules, services
from simulator.local.autoscaling import Autoscaling
from simulator.local.balancer import Balancer
from simulator.local.clock import Clock
from simulator.local.databases import KINDS, Databases
from simulator.local.engine import Engine
from simulator.local.files import Files
from simulator.local.images import ImageError, Images
from simulator.local.metrics import Metrics
from simulator.local.options import Surroundings
from simulator.local.presence import Presence
from simulator.local.runner import Runner
from simulator.local.task import MEMORY_SECONDS, Task, forget, read_tasks
from simulator.services.ecs import rollout
from simulator.services.ecs.rollout import SERVICE
from simulator.services.ecs.task_definitions import TASK_DEFINITION, family_of
from simulator.world import Resource, World

# Targets that are asked at a time: each that hangs takes its check's whole time-out.
CHECKS = 16
# From one look to the next; while tasks start, whose containers wait for one another, less.
STEP_SECONDS, BUSY_STEP_SECONDS = 0.5, 0.1
# Stopped tasks of a service whose containers stay, for their logs.
KEPT = 3
# Between tasks that don't start, in minutes: the first and the longest.
FIRST_PAUSE, LONGEST_PAUSE = 1 / 30, 1.0
IMAGE_KEY = "wordpress-fleet:image"


@dataclass
class Agent:
    """One checkout's. All that has to outlive it is in the world and on the containers."""

    engine: Engine
    world: World
    presence: Presence

    def __post_init__(self) -> None:
        prefix = network.provide(self.engine)
        self.files = Files(self.engine.place, self.world)
        self.databases = Databases(self.engine, self.world, prefix)
        self.images = Images(
            self.world, self.presence.tell, self.engine.place.settings.get(IMAGE_KEY)
        )
        self.balancer = Balancer(self.engine, self.world)
        self.hosts: dict[str, str] = {}
        self.pause = STEP_SECONDS
        """Until the next look."""
        self.clock = Clock()
        metrics = Metrics(self.engine, self.world)
        self.autoscaling = Autoscaling(self.world, metrics, self.clock, self.engine.place.minute)
        self._checks = ThreadPoolExecutor(CHECKS, "check")

    def step(self) -> None:
        """One look at everything."""
        states = self.engine.alive()
        self.files.keep()
        image = self._images()
        if image is None:
            return
        self.hosts = self.databases.keep(states)
        tasks = read_tasks(self.world)
        orders.carry_out(self.world, tasks)
        schedules.start_due(self.world, self.clock)
        self.autoscaling.keep(tasks)
        surroundings = Surroundings(
            self.world, self.files, self.hosts, str(self.databases.ca), self.engine.place.port
        )
        runner = Runner(self.engine, self.world, self.images, surroundings)
        known = self.world.resources(SERVICE)
        for service in known:
            self._keep(service, tasks)
        names = {(service.props["cluster"], service.props["name"]) for service in known}
        for task in tasks:
            if task.service and (task.cluster, task.service) not in names:
                task.stop("ServiceSchedulerInitiated", "the service was deleted")
            runner.step(task, states)
        targets = self._targets(known, tasks, runner)
        try:
            # First, so that whoever reads that a task serves is served.
            self.balancer.keep(states, image, targets)
        finally:
            for task in tasks:
                task.save(self.world)
        self._forget(tasks, runner)
        starts = any((one.desired, one.last) == ("RUNNING", "PENDING") for one in tasks)
        self.pause = BUSY_STEP_SECONDS if starts else STEP_SECONDS
        passwords.write(self.engine.place, self.world)
        self.presence.beat()

    def _images(self) -> str | None:
        """The fleet's image, whose nginx is the load balancer's too, once all is there."""
        try:
            database = self.images.local(KINDS[self.databases.kind][0])
            image = self.images.fleet
        except ImageError as error:
            self.presence.fail(str(error))
            return None
        return image if database else None

    def _keep(self, service: Resource, tasks: list[Task]) -> None:
        """Starts and stops tasks as the service says."""
        own = [one for one in tasks if one.is_of(service.props)]
        active = [one for one in own if one.desired == "RUNNING"]
        short = rollout.short_of(self.world, service)
        decision = services.decide(service.props, active, short)
        for task in decision.stop:
            deployment = service.props["_deployments"]
            task.stop("ServiceSchedulerInitiated", services.SCALED_IN.format(deployment))
        # ECS starts no more tasks of a deployment that failed with nothing to go back to.
        over = (service.props.get("_rollout") or {}).get("state") == "FAILED"
        if not over and time.time() >= self._begins(service, own):
            tasks += [_new_task(service, provider) for provider in decision.start]
        if service.props.get("_rollout"):
            failed = sum(_failed(one, service) for one in own)
            trips = failed >= services.breaks_at(int(service.props.get("desiredCount") or 0))
            rollout.advance(self.world, service.key, done=decision.done, failed=trips)

    def _begins(self, service: Resource, own: list[Task]) -> float:
        """When the next task may be started: later and later after failures, as ECS throttles."""
        failed = [one for one in own if _failed(one, service)]
        if not failed:
            return 0.0
        pause = min(FIRST_PAUSE * 2.0 ** (len(failed) - 1), LONGEST_PAUSE)
        last = max(one.stopped or time.time() for one in failed)
        return last + pause * self.engine.place.minute

    def _targets(
        self, known: list[Resource], tasks: list[Task], runner: Runner
    ) -> dict[str, list[str]]:
        """Target group -> HOST:PORT of the healthy; asks those whose time it is."""
        asked = [
            (task, balancer["targetGroupArn"], int(balancer["containerPort"]), service)
            for service in known
            for balancer in service.props.get("loadBalancers") or []
            for task in tasks
            if task.is_of(service.props) and task.desired == "RUNNING"
        ]

        def check(one: tuple[Task, str, int, Resource]) -> None:
            task, group, port, service = one
            grace = float(service.props.get("healthCheckGracePeriodSeconds") or 0)
            runner.check(task, group, port, grace)

        list(self._checks.map(check, asked))
        targets: dict[str, list[str]] = {}
        for task, group, port, _ in asked:
            if task.serves:
                targets.setdefault(group, []).append(f"{task.address}:{port}")
        return {group: sorted(found) for group, found in targets.items()}

    def _forget(self, tasks: list[Task], runner: Runner) -> None:
        """Stopped tasks: the last ones of a service keep their containers, for the logs."""
        kept: Counter[tuple[str, str]] = Counter()
        for task in sorted(tasks, key=lambda one: -(one.stopped or 0)):
            if task.last != "STOPPED":
                continue
            whose = (task.group, task.definition.rpartition(":")[0])
            kept[whose] += 1
            old = time.time() > (task.stopped or 0) + MEMORY_SECONDS or self._is_left(task)
            if (old or kept[whose] > KEPT) and not task.cleared:
                runner.clear(task)
                task.save(self.world)
            if old:
                forget(self.world, task)

    def _is_left(self, task: Task) -> bool:
        """Whether what it belonged to has left the account; a paused site is still there."""
        return not self.world.find(TASK_DEFINITION, family=family_of(task.definition))


def _new_task(service: Resource, provider: str) -> Task:
    arn, number = service.props["arn"], uuid.uuid4().hex
    stem = arn.replace(":service/", ":task/").rsplit("/", 1)[0]
    return Task(
        id=number,
        arn=f"{stem}/{number}",
        cluster=service.props["cluster"],
        group=f"service:{service.props['name']}",
        definition=service.props["taskDefinition"],
        provider=provider,
        revision=services.revision(service.props),
        overrides=development.overrides(service.props),
        created=time.time(),
    )


def _failed(task: Task, service: Resource) -> bool:
    """Whether a task of the service's present revision ended without ever serving."""
    return (
        task.last == "STOPPED"
        and task.revision == services.revision(service.props)
        and task.created >= float((service.props.get("_rollout") or {}).get("begun") or 0)
        and (task.code != "ServiceSchedulerInitiated" or "health checks" in task.reason)
        and not _served(task)
    )


def _served(task: Task) -> bool:
    return task.good > 0
