"""A user's checkout of the project on an account of its own, which the tests run the engine in.

    checkout = Checkout.make(folder)
    checkout.write_sites({"blog": {"domains": ["blog.example.com"]}})
    run = checkout.up()

Its parts: `sites.yaml`, the settings of the environment `local`, Pulumi's state and the simulated
account, all in one folder. So a copy of the folder is a second fleet that stands where the first
one stood.
"""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation
from pulumi.runtime import settings as pulumi_settings

from fleet.names import PROJECT
from fleet.operations import simulation
from fleet.operations.engine.partial_up import partial_up
from fleet.operations.engine.stack_cli import StackCli
from fleet.operations.engine.workspace import open_stack
from fleet.operations.target import Target
from simulator import World
from tests.engine.run import Journal, OnStep, Run

ROOT = Path(__file__).parents[2]
STACK = "local"
# What a run changes, and what it only reads.
COPIED = ("__main__.py", "Pulumi.yaml", "sites.yaml")
# With a certificate and the sites' own domains, as an environment on AWS.
SETTINGS = ROOT / "tests/operations/sample/Pulumi.local.yaml"
LINKED = (".venv", "components", "container", "fleet", "program", "simulator")
# An image URI, so that most tests don't build one.
IMAGE = "docker.io/library/wordpress:6.8"
SECONDS = 120.0

# Hundreds of engines serve programs of this process, and ports come back. By default gRPC remembers
# for the whole process that nobody answered at a port, and refuses to call the new engine there.
pulumi_settings._GRPC_CHANNEL_OPTIONS.append(("grpc.use_local_subchannel_pool", 1))

Fault = dict[str, Any]
"""An entry of SIMULATOR_FAULTS."""


def failing(*faults: Fault) -> dict[str, str]:
    """The environment variable that makes the simulated account fail."""
    return {"SIMULATOR_FAULTS": json.dumps(faults)}


class Checkout:
    """One fleet, its state and its account. Engine runs have a time limit of `SECONDS` each."""

    def __init__(self, folder: Path, stack: str = STACK, account: Path | None = None) -> None:
        """`account`: the file of the simulated account, if it is another checkout's."""
        self.folder = folder
        self.stack_name = stack
        self._account = account

    @classmethod
    def make(cls, folder: Path) -> Checkout:
        """A fresh checkout with the sample `sites.yaml` and nothing on AWS."""
        folder.mkdir(parents=True)
        for name in COPIED:
            shutil.copy(ROOT / name, folder / name)
        shutil.copy(SETTINGS, folder)
        for name in LINKED:
            (folder / name).symlink_to(ROOT / name)
        return cls(folder)

    def copy(self, folder: Path) -> Checkout:
        """The same fleet, state and account again, in a folder that doesn't exist yet."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Checkout(folder, self.stack_name)

    def beside(self, stack: str, folder: Path) -> Checkout:
        """A fresh checkout for another environment, with the same settings and account."""
        Checkout.make(folder)
        settings = (self.folder / f"Pulumi.{self.stack_name}.yaml").read_text()
        (folder / f"Pulumi.{stack}.yaml").write_text(settings)
        other = Checkout(folder, stack, account=Path(self.variables["SIMULATOR_WORLD"]))
        other.create_stack()
        return other

    # -- what the user writes ------------------------------------------------------------------

    def write_sites(self, sites: Mapping[str, Any], **document: Any) -> None:
        """Write sites.yaml in the order of `sites`."""
        text = yaml.safe_dump({"version": 1, **document, "sites": sites}, sort_keys=False)
        (self.folder / "sites.yaml").write_text(text)

    def set(self, **settings: Any) -> None:
        """Change settings in Pulumi.STACK.yaml; None takes one out."""
        path = self.folder / f"Pulumi.{self.stack_name}.yaml"
        document = yaml.safe_load(path.read_text())
        for key, value in settings.items():
            document["config"].pop(f"{PROJECT}:{key}", None)
            if value is not None:
                document["config"][f"{PROJECT}:{key}"] = value
        path.write_text(yaml.safe_dump(document))

    # -- what the user runs --------------------------------------------------------------------

    def up(self, *, on_step: OnStep | None = None) -> Run:
        """`fleet up` that must succeed."""
        return self.try_up(on_step=on_step).succeeded()

    def try_up(self, *faults: Fault, on_step: OnStep | None = None) -> Run:
        """`fleet up`, with faults of AWS if there are to be some. It makes no preview.

        `on_step` is called when the engine begins a step, in a thread of its own.
        """
        self.stack.workspace.env_vars.update(failing(*faults))
        return _heard(partial(partial_up, self.stack), Journal(on_step))

    def preview(self) -> Run:
        return self.try_preview().succeeded()

    def try_preview(self) -> Run:
        return self._run("preview")

    def refresh(self) -> Run:
        return self._run("refresh").succeeded()

    def destroy(self) -> Run:
        return self._run("destroy").succeeded()

    def create_stack(self) -> None:
        """`pulumi stack init`."""
        _ = self.stack

    def pulumi(
        self, *arguments: str, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The CLI as a user types it in the folder, with the literal program."""
        return subprocess.run(
            [self.folder / ".venv/bin/pulumi", *arguments, "--stack", self.stack_name],
            cwd=self.folder,
            env={**os.environ, **self.variables, **(variables or {})},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    # -- what came of it -----------------------------------------------------------------------

    @cached_property
    def world(self) -> World:
        """The simulated account."""
        return World(self.variables["SIMULATOR_WORLD"])

    def state(self) -> dict[str, Any]:
        """The stack's state as Pulumi's file backend keeps it, secrets encrypted."""
        path = self.folder / f".local/state/.pulumi/stacks/{PROJECT}/{self.stack_name}.json"
        return json.loads(path.read_text())["checkpoint"]["latest"]

    def resources(self) -> dict[str, dict[str, Any]]:
        """The stack's resources by URN."""
        return {row["urn"]: row for row in self.state().get("resources") or []}

    def resource(self, type_: str, name: str) -> dict[str, Any]:
        """The one resource of a type with a logical name, such as ("rds/cluster:Cluster", "a")."""
        (found,) = (
            row
            for urn, row in self.resources().items()
            if row["type"].endswith(f":{type_}") and urn.endswith(f"::{name}")
        )
        return found

    # -- the engine ----------------------------------------------------------------------------

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the engine and the plugins."""
        own = simulation.variables(self.folder)
        account = {} if self._account is None else {"SIMULATOR_WORLD": str(self._account)}
        return {**own, **account, "PULUMI_SKIP_UPDATE_CHECK": "true"}

    @cached_property
    def stack(self) -> automation.Stack:
        """The stack with the literal program, run in this process: it has the SDK loaded."""
        target = Target(folder=self.folder, environment=self.stack_name)
        limited = automation.PulumiCommand(root=str(Path(__file__).parent))
        cli = StackCli(limited, target.settings_file)
        stack = open_stack(target, variables=self.variables, cli=cli)
        stack.workspace.program = self._program
        return stack

    def _program(self) -> None:
        runpy.run_path(str(self.folder / "__main__.py"))

    def _run(self, operation: str) -> Run:
        action = getattr(self.stack, operation)
        return _heard(lambda journal: action(on_event=journal, color="never"), Journal())


def _heard(action: Callable[[Journal], object], journal: Journal) -> Run:
    try:
        action(journal)
    except automation.CommandError as error:
        return journal.run(str(error))
    return journal.run(None)
