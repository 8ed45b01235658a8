"""Policy documents: which are equal, and which AWS would refuse.

`parliament` finds what is wrong with a document. It takes a fifth of a second to import, so it is
loaded when the first unseen document comes, and what it found is kept in the world.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from functools import cache
from typing import Any

from simulator.errors import AwsError
from simulator.world import World

# What parliament reports that makes AWS refuse a document or makes it grant nothing that it
# names. The others are advice (a wide action, a privilege escalation, a permission boundary).
ERRORS = frozenset(
    {
        *("EXCEPTION", "MALFORMED_JSON", "MALFORMED", "NO_VERSION", "INVALID_VERSION"),
        *("OLD_VERSION", "INVALID_SID", "DUPLICATE_SID", "INVALID_ARN", "UNKNOWN_ACTION"),
        *("UNKNOWN_PREFIX", "UNKNOWN_PRINCIPAL", "UNKNOWN_FEDERATION_SOURCE", "UNKNOWN_OPERATOR"),
        *("UNKNOWN_CONDITION_FOR_ACTION", "MISMATCHED_TYPE", "MISMATCHED_TYPE_OPERATION_TO_NULL"),
        *("BAD_PATTERN_FOR_MFA", "RESOURCE_MISMATCH"),
    }
)
TENANT_NAME = "ses:TenantName"
_OF_TENANTS = (
    *("CreateTenant", "DeleteTenant", "GetTenant", "ListTenantResources"),
    *("CreateTenantResourceAssociation", "DeleteTenantResourceAssociation"),
)
_ANYTHING = {"resource_type": "", "condition_keys": [], "dependent_actions": []}
_LISTS = ("Action", "NotAction", "Resource", "NotResource")


def canonical_policy(text: str) -> Any:
    """A document in the form in which AWS compares: lists sorted, single values as lists."""
    document = json.loads(text)
    statements = document.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    return {
        **document,
        "Statement": sorted((_statement(entry) for entry in statements), key=json.dumps),
    }


def trusted_services(text: str) -> set[str]:
    """The services of AWS that a trust policy lets assume its role."""
    statements = json.loads(text).get("Statement", [])
    found: set[str] = set()
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement["Principal"]
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        found.update(services if isinstance(services, list) else [services])
    return found


def _statement(entry: dict[str, Any]) -> dict[str, Any]:
    entry = dict(entry)
    for name in _LISTS:
        if name in entry:
            entry[name] = _sorted(entry[name])
    if isinstance(entry.get("Principal"), dict):
        entry["Principal"] = {k: _sorted(v) for k, v in sorted(entry["Principal"].items())}
    for operator, tests in entry.get("Condition", {}).items():
        entry["Condition"] = {
            **entry["Condition"],
            operator: {key: _sorted(value) for key, value in sorted(tests.items())},
        }
    return dict(sorted(entry.items()))


def _sorted(value: Any) -> list[str]:
    return sorted(map(str, value)) if isinstance(value, list) else [str(value)]


def same_policy(old: Any, new: Any) -> bool:
    """Whether two documents say the same."""
    try:
        return canonical_policy(old) == canonical_policy(new)
    except (TypeError, ValueError, AttributeError):
        return old == new


def refuse_bad_policy(world: World, text: str, kind: str, code: str) -> None:
    """AwsError with the code when a document isn't one that works.

    kind: `identity` (a role's own policy), `resource` or `trust` (with principals).
    """
    digest = hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()
    found = world.verdict(digest)
    if found is None:
        found = findings(text, kind)
        world.remember(digest, found)
    if found:
        raise AwsError(code, "; ".join(found))


@cache
def judge() -> Any:
    """parliament, with what AWS has made since its list was: SES's tenants of August 2025."""
    with warnings.catch_warnings(action="ignore"):  # it still uses pkg_resources
        import parliament

    for service in parliament.iam_definition:
        if service["prefix"] == "ses":
            service["conditions"].append({"condition": TENANT_NAME, "type": "String"})
            for privilege in service["privileges"]:
                if privilege["privilege"] in ("SendEmail", "SendRawEmail"):
                    privilege["resource_types"][-1]["condition_keys"].append(TENANT_NAME)
            service["privileges"] += [
                {"privilege": name, "access_level": "Write", "resource_types": [_ANYTHING]}
                for name in _OF_TENANTS
            ]
    return parliament


def findings(text: str, kind: str) -> list[str]:
    """What is wrong with a document, in parliament's words."""
    parliament = judge()
    document = json.loads(text)
    if not isinstance(document, dict) or not document.get("Statement"):
        return ["MALFORMED - the document has no statement"]
    problems = _principal_problems(document, kind)
    if kind == "trust":
        text = json.dumps(_about_a_role(document))
    analysis = parliament.analyze_policy_string(text)
    for finding in analysis.findings:
        if finding.issue in ERRORS and not _noise(finding, kind):
            problems.append(f"{finding.issue} - {finding.detail}")
    return problems


def _principal_problems(document: dict[str, Any], kind: str) -> list[str]:
    statements = document["Statement"]
    statements = statements if isinstance(statements, list) else [statements]
    has = [("Principal" in entry or "NotPrincipal" in entry) for entry in statements]
    if kind == "identity" and any(has):
        return ["MALFORMED - policy document should not specify a principal"]
    if kind != "identity" and not all(has):
        return ["MALFORMED - missing required field Principal"]
    return []


def _about_a_role(document: dict[str, Any]) -> dict[str, Any]:
    """A trust policy with the resource that it leaves out, the role: parliament asks for one."""
    statements = document["Statement"]
    statements = statements if isinstance(statements, list) else [statements]
    return {**document, "Statement": [{**entry, "Resource": "*"} for entry in statements]}


def _noise(finding: Any, kind: str) -> bool:
    """Findings that hold for identity policies only: others need no resource, or name it freely."""
    return kind == "trust" and finding.issue == "RESOURCE_MISMATCH"
