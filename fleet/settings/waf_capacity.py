"""The capacity units of a web ACL's rules, by which AWS WAF bounds and prices it."""

from __future__ import annotations

from fleet.settings.waf_defence import GROUP_UNITS
from fleet.settings.waf_rules import Statement

# "AWS WAF web ACL capacity units", and the pages of AWS's groups.
_GROUPS = {
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesPHPRuleSet": 100,
    "AWSManagedRulesWordPressRuleSet": 100,
    "AWSManagedRulesAmazonIpReputationList": 25,
}
_UNITS = {
    "IPSetReferenceStatement": 1,
    "LabelMatchStatement": 1,
    "SizeConstraintStatement": 1,
    "RegexMatchStatement": 3,
    "RateBasedStatement": 2,
    # What the group was made with, whatever is in it.
    "RuleGroupReferenceStatement": GROUP_UNITS,
}
_A_TRANSFORMATION, _A_KEY = 10, 30


def units(statement: Statement) -> int:
    """The capacity units of a statement with all that is nested in it."""
    ((kind, content),) = statement.items()
    found = _UNITS.get(kind, 0) + _GROUPS.get(content.get("Name", ""), 0)
    found += _A_KEY * len(content.get("CustomKeys", []))
    found += _A_TRANSFORMATION * sum(
        each["Type"] != "NONE" for each in content.get("TextTransformations", [])
    )
    nested: list[Statement] = list(content.get("Statements", []))
    nested += [content[name] for name in ("Statement", "ScopeDownStatement") if name in content]
    return found + sum(units(each) for each in nested)
