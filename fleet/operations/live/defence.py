"""Challenges before sites under attack: how they begin and end, and which there are.

    defend(declared, "shop", timedelta(hours=2))

What is started is a state machine of the stack, which does all of it; by the time that this returns
the firewall has it, and nothing here is needed for the end.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import boto3

from fleet.names import defence_name
from fleet.operations.declared import Declared
from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.settings.edge import EDGE_REGION, at_edge
from fleet.settings.model import Settings
from fleet.settings.waf_defence import ALL, MOST_RULES, Challenge, challenges, ending, order

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=7)
# The machine takes a second or two; longer only where AWS refuses its calls for a while.
PATIENCE_SECONDS, LOOK_SECONDS = 30.0, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Defence:
    """A challenge before a site, or before all sites of the stack where it is None."""

    site: str | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Calls:
    """The clients of the region in which the firewall is; threads may share them."""

    sfn: Any
    wafv2: Any
    arn_prefix: str
    """Of state machines, up to their names."""


@dataclass(frozen=True, slots=True)
class _Machine:
    """A stack's state machine, and the group of rules that it writes."""

    sfn: Any
    wafv2: Any
    home: Target
    arn: str
    group: Mapping[str, str]
    now: datetime
    """By AWS's clock, as the machine has it."""

    def rule_names(self) -> list[str]:
        """The names of the rules that the firewall has now."""
        rules = self.wafv2.get_rule_group(**self.group)["RuleGroup"].get("Rules", [])
        return [str(each["Name"]) for each in rules]


def defend(declared: Declared, name: str | None, lasts: timedelta) -> tuple[Defence, ...]:
    """Challenges who comes to a site, or without a name to any of the target's stacks.

    A challenge that the site has already ends for this one. Raises FleetError for an unknown site
    and OperationError: no firewall, not up yet, no room, a time that is too short or too long.
    """
    if not SHORTEST <= lasts <= LONGEST:
        raise OperationError("a challenge lasts from a minute (1m) to a week (7d)")
    hosts = [] if name is None else list(declared.site(name).domains)
    begun: list[Defence] = []
    for machine in _machines(declared, name):
        with told_in_words(machine.home):
            until = int(machine.now.timestamp() + lasts.total_seconds())
            given = order(name or ALL, hosts, until)
            _refuse_what_has_no_room(machine, name or ALL, len(given["patterns"]))
            _order(machine, given, wanted=True)
        begun.append(Defence(site=name, until=datetime.fromtimestamp(until, UTC)))
    return tuple(begun)


def end_defence(declared: Declared, name: str | None) -> None:
    """Ends the challenges of a site, or without a name all of the target's stacks.

    Nothing where there is none. Raises as `defend` does.
    """
    for machine in _machines(declared, name):
        with told_in_words(machine.home):
            _order(machine, ending(name or ALL), wanted=False)


def defence_calls(session: boto3.Session, settings: Settings) -> Calls:
    """The clients, and whose account it is."""
    client: Any = session.client
    region = EDGE_REGION if at_edge(settings) else session.region_name or EDGE_REGION
    account = client("sts", config=CONFIG).get_caller_identity()["Account"]
    partition = session.get_partition_for_region(region)
    return Calls(
        sfn=client("stepfunctions", region_name=region, config=CONFIG),
        wafv2=client("wafv2", region_name=region, config=CONFIG),
        arn_prefix=f"arn:{partition}:states:{region}:{account}:stateMachine:",
    )


def defences(calls: Calls, home: Target) -> tuple[Defence, ...]:
    """Those that the firewall of a stack has now; none before its `up`."""
    machine = _machine(calls, home)
    return () if machine is None else tuple(map(_defence, _sorted(machine.rule_names())))


def _machines(declared: Declared, name: str | None) -> Sequence[_Machine]:
    """Of the site's stack, or of all; each is there, or none is asked for anything."""
    site = None if name is None else declared.site(name)
    stacks = declared.stacks()
    homes = stacks if site is None else [declared.home(site)]
    if declared.settings.waf is None:
        environment = declared.target.environment
        raise OperationError(
            f"{environment} has no firewall; set wordpress-fleet:waf: {{mode: block}} in "
            f"Pulumi.{environment}.yaml, then run `fleet up --env {environment}`"
        )
    found: list[_Machine] = []
    for home in homes:
        if home.simulated:
            raise OperationError(
                f"{home.stack} is simulated, without a firewall before its sites: nobody is "
                "challenged there; name an environment on AWS with --env"
            )
        with told_in_words(home):
            machine = _machine(defence_calls(open_session(home), declared.settings), home)
        if machine is None:
            raise OperationError(
                f"{home.stack} has nothing to defend it with yet; run "
                f"`fleet up --env {home.environment}`"
            )
        found.append(machine)
    return found


def _machine(calls: Calls, home: Target) -> _Machine | None:
    arn = f"{calls.arn_prefix}{defence_name(home.environment, home.cell)}"
    try:
        answer = calls.sfn.describe_state_machine(stateMachineArn=arn)
    except calls.sfn.exceptions.StateMachineDoesNotExist:
        return None
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    return _Machine(
        sfn=calls.sfn,
        wafv2=calls.wafv2,
        home=home,
        arn=arn,
        group=json.loads(answer["definition"])["States"]["Read"]["Arguments"],
        now=parsedate_to_datetime(date) if date else datetime.now(UTC),
    )


def _refuse_what_has_no_room(machine: _Machine, site: str, rules: int) -> None:
    now = machine.now.timestamp()
    taken = [
        name
        for name in machine.rule_names()
        for each in challenges([name])
        if each.site != site and each.until > now
    ]
    if len(taken) + rules > MOST_RULES:
        names = ", ".join(sorted({_shown(each.site) for each in challenges(taken)})) or "none"
        raise OperationError(
            f"{machine.home.stack} has room for {MOST_RULES} rules, {site or 'all'} takes {rules}, "
            f"and these have challenges already: {names}; "
            f"`fleet defend --all --env {machine.home.environment}` takes one for all sites"
        )


def _order(machine: _Machine, given: Mapping[str, Any], *, wanted: bool) -> None:
    """Has the machine run, and looks until the firewall has what it is to have."""
    run = machine.sfn.start_execution(stateMachineArn=machine.arn, input=json.dumps(given))
    site, until = str(given["site"]), int(given["until"])
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        found = challenges(machine.rule_names())
        if wanted and Challenge(site, until) in found:
            return
        if not wanted and not [each for each in found if site in (ALL, each.site)]:
            return
        _refuse_what_failed(machine, run["executionArn"])
        time.sleep(LOOK_SECONDS)
    raise OperationError(
        f"{machine.home.stack}: AWS WAF hasn't taken it in {PATIENCE_SECONDS:.0f} s; the state "
        f"machine goes on trying, and `fleet status --env {machine.home.environment}` shows it "
        f"once it has; what AWS refuses stands in its run {run['executionArn']}"
    )


def _refuse_what_failed(machine: _Machine, run: str) -> None:
    found = machine.sfn.describe_execution(executionArn=run)
    if found["status"] in ("FAILED", "TIMED_OUT", "ABORTED"):
        said = found.get("cause") or found.get("error") or found["status"]
        raise OperationError(f"{machine.home.stack}: nothing was changed: {said} ({run})")


def _sorted(rule_names: Sequence[str]) -> list[Challenge]:
    return sorted(challenges(rule_names), key=lambda each: (each.site, each.until))


def _defence(found: Challenge) -> Defence:
    return Defence(site=found.site or None, until=datetime.fromtimestamp(found.until, UTC))


def _shown(site: str) -> str:
    return site or "all sites"
