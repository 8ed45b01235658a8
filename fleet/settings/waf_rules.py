"""The rules of a web ACL, in the words of AWS's API (CreateWebACL).

Groups of AWS only label what they find, and one rule at the end refuses by labels: so a site can
be counted alone, which no group knows by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from fleet.settings.waf import WafSettings

Statement = dict[str, Any]
WafRule = dict[str, Any]

# For one regular expression; RegexMatchStatement, RegexString.
PATTERN_CHARACTERS = 512
WINDOW_SECONDS = 300

DASHBOARD, COUNTED = "fleet:dashboard", "fleet:counted"

# Groups of AWS, by name the namespace of their labels and whether they judge the dashboard too.
# What an editor saves is HTML, code and queries of his own, over 8 KB of it: the groups that look
# for those in a body would refuse it.
GROUPS: tuple[tuple[str, str, bool], ...] = (
    ("AWSManagedRulesAmazonIpReputationList", "amazon-ip-list", True),
    ("AWSManagedRulesWordPressRuleSet", "wordpress-app", True),
    ("AWSManagedRulesCommonRuleSet", "core-rule-set", False),
    ("AWSManagedRulesKnownBadInputsRuleSet", "known-bad-inputs", False),
    ("AWSManagedRulesPHPRuleSet", "php-app", False),
    ("AWSManagedRulesSQLiRuleSet", "sql-database", False),
)
# A label of a group that AWS itself only counts: addresses that took part in floods once.
_NOT_REFUSED = "awswaf:managed:aws:amazon-ip-list:AWSManagedIPDDoSList"

# As nginx takes the path: decoded, without `..` and double slashes, or an attack would only have to
# begin with the dashboard's.
_AS_NGINX = [
    {"Priority": 0, "Type": "URL_DECODE"},
    {"Priority": 1, "Type": "NORMALIZE_PATH"},
]
_AS_IT_IS = [{"Priority": 0, "Type": "NONE"}]
_LOWER_CASE = [{"Priority": 0, "Type": "LOWERCASE"}]


def web_acl_rules(
    waf: WafSettings, counted: Sequence[str], ip_sets: dict[str, str], challenges: str = ""
) -> list[WafRule]:
    """The rules in their order; `ip_sets` are the ARNs of `fleet.settings.waf.address_lists`.

    Requests for a host of `counted` are judged and written down, and none is refused.
    `challenges`: ARN of the group in which `fleet defend` has its rules.
    """
    rules = [*_rules(waf, counted, ip_sets), _challenged(challenges)]
    return [{**rule, "Priority": number} for number, rule in enumerate(rules)]


def _rules(waf: WafSettings, counted: Sequence[str], ip_sets: dict[str, str]) -> Iterator[WafRule]:
    refuse: Statement = {"Count": {}} if waf.mode == "count" else {"Block": {}}
    too_many: Statement = refuse
    if waf.mode == "block":
        too_many = {"Block": {"CustomResponse": {"ResponseCode": 429}}}
    if own := [arn for name, arn in ip_sets.items() if name.startswith("allow")]:
        yield _rule("allow", _from(own), {"Allow": {}})
    if own := [arn for name, arn in ip_sets.items() if name.startswith("deny")]:
        yield _rule("deny", _from(own), refuse)
    if counted:
        yield _labelled("counted", hosts_statement(counted), COUNTED)
    yield _labelled("dashboard", DASHBOARD_STATEMENT, DASHBOARD)
    for name, _, everywhere in GROUPS:
        yield _group(name, everywhere=everywhere)
    found = [_label(f"awswaf:managed:aws:{space}:", whole=False) for _, space, _ in GROUPS]
    only_counted = [COUNTED] if counted else []
    yield _rule(
        "refused",
        _without({"OrStatement": {"Statements": found}}, [*only_counted, _NOT_REFUSED]),
        refuse,
    )
    logins = _rate(waf.logins, {"AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": _ADDRESS_AND_HOST})
    logins["RateBasedStatement"]["ScopeDownStatement"] = _without(LOGIN_STATEMENT, only_counted)
    yield _rule("logins", logins, too_many)
    requests = _rate(waf.requests, {"AggregateKeyType": "IP"})
    if counted:
        requests["RateBasedStatement"]["ScopeDownStatement"] = _not(_label(COUNTED))
    yield _rule("requests", requests, too_many)


def hosts_statement(hosts: Sequence[str]) -> Statement:
    """Requests for one of the hosts."""
    found = [
        _matches(pattern, {"SingleHeader": {"Name": "host"}}, _AS_IT_IS)
        for pattern in hosts_patterns(hosts)
    ]
    return found[0] if len(found) == 1 else {"OrStatement": {"Statements": found}}


def hosts_patterns(hosts: Sequence[str]) -> list[str]:
    """Expressions for the header `Host`, with a port or without, as many as AWS's limit makes.

    A host's star stands for one label or more, as the ALB has it. Letters count as alike in the
    expression itself: a transformation to small ones costs ten units.
    """
    patterns: list[list[str]] = [[]]
    for host in hosts:
        pattern = re.escape(host).replace(r"\-", "-").replace(r"\*", r"[^:]+")
        if sum(len(each) + 1 for each in [*patterns[-1], pattern]) > PATTERN_CHARACTERS - 30:
            patterns.append([])
        patterns[-1].append(pattern)
    return [f"(?i)^(?:{'|'.join(each)})(?::[0-9]+)?$" for each in patterns]


def _matches(pattern: str, where: Statement, transformed: list[Statement]) -> Statement:
    return {
        "RegexMatchStatement": {
            "RegexString": pattern,
            "FieldToMatch": where,
            "TextTransformations": transformed,
        }
    }


def _given(argument: str) -> Statement:
    """Requests whose query has the argument."""
    return {
        "SizeConstraintStatement": {
            "FieldToMatch": {"SingleQueryArgument": {"Name": argument}},
            "ComparisonOperator": "GT",
            "Size": 0,
            "TextTransformations": _AS_IT_IS,
        }
    }


# The dashboard with its pictures' upload and ajax, and the REST API, under either of its addresses.
DASHBOARD_STATEMENT: Statement = {
    "OrStatement": {
        "Statements": [
            _matches("^/wp-(admin|json)(/|$)", {"UriPath": {}}, _AS_NGINX),
            # The parameter means nothing to any other file, where it would only switch rules off.
            {
                "AndStatement": {
                    "Statements": [
                        _matches("^/(index[.]php)?$", {"UriPath": {}}, _AS_NGINX),
                        _given("rest_route"),
                    ]
                }
            },
        ]
    }
}
LOGIN_STATEMENT: Statement = {
    "AndStatement": {
        "Statements": [
            _matches("^/wp-login[.]php", {"UriPath": {}}, _AS_NGINX),
            _matches("^POST$", {"Method": {}}, _AS_IT_IS),
        ]
    }
}
_ADDRESS_AND_HOST: list[Statement] = [
    {"IP": {}},
    {"Header": {"Name": "host", "TextTransformations": _LOWER_CASE}},
]


def _rate(limit: int, keys: Statement) -> Statement:
    return {"RateBasedStatement": {"Limit": limit, "EvaluationWindowSec": WINDOW_SECONDS, **keys}}


def _challenged(group: str) -> WafRule:
    """Last, so that what is refused anyway costs no challenge."""
    rule = _rule("defended", {"RuleGroupReferenceStatement": {"ARN": group}}, {})
    del rule["Action"]
    return {**rule, "OverrideAction": {"None": {}}}


def _group(name: str, *, everywhere: bool) -> WafRule:
    group: Statement = {"VendorName": "AWS", "Name": name}
    if not everywhere:
        group["ScopeDownStatement"] = _not(_label(DASHBOARD))
    rule = _rule(name, {"ManagedRuleGroupStatement": group}, {})
    del rule["Action"]
    return {**rule, "OverrideAction": {"Count": {}}}


def _rule(name: str, statement: Statement, action: Statement) -> WafRule:
    return {
        "Name": name,
        "Statement": statement,
        "Action": action,
        "VisibilityConfig": {
            "SampledRequestsEnabled": True,
            "CloudWatchMetricsEnabled": True,
            "MetricName": name,
        },
    }


def _labelled(name: str, statement: Statement, label: str) -> WafRule:
    return {**_rule(name, statement, {"Count": {}}), "RuleLabels": [{"Name": label}]}


def _label(key: str, *, whole: bool = True) -> Statement:
    return {"LabelMatchStatement": {"Scope": "LABEL" if whole else "NAMESPACE", "Key": key}}


def _from(ip_sets: Sequence[str]) -> Statement:
    found = [{"IPSetReferenceStatement": {"ARN": arn}} for arn in ip_sets]
    return found[0] if len(found) == 1 else {"OrStatement": {"Statements": found}}


def _not(statement: Statement) -> Statement:
    return {"NotStatement": {"Statement": statement}}


def _without(statement: Statement, labels: Sequence[str]) -> Statement:
    if not labels:
        return statement
    return {"AndStatement": {"Statements": [statement, *(_not(_label(key)) for key in labels)]}}
