"""The state machine that writes challenges into the web ACL's group, and takes them away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fleet.settings.waf_defence import MOST_RULES

State = dict[str, Any]

# A browser that has passed isn't asked again for so long.
IMMUNITY_SECONDS = 3_600
# As the machine tries again what AWS refuses: two seconds longer each time, 16 hours in all.
ATTEMPTS, LONGEST_PAUSE_SECONDS = 300, 300
SEEN: Mapping[str, Any] = {
    "SampledRequestsEnabled": True,
    "CloudWatchMetricsEnabled": True,
    "MetricName": "defended",
}


# What stays: rules that end later, except those that this run replaces. Times of ten digits are in
# order as texts. Brackets, since JSONata takes a list of one for the one.
_RULES = """(
  $over := $string($begins ? $floor($millis() / 1000) : $until);
  $kept := $filter($states.result.RuleGroup.Rules, function($rule) {(
    $parts := $split($rule.Name, '_');
    $replaced := $begins and ($parts[1] = $site or ($site = '' and $count($patterns) = 0));
    $parts[0] > $over and $not($replaced)
  )});
  $own := $begins and $string($until) > $over
    ? $map($patterns, function($pattern, $number) {
        {'Name': $string($until) & '_' & $site & '_' & $string($number), 'Pattern': $pattern}
      })
    : [];
  [$kept.{'Name': Name, 'Pattern': Statement.RegexMatchStatement.RegexString}, $own]
)"""

_WRITTEN = """[$map($rules, function($rule, $number) {{
  'Name': $rule.Name,
  'Priority': $number,
  'Statement': {'RegexMatchStatement': {
    'RegexString': $rule.Pattern,
    'FieldToMatch': {'SingleHeader': {'Name': 'host'}},
    'TextTransformations': [{'Priority': 0, 'Type': 'NONE'}]
  }},
  'Action': {'Challenge': {}},
  'ChallengeConfig': {'ImmunityTimeProperty': {'ImmunityTime': $immunity}},
  'VisibilityConfig': $seen
}})]"""


def machine(*, group: str, group_id: str, scope: str) -> dict[str, Any]:
    """The definition, in Amazon's States Language with JSONata.

    One loop serves beginning and end: read the group, write it with the token that AWS gave, and
    from the start again after whatever AWS refuses, of which a token that is old by then is one.
    """
    group_of = {"Name": group, "Id": group_id, "Scope": scope}
    found = {
        "token": _computed("$states.result.LockToken"),
        "rules": _computed(_RULES),
    }
    written = {
        **group_of,
        "LockToken": _computed("$token"),
        "Rules": _computed(_WRITTEN),
        "VisibilityConfig": SEEN,
    }
    return {
        "QueryLanguage": "JSONata",
        "StartAt": "Begin",
        "States": {
            "Begin": _begin(),
            "Read": {**_call("getRuleGroup", group_of, "Fits"), "Assign": found},
            "Fits": _choice(f"$count($rules) > {MOST_RULES}", "Full", "Write"),
            "Full": _fail("Full", f"a stack has room for {MOST_RULES} rules of this kind"),
            "Write": _call("updateRuleGroup", written, "Written"),
            "Written": _choice("$begins and $count($patterns) > 0", "Hold", "Over"),
            "Hold": {
                "Type": "Wait",
                "Timestamp": _computed("$fromMillis($until * 1000)"),
                "Assign": {"begins": False, "attempts": 0},
                "Next": "Read",
            },
            "Over": {"Type": "Succeed"},
            **_refused(),
        },
    }


def _begin() -> State:
    given = {key: _computed(f"$states.input.{key}") for key in ("site", "until")}
    return {
        "Type": "Pass",
        "Assign": {
            **given,
            "patterns": _computed("[$states.input.patterns]"),
            "begins": True,
            "immunity": IMMUNITY_SECONDS,
            "seen": SEEN,
            "attempts": 0,
        },
        "Next": "Read",
    }


def _call(action: str, arguments: Mapping[str, Any], then: str) -> State:
    """A call to AWS WAF, whose every refusal leads to `Refused`."""
    counted = {"attempts": _computed("$attempts + 1")}
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::aws-sdk:wafv2:{action}",
        "Arguments": arguments,
        "Catch": [{"ErrorEquals": ["States.ALL"], "Assign": counted, "Next": "Refused"}],
        "Next": then,
    }


def _refused() -> dict[str, State]:
    return {
        "Refused": _choice(f"$attempts > {ATTEMPTS}", "GivenUp", "Pause"),
        "Pause": {
            "Type": "Wait",
            "Seconds": _computed(f"$min([$attempts * 2, {LONGEST_PAUSE_SECONDS}])"),
            "Next": "Read",
        },
        "GivenUp": _fail("Refused", f"AWS WAF refused {ATTEMPTS} times"),
    }


def _fail(error: str, cause: str) -> State:
    return {"Type": "Fail", "Error": error, "Cause": cause}


def _choice(condition: str, then: str, otherwise: str) -> State:
    return {
        "Type": "Choice",
        "Choices": [{"Condition": _computed(condition), "Next": then}],
        "Default": otherwise,
    }


def _computed(expression: str) -> str:
    return f"{{% {expression} %}}"
