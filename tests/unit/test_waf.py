"""The firewall's rules: what they cost, whom they leave alone, and in which order they judge."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from fleet.quotas import WEB_ACL_UNITS
from fleet.settings.waf import WafSettings
from fleet.settings.waf_rules import DASHBOARD_STATEMENT, LOGIN_STATEMENT, hosts_statement
from fleet.settings.waf_rules import web_acl_rules as rules_of
from simulator.services.wafv2.rules import units

ARN = "arn:aws:wafv2:us-east-1:123456789012:regional/ipset/base-waf"
LISTS = {
    f"{name}-ipv{version}": f"{ARN}-{name}-ipv{version}/{version}"
    for name in ("allow", "deny")
    for version in (4, 6)
}
GROUP = "arn:aws:wafv2:us-east-1:123456789012:regional/rulegroup/base-waf/1"
FULL = rules_of(WafSettings(), ["a.example", "*.b.example"], LISTS, GROUP)


def holds(
    statement: dict[str, Any], uri: str, method: str = "GET", host: str = "a.example"
) -> bool:
    """Evaluates a statement as AWS documents its parts."""
    ((kind, content),) = statement.items()
    nested = [holds(each, uri, method, host) for each in content.get("Statements", [])]
    if kind == "OrStatement":
        return any(nested)
    if kind == "AndStatement":
        return all(nested)
    path, _, query = uri.partition("?")
    ((where, detail),) = content["FieldToMatch"].items()
    if where == "SingleQueryArgument":
        value = (parse_qs(query).get(detail["Name"]) or [""])[0]
        assert kind == "SizeConstraintStatement"
        return len(value) > content["Size"]
    value = {"UriPath": path, "Method": method, "SingleHeader": host}[where]
    for each in content["TextTransformations"]:
        value = {
            "NONE": str,
            "URL_DECODE": unquote,
            "NORMALIZE_PATH": _normalised,
            "LOWERCASE": str.lower,
        }[each["Type"]](value)
    return re.search(content["RegexString"], value) is not None


def _normalised(path: str) -> str:
    kept: list[str] = []
    for part in path.split("/"):
        if part == ".." and kept:
            kept.pop()
        elif part not in ("", ".", ".."):
            kept.append(part)
    return "/" + "/".join(kept) + ("/" if path.endswith("/") and kept else "")


# What the dashboard and the block editor of WordPress 6.9 send while somebody writes a post with
# pictures, changes the design, sets up a plugin and looks at the result.
EDITOR = [
    ("GET", "/wp-admin/"),
    ("GET", "/wp-admin/post-new.php?post_type=page"),
    ("POST", "/wp-admin/post.php"),
    ("POST", "/wp-admin/admin-ajax.php"),
    ("POST", "/wp-admin/async-upload.php"),
    ("POST", "/wp-admin/plugins.php?action=upload-plugin"),
    ("GET", "/wp-admin/load-scripts.php?c=1&load%5Bchunk_0%5D=jquery-core,wp-hooks,wp-i18n"),
    ("GET", "/wp-admin/site-editor.php?p=%2Fwp_template"),
    ("POST", "/wp-admin/options.php"),
    ("POST", "/wp-admin/nav-menus.php"),
    ("POST", "/wp-admin/theme-editor.php"),
    ("POST", "/wp-json/wp/v2/posts/12?_locale=user"),
    ("PUT", "/wp-json/wp/v2/posts/12/autosaves?_locale=user"),
    ("POST", "/wp-json/wp/v2/media"),
    ("POST", "/wp-json/wp/v2/global-styles/5"),
    ("POST", "/wp-json/batch/v1"),
    ("GET", "/wp-json/oembed/1.0/proxy?url=https%3A%2F%2Fvideo.example%2Fwatch%3Fv%3D1"),
    ("POST", "/?rest_route=%2Fwp%2Fv2%2Fposts%2F12&_locale=user"),
    ("POST", "/index.php?rest_route=%2Fwp%2Fv2%2Fmedia"),
]
VISITORS = [
    ("GET", "/"),
    ("GET", "/?s=select"),
    ("GET", "/2026/wp-admin/"),
    ("GET", "/wp-administrator/"),
    ("POST", "/wp-comments-post.php"),
    ("POST", "/wp-login.php"),
    ("GET", "/wp-content/plugins/form/handler.php?rest_route=1"),
    ("GET", "/wp-admin/../?id=1"),
    ("GET", "/wp-admin/%2e%2e/?id=1"),
    ("GET", "/wp-admin%2f..%2f?id=1"),
    ("GET", "/?rest_route="),
]


@pytest.mark.parametrize(("method", "uri"), EDITOR)
def test_what_an_editor_sends_is_left_to_the_dashboard(method: str, uri: str) -> None:
    assert holds(DASHBOARD_STATEMENT, uri, method)


@pytest.mark.parametrize(("method", "uri"), VISITORS)
def test_what_visitors_send_is_judged(method: str, uri: str) -> None:
    assert not holds(DASHBOARD_STATEMENT, uri, method)


def test_groups_that_look_into_bodies_leave_the_dashboard_out() -> None:
    left_out = {
        rule["Name"]: "ScopeDownStatement" in rule["Statement"]["ManagedRuleGroupStatement"]
        for rule in FULL
        if "ManagedRuleGroupStatement" in rule["Statement"]
    }
    assert {name for name, out in left_out.items() if not out} == {
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesWordPressRuleSet",
    }
    assert len(left_out) == 6


@pytest.mark.parametrize(
    ("method", "uri", "tries"),
    [
        ("POST", "/wp-login.php", True),
        ("POST", "//wp-login.php", True),
        ("POST", "/wp-login%2ephp?action=lostpassword", True),
        ("GET", "/wp-login.php", False),
        ("POST", "/blog/", False),
    ],
)
def test_a_log_in_is_told_from_a_look_at_its_form(method: str, uri: str, *, tries: bool) -> None:
    assert holds(LOGIN_STATEMENT, uri, method) is tries


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("a.example", True),
        ("A.example:443", True),
        ("x.b.example", True),
        ("b.example", False),
        ("aXexample", False),
        ("a.example.evil.test", False),
    ],
)
def test_a_counted_site_is_told_by_its_hosts(host: str, *, counted: bool) -> None:
    statement = hosts_statement(["a.example", "*.b.example"])
    assert holds(statement, "/", host=host) is counted


def test_many_hosts_fill_several_patterns() -> None:
    hosts = [f"{'h' * 50}-{number}.example" for number in range(20)]
    statement = hosts_statement(hosts)
    patterns = [
        each["RegexMatchStatement"]["RegexString"]
        for each in statement["OrStatement"]["Statements"]
    ]
    assert max(map(len, patterns)) <= 512
    assert all(holds(statement, "/", host=host) for host in hosts)


def test_all_rules_fit_at_the_price_of_a_request() -> None:
    assert sum(units(rule["Statement"]) for rule in FULL) <= WEB_ACL_UNITS


def test_the_order_is_lists_labels_groups_refusal_limits() -> None:
    names = [rule["Name"] for rule in FULL]
    assert names[:4] == ["allow", "deny", "counted", "dashboard"]
    assert names[-4:] == ["refused", "logins", "requests", "defended"]
    assert [rule["Priority"] for rule in FULL] == list(range(len(FULL)))


def test_count_refuses_nobody() -> None:
    counting = rules_of(
        WafSettings(mode="count"),
        (),
        {name: arn for name, arn in LISTS.items() if name.startswith("deny")},
    )
    assert "Block" not in str(counting)
    assert "Block" in str(rules_of(WafSettings(), (), {}))


def test_awss_own_model_takes_the_rules() -> None:
    model = ServiceModel(Loader().load_service_model("wafv2", "service-2"), "wafv2")
    shape = model.operation_model("CreateWebACL").input_shape
    seen = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "a"}
    given = {
        "Name": "acl",
        "Scope": "REGIONAL",
        "DefaultAction": {"Allow": {}},
        "VisibilityConfig": seen,
        "Rules": FULL,
    }
    assert shape is not None
    assert not ParamValidator().validate(given, shape).has_errors()
