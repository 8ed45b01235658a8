"""CloudWatch Logs: groups that are kept or protected."""

from __future__ import annotations

from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for


@rules_for("aws:cloudwatch/logGroup:LogGroup")
class LogGroup(Rules):
    """A log group."""

    def delete(self, call: Call) -> None:
        """Not a protected one; with skipDestroy the provider only forgets it."""
        if call.props.get("skipDestroy"):
            call.keeps = True
        elif call.props.get("deletionProtectionEnabled"):
            raise AwsError("ValidationException", "The log group has deletion protection enabled")
