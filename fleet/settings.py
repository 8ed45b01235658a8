"""The settings of one environment: what Pulumi.ENV.yaml says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

PROJECT = "wordpress-fleet"

Ids = Annotated[tuple[str, ...], Field(strict=False)]


class SettingsModel(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class Network(SettingsModel):
    cidr: str = "10.0.0.0/16"
    availability_zones: int = 2
    nat_gateways: Literal["none", "single", "per-zone"] = "single"
    vpc_id: str | None = None
    public_subnet_ids: Ids = ()
    private_subnet_ids: Ids = ()
    isolated_subnet_ids: Ids = ()


class SharedDatabase(SettingsModel):
    min_acu: float = 0.5
    max_acu: float = 4
    readers: int = 0


class Settings(SettingsModel):
    sites_file: str = "sites.yaml"
    environment: str = "dev"
    domain_suffix: str | None = None
    admin_email: str | None = None
    image: str | None = None
    architecture: Literal["arm64", "x86_64"] = "arm64"
    cell: str | None = None
    network: Network = Network()
    certificate_arn: str | None = None
    allow_http: bool = False
    protect_data: bool = True
    log_retention_days: int = 30
    shared_database: SharedDatabase | None = None
    tags: dict[str, str] = Field(default_factory=dict)


def load_settings(path: Path, environment: str) -> Settings:
    """The settings in a Pulumi.ENV.yaml, read without the engine. Raises FleetError."""
    config: dict[str, Any] = (yaml.safe_load(path.read_text()) or {}).get("config", {})
    prefix = f"{PROJECT}:"
    values = {key.removeprefix(prefix): v for key, v in config.items() if key.startswith(prefix)}
    return parse_settings(values, environment=environment, source=path)


def parse_settings(values: Mapping[str, Any], *, environment: str, source: Path | None) -> Settings:
    """The settings from config values as Pulumi hands them over. Raises FleetError."""
    given: dict[str, Any] = {}
    for key, value in values.items():
        if value in ("", None):
            continue
        if isinstance(value, str) and value[:1] in "{[":
            value = json.loads(value)
        given[key] = value
    return Settings.model_validate({"environment": environment, **given})
