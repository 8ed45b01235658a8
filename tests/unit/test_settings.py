"""Settings as Pulumi hands them over, and as Pulumi.ENV.yaml has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.names import PROJECT
from fleet.problems import FleetError
from fleet.settings.load import load_settings, parse_settings
from fleet.settings.model import Settings, SharedDatabase
from fleet.settings.network import Network

ROOT = Path(__file__).parents[2]
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"


def parse(environment: str = "dev", source: Path | None = None, **values: Any) -> Settings:
    return parse_settings({"allowHttp": "true", **values}, environment=environment, source=source)


def test_the_built_in_values() -> None:
    assert parse() == Settings(
        sites_file="sites.yaml",
        environment="dev",
        domain_suffix=None,
        admin_email=None,
        image=None,
        architecture="arm64",
        cell=None,
        network=Network(cidr="10.0.0.0/16", availability_zones=2, nat_gateways=None),
        certificate_arn=None,
        allow_http=True,
        protect_data=True,
        log_retention_days=30,
        idle_timeout_seconds=120,
        maintenance_window=None,
        kms_key_arn=None,
        shared_database=None,
        zones=(),
        tags={},
    )


def test_pulumi_hands_over_text() -> None:
    settings = parse(
        certificateArn=CERTIFICATE,
        protectData="false",
        logRetentionDays="7",
        network='{"natGateways":"none","availabilityZones":3}',
        sharedDatabase='{"minAcu":0,"maxAcu":2.5}',
        tags='{"Team":"web"}',
    )
    assert settings.protect_data is False
    assert settings.log_retention_days == 7
    assert settings.network == Network(nat_gateways="none", availability_zones=3)
    assert settings.shared_database == SharedDatabase(min_acu=0, max_acu=2.5)
    assert settings.tags == {"Team": "web"}


@pytest.mark.parametrize("unset", ["", None, "{}", {}])
def test_unset_is_the_built_in_value(unset: object) -> None:
    keys = ["sharedDatabase", "network", "tags", "adminEmail", "image", "cell"]
    values: dict[str, Any] = dict.fromkeys(keys, unset)
    assert parse(**values) == parse()


def test_the_stack_of_a_cell_names_its_environment() -> None:
    settings = parse_settings(
        {"environment": "prod", "cell": "second", "allowHttp": True},
        environment="prod-second",
        source=None,
    )
    assert (settings.environment, settings.cell) == ("prod", "second")


def test_problems_stand_where_the_file_has_them(tmp_path: Path) -> None:
    source = tmp_path / "Pulumi.dev.yaml"
    source.write_text(f"config:\n  aws:region: eu-west-1\n  {PROJECT}:cell: Second\n")
    with pytest.raises(FleetError) as caught:
        parse(source=source, cell="Second", image="wordpress")
    places = [
        (each.position.line, each.position.column, each.path) for each in caught.value.problems
    ]
    # What no file has, such as a value from the command line, has the first place of the file.
    assert places == [(1, 1, "image"), (3, 25, "cell")]


def test_without_a_file_problems_name_the_one_that_would_be() -> None:
    with pytest.raises(FleetError, match=r"^Pulumi\.prod\.yaml:1:1: cell: found the text"):
        parse("prod", cell="Second")


def test_a_path_that_no_file_can_have() -> None:
    with pytest.raises(FleetError, match=r"sitesFile: found .*, which has a NUL character"):
        parse(sitesFile="x\0")


def test_json_that_is_none() -> None:
    with pytest.raises(FleetError, match=r"network: found the text \"\{cidr\", which is no JSON"):
        parse(network="{cidr")


def test_a_stack_name_that_resources_cannot_have() -> None:
    with pytest.raises(FleetError, match=r"environment: found the text \"Dev_1\""):
        parse("Dev_1")


def test_an_existing_network() -> None:
    ids = {
        "vpcId": "vpc-0a1b2c3d",
        "publicSubnetIds": ["subnet-0a1b2c3d", "subnet-1a1b2c3d"],
        "privateSubnetIds": ["subnet-2a1b2c3d", "subnet-3a1b2c3d"],
    }
    network = parse(network=ids).network
    assert network.vpc_id == "vpc-0a1b2c3d"
    assert network.private_subnet_ids == ("subnet-2a1b2c3d", "subnet-3a1b2c3d")


@pytest.mark.parametrize("environment", ["dev", "local"])
def test_the_environments_of_the_project(environment: str) -> None:
    settings = load_settings(ROOT / f"Pulumi.{environment}.yaml", environment)
    assert settings.environment == environment


def test_the_project_declares_every_setting_with_its_built_in_value() -> None:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    assert project["name"] == PROJECT
    defaults = {key: entry["default"] for key, entry in project["config"].items()}
    assert defaults.keys() == {field.alias for field in Settings.model_fields.values()}
    assert (
        parse_settings({**defaults, "allowHttp": True}, environment="dev", source=None) == parse()
    )
