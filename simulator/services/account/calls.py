"""Who asks: the account's only user."""

from __future__ import annotations

from typing import Any

from simulator.calls import answers
from simulator.outputs import ACCOUNT
from simulator.world import World


@answers("sts", "GetCallerIdentity")
def get_caller_identity(_: World, params: dict[str, Any]) -> dict[str, Any]:
    return {"UserId": "simulated", "Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/local"}
