"""`fleet rotate` against an account on loopback, whose tasks of a site's own are played."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from components.site.secrets import KEY_LENGTH, PASSWORD_LENGTH
from components.task import KEYS_AND_SALTS
from fleet.cli.main import app
from fleet.names import cluster_name, task_family
from fleet.operations.data.rotation import rotate, rotate_all
from fleet.operations.data.secret import read_secret
from fleet.operations.data.steps import Step
from fleet.operations.declared import Declared
from fleet.operations.live.tasks import SERVICE_GROUP
from fleet.operations.problem import OperationError
from tests.operations.stage.played import Image, playing
from tests.operations.test_calls import counting, documented
from tests.operations.test_one_off_calls import FOR_ALL

CLUSTER = cluster_name("prod", None)
STEPS = ["secret", "passwords", "tasks", "discard"]
SITES = ("blog", "docs", "archive", "closing")
WRITES = (
    "secrets-manager.PutSecretValue",
    "secrets-manager.UpdateSecretVersionStage",
    "ecs.RunTask",
    "ecs.UpdateService",
)


class Killed(BaseException):
    """As SIGKILL: nothing is tidied up."""


class Account:
    """The sites' secrets and task definitions, as the program makes them."""

    def __init__(self, session: boto3.Session, sites: Sequence[str] = SITES) -> None:
        self.written: list[str] = []
        self.dies_at: int | None = None
        self.changed = datetime.now(UTC)
        self.seen: dict[str, datetime] = {}
        self.hooks: dict[str, Any] = {
            "after-call.ecs.DescribeTasks": self._described_tasks,
            "after-call.secrets-manager.DescribeSecret": self._described_secret,
        }
        self.hooks |= {f"after-call.{call}": self._wrote for call in WRITES}
        for event, hook in self.hooks.items():
            session.events.register(event, hook)
        # A client has the hooks of before it.
        self.secrets: Any = session.client("secretsmanager")
        self.ecs = session.client("ecs")
        self.arns = {site: self._added(site) for site in sites}

    def _wrote(self, event_name: str, **_: Any) -> None:
        """Dies after the call of that number."""
        if event_name.startswith("after-call.secrets-manager"):
            self.changed = datetime.now(UTC)
        self.written.append(event_name)
        if len(self.written) - 1 == self.dies_at:
            raise Killed

    # The account knows whole seconds only, in which much happens here.
    def _described_secret(self, parsed: dict[str, Any], **_: Any) -> None:
        parsed["LastChangedDate"] = self.changed

    def _described_tasks(self, parsed: dict[str, Any], **_: Any) -> None:
        for task in parsed["tasks"]:
            if not task["group"].startswith(SERVICE_GROUP):
                task["lastStatus"] = "STOPPED"  # those of other tests, too
            task["createdAt"] = self.seen.setdefault(task["taskArn"], datetime.now(UTC))

    def _added(self, site: str) -> str:
        family = task_family("prod", None, site)
        found = self.ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]
        containers: Any = found["containerDefinitions"]
        values = {
            "database_password": "d" * PASSWORD_LENGTH,
            "admin_password": "a" * PASSWORD_LENGTH,
            **{key.lower(): "k" * KEY_LENGTH for key in KEYS_AND_SALTS},
        }
        name, value = f"{site}-{uuid.uuid4()}", json.dumps(values)
        arn = str(self.secrets.create_secret(Name=name, SecretString=value)["ARN"])
        containers[-1]["secrets"] = [
            {"name": "WORDPRESS_DB_PASSWORD", "valueFrom": f"{arn}:database_password::"}
        ]
        self.ecs.register_task_definition(family=family, containerDefinitions=containers)
        self.tasks(site)
        return arn

    def value(self, site: str, stage: str = "AWSCURRENT") -> dict[str, str]:
        found = self.secrets.get_secret_value(SecretId=self.arns[site], VersionStage=stage)
        return json.loads(found["SecretString"])

    def rotating(self, site: str) -> str | None:
        return read_secret(self.secrets, self.arns[site]).rotating

    def tasks(self, site: str) -> set[str]:
        """The service's running tasks, which are thereby seen."""
        try:
            arns = self.ecs.list_tasks(cluster=CLUSTER, serviceName=site)["taskArns"]
        except self.ecs.exceptions.ServiceNotFoundException:
            return set()
        if arns:
            self.ecs.describe_tasks(cluster=CLUSTER, tasks=arns)
        return set(arns)


@pytest.fixture
def image(aws: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Image]:
    monkeypatch.setattr("fleet.operations.data.roll.POLL_SECONDS", 0.01)
    monkeypatch.setattr("fleet.operations.data.follow.POLL_SECONDS", 0.01)
    with playing(aws) as image:
        yield image


@pytest.fixture
def stands(image: Image) -> Iterator[Account]:
    account = Account(image.session)
    yield account
    for event, hook in account.hooks.items():
        image.session.events.unregister(event, hook)


def heard(steps: list[Step]) -> list[str]:
    return [step.step for step in steps if step.state == "done"]


def test_the_database_password_alone(prod: Declared, image: Image, stands: Account) -> None:
    before, tasks, steps = stands.value("blog"), stands.tasks("blog"), list[Step]()
    calls = counting(image.session)
    rotate(prod, "blog", ["database"], on_step=steps.append, session=image.session)
    asked = {call for call in calls if not call.startswith("logs:")}  # by whom the image is played
    assert asked - documented("run") - FOR_ALL == documented("rotate")
    after = stands.value("blog")
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {"database_password"}
    assert len(after["database_password"]) == PASSWORD_LENGTH
    assert after["database_password"].isalnum()
    assert stands.value("blog", "AWSPREVIOUS") == before
    # The first version, which the stack knows, is never forgotten.
    assert stands.value("blog", "fleet-first") == before
    assert stands.rotating("blog") is None
    assert heard(steps) == STEPS
    assert len(stands.tasks("blog")) == len(tasks)
    assert not stands.tasks("blog") & tasks
    assert [told["schema"] for told in image.prepared] == [
        ["fleet-schema"],
        ["fleet-schema", "discard"],
    ]


# After each of the calls that write but the last: the labels, the version, two tasks, the rollout.
@pytest.mark.parametrize("dies_at", range(6))
def test_killed_anywhere_and_run_again_it_is_done_once(
    prod: Declared, image: Image, stands: Account, dies_at: int
) -> None:
    before, tasks = stands.value("blog"), stands.tasks("blog")
    stands.dies_at = dies_at
    with pytest.raises(Killed):
        rotate(prod, "blog", ["database"], on_step=print, session=image.session)
    stands.dies_at = None
    rotate(prod, "blog", ["database"], on_step=print, session=image.session)
    after = stands.value("blog")
    assert after["database_password"] != before["database_password"]
    assert stands.value("blog", "AWSPREVIOUS") == before
    assert stands.rotating("blog") is None
    assert not stands.tasks("blog") & tasks
    assert image.prepared[-1]["schema"] == ["fleet-schema", "discard"]
    # What is never begun anew while tasks with the password before are there.
    assert stands.written.count("after-call.ecs.UpdateService") <= 2


def test_of_two_at_once_one_makes_the_new_values(
    prod: Declared, image: Image, stands: Account
) -> None:
    """The second has read the secret before the first wrote, and writes behind it."""
    secret = read_secret(stands.secrets, stands.arns["blog"])
    rotate(prod, "blog", ["database"], on_step=print, session=image.session)
    after = stands.value("blog")
    with pytest.raises(OperationError, match="another rotation of this site has just begun"):
        secret.begin(["database"])
    assert stands.value("blog") == after
    assert stands.rotating("blog") is None


def test_what_was_begun_is_finished_before_another_kind(
    prod: Declared, image: Image, stands: Account
) -> None:
    stands.dies_at = 4
    with pytest.raises(Killed):
        rotate(prod, "blog", ["database"], on_step=print, session=image.session)
    begun, stands.dies_at = stands.value("blog"), None
    steps: list[Step] = []
    rotate(prod, "blog", ["admin"], on_step=steps.append, session=image.session)
    assert steps[0].note == "goes on with the rotation of database"
    # Nobody who serves has the admin's password, so no task is replaced for it.
    assert heard(steps) == [*STEPS[1:], "secret", "passwords"]
    assert stands.value("blog", "AWSPREVIOUS") == begun
    assert image.prepared[-1] == {"schema": ["fleet-schema"], "init": ["fleet-init", "admin"]}


def test_salts_and_a_paused_site(prod: Declared, image: Image, stands: Account) -> None:
    before, steps = stands.value("archive"), list[Step]()
    rotate(prod, "archive", ["salts"], on_step=steps.append, session=image.session)
    after = stands.value("archive")
    assert {key for key in before if before[key] != after[key]} == {
        key.lower() for key in KEYS_AND_SALTS
    }
    assert heard(steps) == ["secret", "passwords", "tasks"]


def test_a_failed_task_leaves_the_old_password_valid(
    prod: Declared, image: Image, stands: Account
) -> None:
    tasks, image.status = stands.tasks("blog"), 1
    with pytest.raises(OperationError, match="blog: the task that changes passwords"):
        rotate(prod, "blog", ["database"], on_step=print, session=image.session)
    assert stands.tasks("blog") == tasks
    image.status = 0
    rotate(prod, "blog", ["database"], on_step=print, session=image.session)
    assert stands.rotating("blog") is None


def test_all_in_waves_stop_at_a_failure_and_go_on(
    project: Path, prod: Declared, image: Image, stands: Account
) -> None:
    sites = prod.fleet.sites
    fleet = replace(prod.fleet, sites=tuple(each for each in sites if each.name in SITES))
    some, image.status = replace(prod, fleet=fleet), 1
    with pytest.raises(OperationError) as raised:
        rotate_all(some, ["database"], on_step=print, wave=3, session=image.session)
    assert "not begun: 1; the same command goes on" in str(raised.value)
    image.status = 0
    done = rotate_all(some, ["database"], on_step=print, wave=3, session=image.session)
    assert sorted(done) == sorted(SITES)
    assert not any(stands.rotating(site) for site in SITES)
    # Run again it has nothing to do, unless it is told that this was long ago.
    assert rotate_all(some, ["database"], on_step=print, session=image.session) == []
    again = {"done_within": timedelta(0), "session": image.session}
    assert len(rotate_all(some, ["database"], on_step=print, **again)) == len(SITES)


def test_a_task_definition_that_names_a_version_is_refused(
    prod: Declared, image: Image, stands: Account
) -> None:
    family, arn = task_family("prod", None, "docs"), stands.arns["docs"]
    secret: Any = {"name": "WORDPRESS_DB_PASSWORD", "valueFrom": f"{arn}:database_password::v1"}
    stands.ecs.register_task_definition(
        family=family, containerDefinitions=[{"name": "x", "image": "x", "secrets": [secret]}]
    )
    with pytest.raises(OperationError, match="fleet up --env prod writes it anew"):
        rotate(prod, "docs", ["database"], on_step=print, session=image.session)


@pytest.mark.parametrize("words", [[], ["blog", "--all"]])
def test_one_site_or_all(project: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.chdir(project)
    done = CliRunner().invoke(app, ["rotate", *words, "--env", "prod"])
    assert "name one site, or --all of them" in done.output


def test_the_simulated_environment_is_refused(prod: Declared) -> None:
    local = replace(prod, target=replace(prod.target, environment="local"))
    with pytest.raises(OperationError, match="local is simulated"):
        rotate(local, "blog", ["database"], on_step=print)
