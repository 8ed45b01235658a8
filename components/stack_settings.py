"""The settings of the running stack, from Pulumi's config."""

from pathlib import Path

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from fleet.settings import Settings, parse_settings


def stack_settings(folder: Path) -> Settings:
    """The stack's settings. Raises FleetError; positions are those in `folder`/Pulumi.ENV.yaml."""
    prefix = f"{pulumi.get_project()}:"
    config = {**get_config_env(), **CONFIG.get()}
    values = {
        key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)
    }
    environment = values.get("environment") or pulumi.get_stack()
    source = folder / f"Pulumi.{environment}.yaml"
    return parse_settings(
        values, environment=environment, source=source if source.exists() else None
    )
