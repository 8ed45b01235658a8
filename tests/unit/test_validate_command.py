"""What `fleet validate` and `fleet schema` print, on a terminal and in a pipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.docs.schema import schema

FLEET = str(Path(sys.executable).with_name("fleet"))
ROOT = Path(__file__).parents[2]
SITE = "  {name}:\n    domains: [{name}.example.com]\n"
SETTINGS = """\
config:
  wordpress-fleet:adminEmail: web@example.com
  wordpress-fleet:allowHttp: true
"""


def sites(*names: str) -> str:
    return "version: 1\nsites:\n" + "".join(SITE.format(name=name) for name in names)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sites.yaml").write_text(sites("blog", "shop"))
    (tmp_path / "Pulumi.dev.yaml").write_text(SETTINGS)
    (tmp_path / "Pulumi.prod.yaml").write_text(SETTINGS)
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["validate", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_file_as_it_stands_and_every_environment(folder: Path) -> None:
    status, output = run()
    assert status == 0
    assert output.splitlines()[:2] == [
        "No problems",
        "Environment  Sites  Live  Paused  Domains  Cells",
    ]
    assert [line.split()[0] for line in output.splitlines()[2:]] == ["(none)", "dev", "prod"]


DRAFT = (
    sites("blog")
    + """\
environments:
  dev: {size: {cpu: 512, memory: 1024}}
  prod: {scaling: {min: 4}}
"""
)
ALONE = "note: the settings of {} were not there to check: there is no Pulumi.ENV.yaml\n"


@pytest.fixture
def draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "draft.yaml"
    file.write_text(DRAFT)
    return file


def test_a_draft_by_its_own_environments(draft: Path) -> None:
    status, output = run(draft.name)
    assert status == 0
    rows = [line.split()[0] for line in output.splitlines()[2:5]]
    assert rows == ["(none)", "dev", "prod"]
    assert output.endswith(ALONE.format("dev and prod"))


def test_a_draft_in_one_environment(draft: Path) -> None:
    draft.write_text(DRAFT.replace("memory: 1024", "memory: 7"))
    status, output = run(draft.name, "--env", "prod")
    assert status == 1
    assert "draft.yaml:6:34: environments.dev.size.memory: found the number 7" in output
    draft.write_text(DRAFT.replace("min: 4", "min: 40"))
    assert "found min 40 above max 4" in run(draft.name, "--env", "prod")[1]
    status, output = run(draft.name, "--env", "dev")
    assert (status, output.splitlines()[2].split()[0]) == (0, "dev")
    assert output.endswith(ALONE.format("dev"))


def test_a_draft_that_names_no_environment_may_be_for_any(draft: Path) -> None:
    draft.write_text(sites("blog"))
    assert run(draft.name, "--env", "dev")[0] == 0
    draft.write_text(DRAFT)
    status, output = run(draft.name, "--env", "porduction")
    assert (status, 'found no environment "porduction"; allowed is dev or prod' in output) == (
        1,
        True,
    )


def test_one_environment(folder: Path) -> None:
    (folder / "Pulumi.prod.yaml").write_text("config: {wordpress-fleet:allowHttp: 3}")
    status, output = run("--env", "dev")
    assert status == 0
    assert "prod" not in output


def test_an_environment_without_settings(folder: Path) -> None:
    assert run("--env", "test") == (
        1,
        'Pulumi.test.yaml:1:1: environment: found no environment "test"; '
        "allowed is dev or prod; for example dev\n1 problem\n",
    )
    assert 'found no environment "prdo" (did you mean "prod"?)' in run("--env", "prdo")[1]


def test_the_file_is_named_either_way(folder: Path) -> None:
    (folder / "sites.yaml").rename(folder / "other.yaml")
    assert run()[0] == 1
    assert run("other.yaml") == run("--file", "other.yaml")
    assert run("other.yaml")[0] == 0
    status, output = run("sites.yaml", "--file", "other.yaml")
    assert status == 2
    assert "name one file" in output


def test_the_stack_of_a_cell_is_no_environment(folder: Path) -> None:
    cell = "config: {wordpress-fleet:environment: prod, wordpress-fleet:cell: second}"
    (folder / "Pulumi.prod-second.yaml").write_text(cell)
    status, output = run()
    assert status == 0
    assert "prod-second" not in output


def test_an_environment_whose_sites_are_in_another_file(folder: Path) -> None:
    (folder / "Pulumi.dev.yaml").write_text(SETTINGS + "  wordpress-fleet:sitesFile: few.yaml\n")
    (folder / "few.yaml").write_text(sites("blog"))
    status, output = run()
    assert status == 0
    assert "prod" in output
    assert "dev" not in output
    assert run("--env", "dev") == (
        1,
        "Pulumi.dev.yaml:4:30: sitesFile: found few.yaml, and not the sites.yaml that is looked "
        "at; allowed is to look at the environment's own file; for example --file few.yaml\n"
        "1 problem\n",
    )
    assert run("--env", "dev", "--file", "few.yaml")[0] == 0


def test_mistakes_of_both_files_at_once(folder: Path) -> None:
    (folder / "Pulumi.dev.yaml").write_text(SETTINGS + "  wordpress-fleet:cell: 1\n")
    (folder / "sites.yaml").write_text(sites("blog") + "    port: 0\n")
    status, output = run("--env", "dev")
    assert status == 1
    assert [line.partition(": found")[0] for line in output.splitlines()] == [
        "Pulumi.dev.yaml:4:25: cell",
        "sites.yaml:5:11: sites.blog.port",
        "2 problems",
    ]


def test_a_cell_that_no_load_balancer_holds(folder: Path) -> None:
    (folder / "sites.yaml").write_text(sites(*(f"site-{n}" for n in range(101))))
    status, output = run("--env", "dev")
    assert status == 0
    assert "the cell without a name of dev has 101 sites; a load balancer takes 100" in output


def test_the_sample_is_valid() -> None:
    assert run(str(ROOT / "sites.yaml"))[0] == 0


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_pipe_gets_80_columns_without_escape_codes(
    folder: Path, variables: dict[str, str]
) -> None:
    clean = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR")}
    done = subprocess.run(
        [FLEET, "validate"], capture_output=True, env={**clean, **variables}, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\x1b" not in done.stdout
    assert max(len(line) for line in done.stdout.decode().splitlines()) <= 80


@pytest.mark.parametrize(("title", "status"), [("'ü\\t'", 1), ("'ü'", 0)])
def test_a_terminal_that_knows_no_unicode(folder: Path, title: str, status: int) -> None:
    (folder / "sites.yaml").write_text(sites("ü" if status else "blog") + f"    title: {title}\n")
    done = subprocess.run(
        [FLEET, "validate"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        check=False,
    )
    assert done.returncode == status
    assert b"Traceback" not in done.stderr


def test_help_loads_nothing_that_is_slow() -> None:
    """Half of a second passes until pydantic, botocore and the Pulumi SDK are there."""
    check = (
        "import sys, fleet.cli.main; "
        "slow = {'pydantic', 'yaml', 'rich', 'boto3', 'pulumi', 'fleet.sites_file.load'}"
        "; print(sorted(slow & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == "[]\n"


def test_the_schema_is_printed() -> None:
    result = CliRunner().invoke(app, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.output) == schema()
