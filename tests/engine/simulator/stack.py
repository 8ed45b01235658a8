"""A stack of an inline program on the real engine, over a simulated account of its own.

`python -m tests.engine.simulator.stack FOLDER` runs an `up` that a fault makes slow, to be killed.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pulumi_aws as aws
from pulumi import automation

from simulator import World

ROOT = Path(__file__).parents[3]
PULUMI = Path(__file__).parents[1]  # its `bin` holds the CLI, with a time limit
PROJECT, STACK = "simulated", "test"


class Engine:
    """One stack of an inline program over a simulated account of its own."""

    def __init__(self, folder: Path, program: Callable[[], None]) -> None:
        self.folder = folder
        (folder / "state").mkdir(exist_ok=True)
        variables = {
            "PATH": f"{ROOT / 'simulator/bin'}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "SIMULATOR_WORLD": str(folder / "world.sqlite"),
        }
        settings = automation.ProjectSettings(PROJECT, runtime="python")
        (folder / "project").mkdir(exist_ok=True)
        workspace = automation.LocalWorkspace(
            work_dir=str(folder / "project"),
            project_settings=settings,
            program=program,
            env_vars=variables,
            pulumi_command=automation.PulumiCommand(root=str(PULUMI)),
        )
        self.stack = automation.Stack.create_or_select(STACK, workspace)
        self.stack.set_config("aws:region", automation.ConfigValue("us-east-1"))
        self.world = World(folder / "world.sqlite")

    def changes(self, operation: str) -> dict[str, int]:
        """How many resources an operation did what with."""
        result = getattr(self.stack, operation)(color="never")
        return dict(result.summary.resource_changes or {})

    def state(self) -> str:
        """The stack's state as it lies in the file."""
        path = self.folder / f"state/.pulumi/stacks/{PROJECT}/{STACK}.json"
        return path.read_text()

    def parents(self) -> dict[str, str]:
        """Type and name of each resource → those of its parent."""
        rows = json.loads(self.state())["checkpoint"]["latest"]["resources"]
        return {_short(row["urn"]): _short(row.get("parent", "")) for row in rows}


def _short(urn: str) -> str:
    return f"{urn.split('::')[2].rsplit('$', 1)[-1]} {urn.split('::')[-1]}" if urn else ""


def slow() -> None:
    """A program of one resource."""
    aws.cloudwatch.LogGroup("slow", name="/slow")


if __name__ == "__main__":
    Engine(Path(sys.argv[1]), slow).changes("up")
