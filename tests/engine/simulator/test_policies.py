"""Policy documents that AWS would refuse, or that grant nothing they name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator import policies
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import RefusedError
from tests.engine.simulator.names import policy
from tests.engine.simulator.samples import Samples

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:blog-abc"  # noqa: S105 - an ARN
READ = {"Action": "secretsmanager:GetSecretValue", "Resource": SECRET}
BAD: dict[str, tuple[str, str]] = {
    "unknown action": (policy(Action="s3:GetObjec", Resource="*"), "UNKNOWN_ACTION"),
    "unknown service": (policy(Action="s4:GetObject", Resource="*"), "UNKNOWN_PREFIX"),
    "resource of another service": (
        policy(Action="secretsmanager:GetSecretValue", Resource="arn:aws:s3:::blog/*"),
        "RESOURCE_MISMATCH",
    ),
    "no resource": (policy(Action="s3:GetObject"), "MALFORMED"),
    "no statement": (json.dumps({"Version": "2012-10-17"}), "MALFORMED"),
    "no version": (json.dumps({"Statement": [{"Effect": "Allow", **READ}]}), "NO_VERSION"),
    "wrong effect": (policy(**{**READ, "Effect": "Permit"}), "MALFORMED"),
    "invalid ARN": (policy(**{**READ, "Resource": "blog"}), "INVALID_ARN"),
    "unknown operator": (
        policy(**READ, Condition={"StringMatches": {"aws:SourceVpc": "x"}}),
        "UNKNOWN_OPERATOR",
    ),
    "principal in a role's policy": (policy(**READ, Principal="*"), "should not specify"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_policy_of_a_role_is_refused(samples: Samples, case: str) -> None:
    text, words = BAD[case]
    with pytest.raises(RefusedError, match="MalformedPolicyDocument") as caught:
        samples.make(a.ROLE_POLICY, policy=text)
    assert words in str(caught.value)


def test_each_service_has_its_own_word_for_it(samples: Samples) -> None:
    text = policy(Principal={"AWS": "*"}, Action="s3:GetObjec", Resource="*")
    for token, code in (
        ("aws:efs/fileSystemPolicy:FileSystemPolicy", "InvalidPolicyException"),
        ("aws:s3/bucketPolicy:BucketPolicy", "MalformedPolicy"),
        (a.ROLE, "MalformedPolicyDocument"),
        (a.SECRET, "MalformedPolicyDocumentException"),
    ):
        name = "assumeRolePolicy" if token == a.ROLE else "policy"
        with pytest.raises(RefusedError, match=f"{code}: "):
            samples.make(token, **{name: text})


def test_who_may_take_a_role_must_be_said(samples: Samples) -> None:
    with pytest.raises(RefusedError, match="missing required field Principal"):
        samples.make(a.ROLE, assumeRolePolicy=policy(Action="sts:AssumeRole"))


def test_advice_is_no_refusal(samples: Samples) -> None:
    samples.make(a.ROLE_POLICY, policy=policy(Action="s3:*", Resource="*"))
    samples.make(a.ROLE_POLICY, policy=policy(Action="iam:PassRole", Resource="*"))


def test_a_document_is_examined_once(samples: Samples, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Any] = []

    def look(text: str, kind: str) -> list[str]:
        looked.append((text, kind))
        return []

    monkeypatch.setattr(policies, "findings", look)
    text = policy(**READ)
    for _ in range(3):
        samples.make(a.ROLE_POLICY, policy=text)
    assert looked.count((text, "identity")) == 1
