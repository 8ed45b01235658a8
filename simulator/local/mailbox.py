"""The mails that the sites caught, as pages: served to the load balancer on a socket."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, cast

from fleet.cli.page_server import Socket
from fleet.cli.views.mail_page import HOST, POLICY, mail_page, sites_page
from fleet.operations.live.logs import log_line
from fleet.operations.live.mail import PATTERN, mail_events
from simulator.local import logs
from simulator.local.engine import connect
from simulator.local.place import Place
from simulator.world import World

SOCKET = "mail.sock"  # in the balancer's folder


def address(port: int, site: str) -> str:
    """Of the page of a site's mails; `port`: of the load balancer."""
    return f"http://{HOST}:{port}/{site}"


@dataclass(frozen=True)
class Mailbox:
    """Of all sites whose containers are there."""

    place: Place

    def open(self) -> None:
        """From now on the pages are served, as long as this process lives."""
        path = self.place.room("balancer") / SOCKET
        server = Socket(path, self.page, POLICY)
        threading.Thread(target=server.serve_forever, name="mails", daemon=True).start()

    def page(self, path: str) -> str | None:
        """The list of sites, or the mails of `/SITE`."""
        groups = {group.rpartition("/")[2]: group for group in self._groups()}
        site = path.strip("/")
        if not site:
            return sites_page(groups)
        return self._mails(site, groups[site]) if site in groups else None

    def _groups(self) -> set[str]:
        engine = connect(self.place)
        try:
            labels = [one["Labels"] for one in engine.containers()]
        finally:
            engine.close()
        return {one[logs.GROUP_LABEL] for one in labels if logs.GROUP_LABEL in one}

    def _mails(self, site: str, group: str) -> str:
        world = World(self.place.world)
        try:
            found = logs.events(world, {"logGroupName": group, "filterPattern": PATTERN})
        finally:
            world.close()
        lines = (log_line(cast("Any", event)) for event in found)
        return mail_page(site, mail_events(lines))
