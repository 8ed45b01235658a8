"""The ends of a container: asked to stop under load, killed, or losing one of its processes."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import psutil
import pytest

from tests.runtime.conftest import MakeSite
from tests.runtime.stage import plain_http
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.site import Replica, StagedSite

# A page that takes a second when asked to, so that a stop finds requests in flight.
SLOW = "<?php if ( isset( $_GET['slow'] ) ) { usleep( 1000000 ); }"
CLIENTS = 6


@pytest.fixture
def site(make_site: MakeSite) -> StagedSite:
    site = make_site(mode="content", knobs={"FLEET_PAGE_CACHE": "off"})
    (site.mount / "mu-plugins").mkdir()
    (site.mount / "mu-plugins/slow.php").write_text(SLOW)
    return site


@dataclass
class Counts:
    """What clients met. `refused` never reached a server, so a load balancer tries another."""

    complete: int = 0
    refused: int = 0
    broken: list[str] = field(default_factory=list)


def ask(site: StagedSite, replica: Replica, counts: Counts) -> bool:
    """One request. Returns whether the replica still listens."""
    url = f"http://{replica.address}/?slow"
    try:
        answer = plain_http.ask(url, headers={"Host": site.host})
    except httpx.ConnectError:
        counts.refused += 1
        return False
    except httpx.TransportError as error:
        counts.broken.append(repr(error))
    else:
        if answer.status_code == httpx.codes.OK and "</html>" in answer.text:
            counts.complete += 1
        else:
            counts.broken.append(f"{answer.status_code} {answer.text[:200]}")
    return True


def test_sigterm_under_load_fails_no_request(site: StagedSite) -> None:
    replica = site.replica(FLEET_DRAIN_SECONDS="2")
    counts = Counts()

    def client() -> None:
        while ask(site, replica, counts):
            pass

    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(CLIENTS):
            pool.submit(client)
        wait_until(lambda: counts.complete >= CLIENTS, "the load runs")
        at_stop = counts.complete
        replica.container.signal(signal.SIGTERM)
        assert replica.container.wait() == 0
    assert counts.broken == []
    # What was in flight at the signal was answered, and so was what came while it drained.
    assert counts.complete >= at_stop + CLIENTS
    assert counts.refused == CLIENTS
    assert "draining for 2 s" in replica.container.output()


class Proxy:
    """Hands requests to replicas in turn, and to the next one when a connection is refused."""

    def __init__(self, site: StagedSite, replicas: list[Replica]) -> None:
        self.site, self.replicas = site, replicas
        self.counts = {replica.address: Counts() for replica in replicas}
        self.in_flight = {replica.address: 0 for replica in replicas}
        self._lock = threading.Lock()

    def ask(self, number: int) -> None:
        for replica in self.replicas[number % 2 :] + self.replicas[: number % 2]:
            self._count(replica, 1)
            try:
                if ask(self.site, replica, self.counts[replica.address]):
                    return
            finally:
                self._count(replica, -1)
        raise AssertionError("no replica took the request")

    def _count(self, replica: Replica, step: int) -> None:
        with self._lock:
            self.in_flight[replica.address] += step


def test_sigkill_costs_only_what_was_in_flight_there(site: StagedSite) -> None:
    victim, survivor = site.replica(), site.replica()
    proxy = Proxy(site, [victim, survivor])
    done = threading.Event()

    def client(number: int) -> None:
        while not done.is_set():
            proxy.ask(number)
            number += 1

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(client, number) for number in range(CLIENTS)]
        try:
            wait_until(lambda: proxy.counts[victim.address].complete >= CLIENTS, "the load runs")
            wait_until(lambda: proxy.in_flight[victim.address] > 0, "requests are in flight")
            in_flight = proxy.in_flight[victim.address]
            victim.container.kill()
            before = proxy.counts[survivor.address].complete
            wait_until(
                lambda: proxy.counts[survivor.address].complete > before + CLIENTS,
                "the other serves",
            )
        finally:
            done.set()
        for running in clients:
            running.result()
    broken = len(proxy.counts[victim.address].broken)
    # Each client has one request under way; and PHP may die a moment before nginx, which answers
    # the next one with an error.
    assert broken <= in_flight + 2 * CLIENTS
    assert proxy.counts[survivor.address].broken == []
    print(f"{broken} requests failed, {in_flight} were in flight")


@pytest.mark.parametrize(
    "name", ["nginx: master", "php-fpm: master", "fleet-code", "fleet-page-cache"]
)
def test_container_ends_when_a_process_ends(make_site: MakeSite, name: str) -> None:
    site = make_site()
    replica = site.replica()
    processes = psutil.Process(replica.container.pid).children(recursive=True)
    victim = next(p for p in processes if name in " ".join(p.cmdline()))
    victim.kill()
    assert replica.container.wait() == 1
    ended = name.split(":")[0]
    assert f"fleet-serve: {ended} ended with status 137" in replica.container.output()


def test_idle_container_stops_soon(site: StagedSite) -> None:
    replica = site.replica(FLEET_DRAIN_SECONDS="0")
    begun = time.monotonic()
    replica.container.signal(signal.SIGTERM)
    assert replica.container.wait() == 0
    # The Spot notice is two minutes.
    assert time.monotonic() - begun < 60
