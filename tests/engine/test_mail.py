"""An environment that sends mail and tells of failures: made, changed and removed on the engine."""

from pathlib import Path

from tests.engine.checkout import IMAGE, Checkout
from tests.engine.fleets import PLAIN, site
from tests.engine.network import make_network

SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
# Of AWS's services that nothing else of a fleet uses.
OF_MAIL = ("aws:sesv2/", "aws:sns/")
OF_ALARMS = ("aws:cloudwatch/metricAlarm", "aws:cloudwatch/event", "aws:sns/")


def names(fleet: Checkout, beginnings: tuple[str, ...]) -> set[str]:
    """Types and names of what the stack has of these services."""
    return {
        f"{row['type'].rpartition(':')[2]} {urn.rpartition('::')[2]}"
        for urn, row in fleet.resources().items()
        if row["type"].startswith(beginnings)
    }


def test_mail_and_alarms_come_and_go(tmp_path: Path) -> None:
    fleet = Checkout.make(tmp_path / "checkout")
    fleet.set(image=IMAGE, network=make_network(fleet.world), environment="prod")
    fleet.set(mail={"domain": "mail.example.com"}, alarms={"email": "ann@example.com"})
    fleet.write_sites(PLAIN)
    fleet.up()
    shared = names(fleet, OF_MAIL)
    assert {"EmailIdentity base-mail", "Tenant anchor-mail", "Topic base-alarms"} <= shared
    assert "TenantResourceAssociation anchor-mail-shared" in shared
    assert {"MetricAlarm base-dead-letters", "EventTarget base-failed-tasks"} <= names(
        fleet, OF_ALARMS
    )

    # Another mailbox, and a site with a domain of its own: nothing else is touched.
    fleet.set(alarms={"email": "bob@example.com"})
    fleet.write_sites({"anchor": site("anchor", mail={"from": "web@anchor.example.com"})})
    changed = fleet.up()
    assert (SUBSCRIPTION, "base-alarms") in changed.of("replace", "create-replacement")
    assert {name for _, name in changed.of("create")} == {"anchor-mail", "anchor-mail-own"}
    assert {name for _, name in changed.of("update", "replace")} <= {
        *("anchor", "anchor-task", "base-alarms")
    }
    own = fleet.world.named("aws:sesv2/emailIdentity:EmailIdentity", "anchor-mail").props
    assert own["emailIdentity"] == "anchor.example.com"

    fleet.set(mail=None, alarms=None)
    fleet.write_sites(PLAIN)
    fleet.up()
    assert names(fleet, OF_MAIL) | names(fleet, OF_ALARMS) == set()
    assert fleet.up().steps == ()
