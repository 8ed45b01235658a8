"""The settings of the running stack, from Pulumi's config."""

from itertools import accumulate
from pathlib import Path

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from fleet.names import PROJECT, cell_of_stack
from fleet.problems import FleetError, Position, Problem
from fleet.settings.load import parse_settings
from fleet.settings.model import Settings


def stack_settings(folder: Path) -> Settings:
    """The stack's settings. Raises FleetError; positions are those in `folder`/Pulumi.ENV.yaml.

    The environment is the setting of that name, else the stack's name. The cell is the setting,
    else what follows the environment in the stack's name, `ENV-CELL`.
    """
    prefix = f"{pulumi.get_project()}:"
    config = {**get_config_env(), **CONFIG.get()}
    values = {
        key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)
    }
    stack = pulumi.get_stack()
    if not values.get("environment"):
        _refuse_unnamed_environment(folder, stack)
    environment = values.get("environment") or stack
    values["cell"] = values.get("cell") or cell_of_stack(stack, environment) or ""
    source = folder / f"Pulumi.{environment}.yaml"
    return parse_settings(
        values, environment=environment, source=source if source.exists() else None
    )


def _refuse_unnamed_environment(folder: Path, stack: str) -> None:
    """A cell's stack that doesn't know its environment would take the sites without a cell.

    Those run in the environment's own stack already: they would be deployed a second time.
    """
    *parts, _ = stack.split("-")
    for environment in accumulate(parts, "{}-{}".format):
        settings = folder / f"Pulumi.{environment}.yaml"
        if settings.exists():
            raise FleetError(
                [
                    Problem.of(
                        Position(settings.name, 1, 1),
                        "environment",
                        f"found no environment for the stack {stack}",
                        f"{environment} for a stack that holds one of its cells, or {stack} in "
                        f"Pulumi.{stack}.yaml for an environment of its own",
                        f"{PROJECT}:environment: {environment}",
                    )
                ]
            )
