"""Records, which stand in zones that somebody else made."""

from __future__ import annotations

from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for

ZONE = "aws:route53/zone:Zone"


@rules_for("aws:route53/record:Record")
class Record(Rules):
    """A record of a zone."""

    def create(self, call: Call) -> None:
        """Its name is the zone's or one below it."""
        zone = call.world.get(ZONE, str(call.props["zoneId"]))
        assert zone is not None
        name, within = str(call.props["name"]), str(zone.props["name"])
        if name != within and not name.endswith(f".{within}"):
            raise AwsError(
                "InvalidChangeBatch",
                f"[RRSet with DNS name {name}. is not permitted in zone {within}.]",
            )
