"""What stops `fleet up` before it begins: one line, and what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pulumi.automation import CommandError, CommandResult

from fleet.operations.engine.events import Failure, Resource
from fleet.operations.engine.failure import operation_error
from fleet.operations.engine.workspace import open_stack
from fleet.operations.target import Target
from tests.operations.stage.cells import COLUMNS, STANDING, Cells, site

ENV = ("--env", "local")
PROVIDER = Resource("urn:pulumi:prod::fleet::pulumi:providers:aws::default_7_51_0")
DATABASE = Resource("urn:pulumi:prod::fleet::aws:rds/cluster:Cluster::blog-database")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Cells:
    """Three cells, of which nothing is deployed."""
    return Cells.new(tmp_path_factory.mktemp("trouble") / "checkout")


def error(project: Cells, *arguments: str, **variables: str) -> str:
    """The one line that the command ends with."""
    done = project.fleet(*arguments, **variables)
    assert done.returncode == 1
    assert "succeeded" not in done.stdout
    [line] = done.stderr.splitlines()
    return line.removeprefix("error: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--env", "loca"),
            'no environment "loca" (did you mean "local"?)',
        ),
        ((*ENV, "--cell", "eu11"), 'no cell "eu11" (did you mean "eu1"?)'),
        ((*ENV, "--cell", "-"), 'no cell "-"; allowed is eu1, eu2 or us1'),
        ((*ENV, "--site", "blgo"), 'no site "blgo" (did you mean "blog"?)'),
        ((*ENV, "--site", "blog", "--cell", "us1"), "blog lives in the cell eu1, not in us1"),
        ((*ENV, "--file", "Pulumi.yaml"), "is not the file of sites of local, which is"),
    ],
)
def test_unknown_names(project: Cells, arguments: tuple[str, ...], said: str) -> None:
    assert said in error(project, "up", *arguments)


def test_mistakes_are_named_as_the_folder_has_them(project: Cells) -> None:
    text = (project.folder / "sites.yaml").read_text()
    (project.folder / "sites.yaml").write_text(text.replace("eu2", "EU2"))
    try:
        assert error(project, "up", *ENV).startswith("sites.yaml:")
    finally:
        (project.folder / "sites.yaml").write_text(text)
    assert error(project, "up", "--env", "loca").startswith(
        'Pulumi.loca.yaml:1:1: environment: found no environment "loca" (did you mean "local"?)'
    )


def test_unknown_canary(project: Cells) -> None:
    said = error(project, "up", *ENV, "--canary", "eu3", "--skip-preview")
    assert said.startswith("sites.yaml:")
    assert 'found no cell "eu3" (did you mean "eu' in said


def test_cells_whose_settings_do_not_name_the_environment(project: Cells) -> None:
    text = project.settings.read_text()
    project.set(environment=None)
    try:
        assert error(project, "up", *ENV) == (
            "Pulumi.local.yaml: its cells have to know the environment they are of: add "
            "`wordpress-fleet:environment: local` under `config:`"
        )
    finally:
        project.settings.write_text(text)


def test_a_question_that_nobody_answers_or_with_no(project: Cells) -> None:
    """The environment `local` asks nothing, since nothing real is at stake there."""
    other = project.folder / "Pulumi.qa.yaml"
    other.write_text(project.settings.read_text())
    try:
        said = error(project, "destroy", "--env", "qa")
        assert said == "nobody answered: add --yes to go ahead without asking"
        done = project.fleet("destroy", "--env", "qa", answer="n\n")
        assert (done.returncode, done.stderr) == (1, "")
        assert done.stdout == (
            "Everything in qa will be deleted.\nGo ahead? [y/N]: Nothing was changed.\n"
        )
        said = error(project, "destroy", "--env", "qa", "--json")
        assert said == "with --json nobody can be asked: add --yes to go ahead"
    finally:
        other.unlink()


def test_a_wrong_passphrase(project: Cells) -> None:
    """The environment `local` has its own; so this one is another, on the same simulator."""
    other = project.folder / "Pulumi.qa.yaml"
    other.write_text(project.settings.read_text().replace("environment: local", "environment: qa"))
    backend = f"file://{project.folder}/.local/other"
    (project.folder / ".local/other").mkdir(parents=True)
    given = {**project.variables, "PULUMI_BACKEND_URL": backend}
    right = {**given, "PULUMI_CONFIG_PASSPHRASE": "right"}
    try:
        open_stack(Target(folder=project.folder, environment="qa", cell="eu1"), variables=right)
        for phrase, said in (
            ("wrong", "the passphrase is not the one that the stack's secrets are encrypted with"),
            ("", "the stack's secrets are encrypted with a passphrase"),
        ):
            variables = {**given, "PULUMI_CONFIG_PASSPHRASE": phrase}
            if not phrase:
                variables.pop("PULUMI_CONFIG_PASSPHRASE")
            line = error(project, "up", "--env", "qa", "--cell", "eu1", "--yes", **variables)
            assert line == f"qa-eu1: {said}; set PULUMI_CONFIG_PASSPHRASE"
    finally:
        other.unlink()


def test_not_logged_in_and_no_credentials_for_the_backend(project: Cells) -> None:
    other = project.folder / "Pulumi.qa.yaml"
    other.write_text(project.settings.read_text())
    nobody = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), "/nonexistent")
    nobody["PULUMI_HOME"] = str(project.folder / ".local/nobody")
    nobody["AWS_EC2_METADATA_DISABLED"] = "true"
    try:
        said = error(project, "preview", "--env", "qa", **nobody)
        assert said.startswith("qa: not logged in to a Pulumi backend; run `pulumi login`")
        bucket = {"PULUMI_BACKEND_URL": "s3://example-state?region=us-east-1"}
        said = error(project, "preview", "--env", "qa", **nobody, **bucket)
        assert said.startswith("qa: no AWS credentials; log in with `aws sso login`")
    finally:
        other.unlink()


def test_no_cli(project: Cells, tmp_path: Path) -> None:
    """Neither in the virtual environment nor on PATH."""
    bare = project.again(tmp_path / "checkout")
    (bare.folder / ".venv").unlink()
    path = [each for each in os.environ["PATH"].split(":") if not Path(each, "pulumi").exists()]
    said = error(bare, "preview", *ENV, PATH=":".join(path))
    assert said.startswith("the Pulumi CLI is missing or too old: run `make tools`")


def test_json_asks_nobody(project: Cells) -> None:
    (project.folder / "Pulumi.qa.yaml").write_text(project.settings.read_text())
    try:
        for verb in ("up", "destroy"):
            said = error(project, verb, "--env", "qa", "--json")
            assert said == "with --json nobody can be asked: add --yes to go ahead"
    finally:
        (project.folder / "Pulumi.qa.yaml").unlink()


def test_everything_wrong_with_the_file_at_once(project: Cells) -> None:
    project.write_sites({"a": site("a", "eu1", port=0), "b": site("b", "eu1", storge={})})
    try:
        done = project.fleet("up", *ENV)
        assert (done.returncode, done.stdout) == (1, "")
        assert [line.split(": ")[2] for line in done.stderr.splitlines()] == [
            *("sites.a.port", "sites.b.storge")
        ]
    finally:
        project.write_sites(STANDING)


@pytest.mark.parametrize(
    ("resource", "message", "said"),
    [
        (
            PROVIDER,
            "rpc error: code = Unknown desc = unable to validate AWS credentials.\n"
            "Details: No valid credential sources found. Please see https://registry.terraform.io",
            "prod: no AWS credentials; log in with `aws sso login` or",
        ),
        (
            PROVIDER,
            "Details: operation error STS: GetCallerIdentity, https response error StatusCode: 403,"
            " api error ExpiredToken: The security token included in the request is expired",
            "prod: the AWS credentials have expired; log in with `aws sso login` or",
        ),
        (
            DATABASE,
            "creating RDS Cluster (blog): operation error RDS: CreateDBCluster, api error "
            "AccessDenied: User is not authorized to perform: rds:CreateDBCluster",
            "blog: aws:rds/cluster:Cluster blog-database: creating RDS Cluster (blog): operation "
            "error RDS: CreateDBCluster, api error AccessDenied: User is not authorized to perform:"
            " rds:CreateDBCluster; these credentials lack the permission",
        ),
        (
            DATABASE,
            "api error Throttling: Rate exceeded",
            "blog: aws:rds/cluster:Cluster blog-database: api error Throttling: Rate exceeded; run "
            "it again; a lower --parallel asks AWS less often",
        ),
    ],
)
def test_what_the_provider_says(resource: Resource, message: str, said: str) -> None:
    failures = [Failure(resource, None if resource is PROVIDER else "blog", message)]
    failed = CommandError(CommandResult("", "error: update failed", 255))
    target = Target(folder=Path(), environment="prod")
    [line] = operation_error(failed, target, failures).lines
    assert line.startswith(said)


@pytest.mark.parametrize("verb", ["preview", "up", "refresh", "destroy"])
def test_help_fits_80_columns(project: Cells, verb: str) -> None:
    done = project.fleet(verb, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(len(line) for line in done.stdout.splitlines()) <= COLUMNS
    for option in ("--env", "--cell", "--parallel", "--file", "--json"):
        assert option in done.stdout
