"""An AWS account on loopback with a fleet in it."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from fleet.operations.declared import Declared, read_declared
from fleet.operations.target import Target
from tests.operations.stage.account import reset, running_account
from tests.operations.stage.cells import Cells
from tests.operations.stage.deployed import DeployedStack
from tests.operations.stage.project import REGION, SETTINGS, SITES


@pytest.fixture(scope="session")
def empty_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_account(tmp_path_factory.mktemp("account")) as url:
        yield url


@pytest.fixture(scope="module")
def account(empty_account: str) -> str:
    """The URL of an AWS account in which an environment `prod` runs, as new for each file."""
    reset(empty_account)
    with pytest.MonkeyPatch.context() as patch:
        enter(patch, empty_account)
        deploy(boto3.Session(region_name=REGION))
    return empty_account


@pytest.fixture
def aws(account: str, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    """A session for that account, which everything else in the test is led to, too."""
    enter(monkeypatch, account)
    return boto3.Session(region_name=REGION)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a sites.yaml and the settings of `prod` and `dev`."""
    (tmp_path / "sites.yaml").write_text(SITES)
    for environment in ("prod", "dev"):
        (tmp_path / f"Pulumi.{environment}.yaml").write_text(SETTINGS)
    return tmp_path


@pytest.fixture
def prod(project: Path) -> Declared:
    return read_declared(Target(folder=project, environment="prod"))


def enter(patch: pytest.MonkeyPatch, url: str) -> None:
    """Leads boto3 to the account, with credentials that it takes."""
    patch.setenv("AWS_ENDPOINT_URL", url)
    patch.setenv("AWS_ACCESS_KEY_ID", "test")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    patch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        patch.delenv(name, raising=False)


def deploy(session: boto3.Session) -> None:
    """`closing` still runs, `news` never did, and `gone` has left the file."""
    main = DeployedStack(session, "prod")
    main.add_database("shared")
    main.add_site("blog", tasks=4)
    main.add_site("docs", tasks=1, database=False)
    main.add_paused_site("archive")
    main.add_site("closing")
    main.add_site("gone", provider="FARGATE_SPOT")
    DeployedStack(session, "prod", "east").add_site("far")
    # Another environment's, in the same account.
    DeployedStack(session, "stage").add_site("blog")


@pytest.fixture(scope="session")
def brought_up(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cells, str]:
    """Three cells with a site each, by `fleet up`, and what that printed."""
    cells = Cells.new(tmp_path_factory.mktemp("cells") / "checkout")
    done = cells.fleet("up", "--env", "local", "--skip-preview")
    assert (done.returncode, done.stderr) == (0, "")
    return cells, done.stdout


@pytest.fixture(scope="session")
def standing_cells(brought_up: tuple[Cells, str]) -> Cells:
    """Not to be changed: take `cells`."""
    return brought_up[0]


@pytest.fixture(scope="session")
def first_up(brought_up: tuple[Cells, str]) -> str:
    return brought_up[1]


@pytest.fixture
def cells(standing_cells: Cells, tmp_path: Path) -> Cells:
    """Three cells up and running."""
    return standing_cells.again(tmp_path / "checkout")
