"""`fleet defend`: the machine of the stack does it, and ends it whoever is gone by then."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from fleet.cli.main import app
from fleet.names import defence_name
from fleet.operations.declared import Declared, read_declared
from fleet.operations.live import defence
from fleet.operations.live.defence import defend, end_defence
from fleet.operations.live.status import fleet_status
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.problems import FleetError
from fleet.settings.waf_defence import GROUP_UNITS, MOST_RULES, order
from fleet.settings.waf_machine import SEEN, machine
from tests.operations.stage.project import REGION, SETTINGS, SITES

FIREWALL = SETTINGS.replace("config:", "config:\n  wordpress-fleet:waf: {mode: block}", 1)


@dataclass(frozen=True, slots=True)
class Firewall:
    """The group and the machine of a stack, as its `up` makes them."""

    wafv2: Any
    sfn: Any
    group: dict[str, str]
    machine: str

    def rules(self) -> list[dict[str, Any]]:
        return self.wafv2.get_rule_group(**self.group)["RuleGroup"]["Rules"]

    def sites(self) -> list[str]:
        return sorted(rule["Name"].split("_")[1] for rule in self.rules())

    def start(self, site: str, seconds: float) -> None:
        """As the verb does, and nobody looks what becomes of it."""
        given = order(site, [f"{site}.example.com"], int(time.time() + seconds))
        self.sfn.start_execution(stateMachineArn=self.machine, input=json.dumps(given))


@pytest.fixture
def firewall(aws: boto3.Session, request: pytest.FixtureRequest) -> Firewall:
    """An own one for each test, whose machine takes the place of the one before.

    The parameter is the end of its group's name.
    """
    client: Any = aws.client
    wafv2, sfn = client("wafv2"), client("stepfunctions")
    name = f"base-waf-defence-{time.monotonic_ns()}{getattr(request, 'param', '')}"
    made = wafv2.create_rule_group(
        Name=name, Scope="REGIONAL", Capacity=GROUP_UNITS, VisibilityConfig=dict(SEEN)
    )["Summary"]
    group = {"Name": name, "Id": made["Id"], "Scope": "REGIONAL"}
    definition = json.dumps(machine(group=name, group_id=made["Id"], scope="REGIONAL"))
    role = "arn:aws:iam::000000000000:role/base-waf-defence"
    called = {"name": defence_name("prod", None), "definition": definition, "roleArn": role}
    try:
        arn = sfn.create_state_machine(**called)["stateMachineArn"]
    except sfn.exceptions.StateMachineAlreadyExists:
        account = client("sts").get_caller_identity()["Account"]
        arn = f"arn:aws:states:{REGION}:{account}:stateMachine:{called['name']}"
        sfn.update_state_machine(stateMachineArn=arn, definition=definition)
    return Firewall(wafv2, sfn, group, arn)


@pytest.fixture
def declared(project: Path) -> Declared:
    (project / "Pulumi.prod.yaml").write_text(FIREWALL)
    # One stack, which the fixture below makes a firewall for.
    (project / "sites.yaml").write_text(SITES.replace(", cell: east", ""))
    return read_declared(Target(folder=project, environment="prod"))


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)


def run(project: Path, *words: str) -> Result:
    arguments = ["defend", *words, "--env", "prod", "--file", str(project / "sites.yaml")]
    return CliRunner().invoke(app, arguments)


def test_a_challenge_comes_is_shown_and_ends_by_hand(
    project: Path, declared: Declared, firewall: Firewall, aws: boto3.Session
) -> None:
    result = run(project, "blog", "--for", "2h")
    assert result.exit_code == 0, result.output
    assert "blog is defended until" in result.output
    (rule,) = firewall.rules()
    assert rule["Action"] == {"Challenge": {}}
    assert "blog" in rule["Statement"]["RegexMatchStatement"]["RegexString"]
    ((found,),) = [each.defended for each in fleet_status(declared)]
    assert found.site == "blog"
    assert 7_100 < (found.until - defence.datetime.now(defence.UTC)).total_seconds() < 7_300
    ended = run(project, "blog", "--end", "--json")
    assert (ended.exit_code, json.loads(ended.output)) == (0, {"ended": "blog"})
    assert firewall.rules() == []
    assert [each.defended for each in fleet_status(declared)] == [()]


def test_it_ends_by_itself_though_nobody_looks(firewall: Firewall) -> None:
    """Of several that begin at once each comes and goes, whatever token the others had."""
    firewall.start("news", 7)
    firewall.start("docs", 9)
    wait_until(lambda: firewall.sites() == ["docs", "news"])
    wait_until(lambda: firewall.sites() == ["docs"])
    wait_until(lambda: firewall.sites() == [])


def test_the_last_word_about_a_site_holds(declared: Declared, firewall: Firewall) -> None:
    firewall.start("blog", 4)
    wait_until(lambda: firewall.sites() == ["blog"])
    (longer,) = defend(declared, "blog", timedelta(hours=3))
    firewall.start("docs", 6)
    wait_until(lambda: firewall.sites() == ["blog", "docs"])
    # The first one's end has passed by then, and has taken nothing of the second.
    wait_until(lambda: firewall.sites() == ["blog"])
    assert firewall.rules()[0]["Name"].startswith(f"{longer.until.timestamp():.0f}_")


@pytest.mark.parametrize("firewall", ["-busy"], indirect=True)
def test_what_aws_refuses_for_a_while_comes_all_the_same(
    declared: Declared, firewall: Firewall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verb has no more patience than a person; the machine goes on."""
    monkeypatch.setattr(defence, "PATIENCE_SECONDS", 0.5)
    with pytest.raises(OperationError, match=r"hasn't taken it in .* goes on trying, and `fleet s"):
        defend(declared, "blog", timedelta(hours=1))
    assert firewall.sites() == []
    wait_until(lambda: firewall.sites() == ["blog"])


def test_what_an_aborted_run_left_goes_with_the_next(firewall: Firewall) -> None:
    firewall.start("blog", 3)
    wait_until(lambda: firewall.sites() == ["blog"])
    for each in firewall.sfn.list_executions(
        stateMachineArn=firewall.machine, statusFilter="RUNNING"
    )["executions"]:
        firewall.sfn.stop_execution(executionArn=each["executionArn"])
    wait_until(lambda: int(firewall.rules()[0]["Name"].split("_")[0]) < time.time())
    firewall.start("docs", 60)
    wait_until(lambda: firewall.sites() == ["docs"])


def test_all_sites_take_one_rule_and_end_with_everything(
    project: Path, declared: Declared, firewall: Firewall
) -> None:
    defend(declared, "blog", timedelta(hours=1))
    result = run(project, "--all", "--json")
    assert result.exit_code == 0, result.output
    assert [each["site"] for each in json.loads(result.output)["defended"]] == [None]
    assert firewall.sites() == ["", "blog"]
    assert "no site is defended any more" in run(project, "--all", "--end").output
    assert firewall.rules() == []


def test_what_has_no_room_is_told_and_changes_nothing(
    declared: Declared, firewall: Firewall
) -> None:
    for number in range(MOST_RULES):
        firewall.start(f"s{number}", 3_600)
    wait_until(lambda: len(firewall.rules()) == MOST_RULES, 60)
    with pytest.raises(OperationError, match=r"room for 5 rules.*s0, s1.*fleet defend --all"):
        defend(declared, "blog", timedelta(hours=1))
    # The machine sees to it, too, should two come at once.
    firewall.start("late", 3_600)
    failed = {"stateMachineArn": firewall.machine, "statusFilter": "FAILED"}
    wait_until(lambda: bool(firewall.sfn.list_executions(**failed)["executions"]))
    assert firewall.sites() == [f"s{number}" for number in range(MOST_RULES)]
    end_defence(declared, None)


def test_what_is_refused_names_the_next_step(project: Path, aws: boto3.Session) -> None:
    assert "prod has no firewall; set wordpress-fleet:waf" in run(project, "blog").output
    assert "name one site, or --all of them" in run(project).output
    (project / "Pulumi.prod.yaml").write_text(FIREWALL)
    assert "from a minute (1m) to a week (7d)" in run(project, "blog", "--for", "8d").output
    with pytest.raises(FleetError, match="did you mean"):
        defend(
            read_declared(Target(folder=project, environment="prod")), "blgo", timedelta(hours=1)
        )


def test_before_the_first_up_there_is_nothing_to_defend_with(
    tmp_path: Path, aws: boto3.Session
) -> None:
    (tmp_path / "sites.yaml").write_text(SITES)
    (tmp_path / "Pulumi.newer.yaml").write_text(FIREWALL)
    with pytest.raises(OperationError, match=r"nothing to defend it with yet; run `fleet up"):
        defend(
            read_declared(Target(folder=tmp_path, environment="newer")), None, timedelta(hours=1)
        )
