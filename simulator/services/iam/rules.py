"""IAM: the size of a role's policies."""

from __future__ import annotations

from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for

ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
# "IAM and AWS STS quotas": all inline policies of a role together, white space not counted.
INLINE_POLICY_CHARACTERS = 10_240


@rules_for(ROLE_POLICY)
class RolePolicy(Rules):
    """A policy written into a role."""

    def create(self, call: Call) -> None:
        """All of a role's policies together have a limit."""
        others = {
            other.key: other.props["policy"]
            for other in call.world.find(ROLE_POLICY, role=call.props["role"])
        }
        others[call.key] = call.props["policy"]
        if sum(len("".join(text.split())) for text in others.values()) > INLINE_POLICY_CHARACTERS:
            raise AwsError(
                "LimitExceeded",
                f"Maximum policy size of {INLINE_POLICY_CHARACTERS} bytes exceeded for role "
                f"{call.props['role']}",
            )

    update = create
