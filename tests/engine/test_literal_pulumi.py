"""The commands as a user types them, with the program in a process of its own."""

import subprocess

import pytest

from fleet.operations import deploy
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from tests.engine import account
from tests.engine.checkout import Checkout, failing
from tests.engine.fleets import PLAIN, site

BAD_SITES = """\
version: 1
sites:
  blog:
    domains: [Blog.example.com]
    scaling: {min: 5, max: 2}
    colour: red
"""
FAULT = {"operation": "create", "type": "aws:rds/cluster:Cluster", "fail": "Throttling: slow down"}


def said(done: subprocess.CompletedProcess[str]) -> str:
    """All that a command printed, which must not be a traceback."""
    text = done.stdout + done.stderr
    assert "Traceback" not in text
    assert "Exception ignored" not in text
    return text


@pytest.mark.parametrize(
    "command", [("preview",), ("up", "--yes"), ("up", "--yes", "--skip-preview")]
)
def test_everything_wrong_in_sites_yaml_is_told(bare: Checkout, command: tuple[str, ...]) -> None:
    bare.create_stack()
    (bare.folder / "sites.yaml").write_text(BAD_SITES)
    done = bare.pulumi(*command)
    assert done.returncode != 0
    text = said(done)
    for place in ("sites.yaml:4:", "sites.yaml:5:", "sites.yaml:6:"):
        assert place in text
    assert account.contents(bare.world) == {}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"certificateArn": None}, "certificateArn"),
        ({"protectData": "perhaps"}, "protectData"),
        ({"sitesFile": "nowhere.yaml"}, "nowhere.yaml"),
        ({"protectDatas": True}, "protectDatas"),
    ],
    ids=["missing", "wrong", "no file", "unknown"],
)
def test_wrong_settings_are_told(bare: Checkout, settings: dict[str, object], told: str) -> None:
    bare.create_stack()
    bare.set(**settings)
    done = bare.pulumi("up", "--yes")
    assert done.returncode != 0
    assert told in said(done)
    assert account.contents(bare.world) == {}


def test_failing_creation_ends_cleanly(fleet: Checkout) -> None:
    fleet.write_sites({**PLAIN, "guest": site("guest")})
    done = fleet.pulumi(
        "up", "--yes", "--skip-preview", "--continue-on-error", variables=failing(FAULT)
    )
    assert done.returncode != 0
    assert "Throttling: slow down" in said(done)


def test_failing_creation_is_one_line_of_deploy(fleet: Checkout) -> None:
    fleet.write_sites({**PLAIN, "guest": site("guest")})
    target = Target(folder=fleet.folder, environment=fleet.stack_name)
    with pytest.raises(OperationError) as failure:
        deploy.up_stack(target, variables=failing(FAULT))
    (line,) = failure.value.lines
    assert line.startswith("guest: aws:rds/cluster:Cluster guest-database: creating")
    assert "Throttling: slow down" in line
    result = deploy.up_stack(target)
    assert {change.site for change in result.changes} == {"guest"}
    assert account.missing(fleet) == set()


def test_protected_fleet_is_not_destroyed(fleet: Checkout) -> None:
    before = account.contents(fleet.world)
    done = fleet.pulumi("destroy", "--yes")
    assert done.returncode != 0
    assert "protect" in said(done)
    with pytest.raises(OperationError, match="set protectData to false"):
        deploy.destroy_stack(Target(folder=fleet.folder, environment=fleet.stack_name))
    assert account.contents(fleet.world) == before


def test_leaving_by_the_commands_of_pulumi_itself(fleet: Checkout) -> None:
    for command in (
        ("config", "set", "protectData", "false"),
        ("up", "--yes"),
        ("destroy", "--yes"),
        ("stack", "rm", "--yes"),
    ):
        done = fleet.pulumi(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    kept = {type_ for type_ in account.types(fleet.world) if type_ not in account.NETWORK}
    assert kept == {account.SNAPSHOT}
