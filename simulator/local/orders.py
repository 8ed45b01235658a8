"""What is asked of the agent while it works: entries of the world that it takes and carries out.

The agent alone writes a task's entry; whoever else wants something of a task leaves an order.
"""

from __future__ import annotations

from simulator.local.task import Task
from simulator.world import Resource, World

STOP = "simulator:ecs/stop:Stop"
# "Amazon ECS capacity providers for the Fargate launch type": the words of stopCode and reason.
INTERRUPTED = ("SpotInterruption", "Your Spot Task was interrupted.")
SPOT = "FARGATE_SPOT"


def ask_to_stop(world: World, task_id: str, code: str, reason: str) -> None:
    """From the agent's next look on the task is on its way out."""
    with world.change():
        world.write(Resource(STOP, task_id, task_id, task_id, {"code": code, "reason": reason}))


def carry_out(world: World, tasks: list[Task]) -> None:
    """Stops the tasks that somebody asked to stop."""
    known = {task.id: task for task in tasks}
    for order in world.resources(STOP):
        if order.key in known:
            known[order.key].stop(order.props["code"], order.props["reason"])
        with world.change():
            world.remove(STOP, order.key)
