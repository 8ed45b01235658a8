"""The rights that docs/operations.md asks for: those of the calls that are made, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from fleet.operations.data.follow import follow
from fleet.operations.data.jobs import job_statuses
from fleet.operations.data.order import make_order
from fleet.operations.data.past import past_runs
from fleet.operations.data.place import place_of
from fleet.operations.data.start import start
from fleet.operations.declared import Declared, read_declared
from fleet.operations.live.cron import site_cron
from fleet.operations.live.mail import sending, site_mail
from fleet.operations.target import Target
from fleet.settings.mail import MailSettings
from tests.operations.test_calls import counting, documented

SINCE = timedelta(minutes=1)
# Everybody may ask who they are.
FOR_ALL = {"sts:GetCallerIdentity"}
# What AWS asks for beside the call: of a task that is tagged and takes the site's roles.
WITH_A_TASK = {"ecs:TagResource", "iam:PassRole"}


def test_reading_the_log(aws: boto3.Session, prod: Declared) -> None:
    calls = counting(aws)
    list(site_cron(prod, "docs", since=SINCE, session=aws))
    assert set(calls) == documented("cron")
    calls.clear()
    list(site_mail(prod, "docs", since=SINCE, session=aws))
    assert set(calls) == documented("mail")
    calls.clear()
    settings = prod.settings.model_copy(update={"mail": MailSettings(domain="mail.example.com")})
    sending(replace(prod, settings=settings), "docs", session=aws)
    assert set(calls) == documented("mail", beside="mail")


def test_a_task_of_its_own(aws: boto3.Session, prod: Declared) -> None:
    # A client counts what is asked for before it is made.
    calls = counting(aws)
    place, beyond = place_of(prod, "blog", aws), iter(range(0, 90_000, 1_000))
    one = start(place, make_order(place.site, ("wp", "x")))
    assert follow(one, print, sleep=lambda _: None, clock=lambda: float(next(beyond)))
    assert set(calls) - FOR_ALL == documented("run") - WITH_A_TASK
    calls.clear()
    past_runs(place)
    assert set(calls) | {"ecs:StopTask", "logs:GetLogEvents"} == documented("runs")


@pytest.fixture
def with_jobs(project: Path) -> Declared:
    file = project / "sites.yaml"
    document: dict[str, Any] = yaml.safe_load(file.read_text())
    tidy = {"command": ["wp", "x"], "schedule": "rate(2 hours)"}
    document["sites"]["blog"]["jobs"] = {"tidy": tidy}
    file.write_text(yaml.safe_dump(document))
    return read_declared(Target(folder=project, environment="prod"))


def test_jobs(aws: boto3.Session, with_jobs: Declared) -> None:
    calls = counting(aws)
    job_statuses(with_jobs, session=aws)
    # A task that ECS knows is described; here there may be none.
    assert set(calls) - FOR_ALL | {"ecs:DescribeTasks"} == documented("jobs")
