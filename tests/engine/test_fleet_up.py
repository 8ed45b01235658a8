"""The sample fleet from nothing to running, and back to nothing."""

from pathlib import Path

import pytest
from pulumi.automation import EngineEvent

from fleet.operations.engine.events import SITE_TYPE
from tests.engine import account
from tests.engine.checkout import Checkout

SITES = {"archive", "blog", "docs", "shop"}
PATCHED = "8.0.mysql_aurora.3.10.1"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The sample fleet, up. Not to be changed: take `sample`."""
    checkout = Checkout.make(tmp_path_factory.mktemp("sample") / "checkout")
    checkout.up()
    return checkout


@pytest.fixture
def sample(up: Checkout, tmp_path: Path) -> Checkout:
    return up.copy(tmp_path / "checkout")


def test_up_creates_everything(up: Checkout) -> None:
    outputs = up.stack.outputs()
    assert set(outputs["sites"].value) == SITES
    assert set(outputs) == {"sites", "load_balancer", "cluster", "file_system", "archive"}
    assert account.missing(up) == set()
    assert account.twins(up.world) == set()
    services = {service.props["name"] for service in up.world.resources(account.SERVICE)}
    assert services == SITES - {"archive"}


def test_state_holds_no_call_stacks(up: Checkout) -> None:
    # What awsx makes, its plugin registers.
    sites = [row for row in up.resources().values() if SITE_TYPE in row["urn"]]
    assert sites
    assert not [row["urn"] for row in sites if "stackTrace" in row]


def test_program_tells_the_engine_nothing_that_it_drops(sample: Checkout) -> None:
    told: list[str] = []

    def hear(event: EngineEvent) -> None:
        if event.diagnostic_event and event.diagnostic_event.severity == "debug":
            told.append(event.diagnostic_event.message)

    sample.stack.preview(debug=True, on_event=hear)
    # The engine and awsx's plugin have something to say; the SDK, which tells all it does, not.
    assert told
    assert not [
        message for message in told if "registration prepared" in message and "blog" in message
    ]


def test_second_up_changes_nothing(sample: Checkout) -> None:
    assert sample.up().steps == ()


def test_desired_count_is_autoscalings(sample: Checkout) -> None:
    service = sample.world.named(account.SERVICE, "blog")
    sample.world.update(account.SERVICE, service.key, desiredCount=2)
    sample.refresh()
    assert sample.up().steps == ()
    assert sample.world.named(account.SERVICE, "blog").props["desiredCount"] == 2


@pytest.mark.parametrize("refreshed", [True, False])
def test_auroras_patch_version_is_awss(sample: Checkout, *, refreshed: bool) -> None:
    cluster = sample.world.named(account.CLUSTER, "blog-database")
    for token, key in [(account.CLUSTER, cluster.key), *_instances(sample, cluster.key)]:
        sample.world.update(token, key, engineVersion=PATCHED, engineVersionActual=PATCHED)
    if refreshed:
        sample.refresh()
    assert sample.up().steps == ()
    assert (
        sample.world.named(account.CLUSTER, "blog-database").props["engineVersionActual"] == PATCHED
    )


def _instances(checkout: Checkout, cluster: str) -> list[tuple[str, str]]:
    found = checkout.world.find(account.INSTANCE, clusterIdentifier=cluster)
    return [(account.INSTANCE, instance.key) for instance in found]


def test_destroy_leaves_snapshots_only(sample: Checkout) -> None:
    sample.set(protectData=False)
    sample.up()
    databases = {cluster.name for cluster in sample.world.resources(account.CLUSTER)}
    sample.destroy()
    # One final snapshot a cluster. Files go with the file system, which is the fleet's own.
    assert account.types(sample.world) == {account.SNAPSHOT}
    assert {snapshot.name for snapshot in sample.world.resources(account.SNAPSHOT)} == databases
    # What AWS remembers of things deleted: secrets that can be recovered for 30 days, and
    # revisions of task definitions, which it never forgets.
    assert account.types(sample.world, gone=True) == {account.SECRET, account.TASK_DEFINITION}
    assert sample.resources() == {}
