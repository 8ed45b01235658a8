"""What the fleet generates as a secret is nowhere in clear text but in Secrets Manager."""

import json
from pathlib import Path

import pytest

from simulator import World
from tests.engine import account
from tests.engine.checkout import Checkout
from tests.engine.fleets import PLAIN, full

KEEPERS = (account.SECRET, account.SECRET_VALUE)


@pytest.fixture(scope="module")
def told(standing: Checkout, tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, str]:
    """A fleet to which a site was added, and all that the engine said meanwhile."""
    folder = tmp_path_factory.mktemp("secrets")
    checkout = standing.copy(folder / "checkout")
    checkout.write_sites({**PLAIN, "full": full("full")})
    events = folder / "events.json"
    # From 9 on the engine writes down each message between its processes, as it is.
    loud = ("-v=8", "--logtostderr", "--logflow", "--event-log", str(events))
    # Shows the flag --event-log.
    hidden = {"PULUMI_DEBUG_COMMANDS": "true"}
    done = checkout.pulumi("up", "--yes", *loud, variables=hidden)
    assert done.returncode == 0, done.stdout
    return checkout, done.stdout + done.stderr + events.read_text()


def generated(world: World) -> set[str]:
    """Every secret value that the account knows."""
    values = {
        value
        for version in world.resources(account.SECRET_VALUE)
        for value in json.loads(version.props["secretString"]).values()
    }
    managed = {
        secret.props["_value"]["password"]
        for secret in world.find(account.SECRET, owningService="rds")
    }
    # Two sites: two passwords and eight keys and salts each. Three clusters, one of them shared.
    assert (len(values), len(managed)) == (2 * 10, 3)
    return values | managed


def leaked(world: World, text: str) -> list[str]:
    return [secret for secret in generated(world) if secret in text]


def test_engine_says_none(told: tuple[Checkout, str]) -> None:
    checkout, text = told
    assert leaked(checkout.world, text) == []


@pytest.mark.parametrize(
    "command", [("stack", "export"), ("stack", "output", "--json")], ids=" ".join
)
def test_commands_show_none(told: tuple[Checkout, str], command: tuple[str, ...]) -> None:
    checkout, _ = told
    done = checkout.pulumi(*command)
    assert '"full"' in done.stdout or "::full" in done.stdout
    assert leaked(checkout.world, done.stdout) == []


def test_files_hold_none(told: tuple[Checkout, str]) -> None:
    """State, its backups and its history."""
    checkout, _ = told
    texts = [path.read_text(errors="replace") for path in _files(checkout.folder / ".local/state")]
    assert texts
    assert leaked(checkout.world, "\n".join(texts)) == []


def test_aws_has_them_in_secrets_manager_only(told: tuple[Checkout, str]) -> None:
    """Task definitions among the rest."""
    world = told[0].world
    rest = {key: props for key, props in account.contents(world).items() if key[0] not in KEEPERS}
    assert account.TASK_DEFINITION in {type_ for type_, _ in rest}
    assert leaked(world, json.dumps(list(rest.values()))) == []


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
