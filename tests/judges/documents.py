"""parliament's word on every policy document of a template."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from simulator import policies

# Where a document stands in a type's properties, and what kind it is.
PLACES = {
    "AWS::EC2::VPCEndpoint": ("PolicyDocument", "resource"),
    "AWS::EFS::FileSystem": ("FileSystemPolicy", "resource"),
    "AWS::IAM::Role": ("AssumeRolePolicyDocument", "trust"),
    "AWS::IAM::RolePolicy": ("PolicyDocument", "identity"),
    "AWS::S3::BucketPolicy": ("PolicyDocument", "resource"),
}


def problems(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Check and words of everything that is wrong or unwise in a resource's document."""
    if resource["Type"] not in PLACES:
        return
    place, kind = PLACES[resource["Type"]]
    document = resource["Properties"].get(place)
    if document is None:
        return
    for words in policies.findings(json.dumps(document), kind):
        yield words.partition(" ")[0], words
    if kind == "identity":
        yield from _advice(document)


def _advice(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What makes no document wrong, but grants more than it should."""
    with warnings.catch_warnings(action="ignore"):  # it still uses pkg_resources
        import parliament

    analysis = parliament.analyze_policy_string(
        json.dumps(document), include_community_auditors=True
    )
    for finding in analysis.findings:
        if finding.issue not in policies.ERRORS:
            yield finding.issue, f"{finding.issue} {finding.detail}"
