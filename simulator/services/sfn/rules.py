"""Step Functions: a definition that is one, and a role that it may have."""

from __future__ import annotations

import json
from typing import Any

from simulator.errors import AwsError
from simulator.policies import trusted_services
from simulator.rules import Call, Rules, rules_for

STATE_MACHINE = "aws:sfn/stateMachine:StateMachine"
ROLE = "aws:iam/role:Role"

_SERVICE = "states.amazonaws.com"


@rules_for(STATE_MACHINE)
class StateMachine(Rules):
    """States, and the role that they act as."""

    def create(self, call: Call) -> None:
        """Every state that is named is there, and Step Functions may assume the role."""
        _check_states(json.loads(call.props["definition"]))
        found = call.world.find(ROLE, arn=call.props["roleArn"])
        if not found or _SERVICE not in trusted_services(found[0].props["assumeRolePolicy"]):
            raise AwsError(
                "AccessDeniedException",
                f"Neither the global service principal {_SERVICE}, nor the regional one is "
                "authorized to assume the provided role.",
            )

    update = create


def _check_states(definition: dict[str, Any]) -> None:
    states = definition.get("States", {})
    named = {definition.get("StartAt")}
    for state in states.values():
        branches = [state, *state.get("Choices", []), *state.get("Catch", [])]
        named |= {each["Next"] for each in branches if "Next" in each}
        named |= {state["Default"]} if "Default" in state else set()
    if missing := named - states.keys():
        raise AwsError(
            "InvalidDefinition",
            f"Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: {missing}'",
        )
