"""A DNS server on loopback: knot, with zones of the test's own."""

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import dns.rdatatype
from ephemeral_port_reserve import reserve

START_SECONDS = 20
LOOPBACK = "127.0.0.1"
_CONFIGURATION = """
server:
    rundir: "{folder}"
    listen: {address}@{port}
    pidfile: "{folder}/knot.pid"
database:
    storage: "{folder}/database"
log:
  - target: "{folder}/knot.log"
    any: info
template:
  - id: default
    storage: "{folder}"
    file: "%s.zone"
zone:
{zones}
"""
_HEAD = "$TTL 60\n@ IN SOA ns.invalid. hostmaster.invalid. 1 60 60 60 60\n@ IN NS ns.invalid.\n"


@contextmanager
def running_dns(folder: Path, zones: Mapping[str, str]) -> Iterator[str]:
    """Serves the zones, by name the lines of each; gives IP:PORT. Ended by its process id."""
    port = reserve()
    for name, lines in zones.items():
        (folder / f"{name}.zone").write_text(f"{_HEAD}{lines}\n")
    listed = "\n".join(f"  - domain: {name}" for name in zones)
    configuration = folder / "knot.conf"
    configuration.write_text(
        _CONFIGURATION.format(folder=folder, address=LOOPBACK, port=port, zones=listed)
    )
    process = subprocess.Popen(["/usr/sbin/knotd", "-c", str(configuration)])
    try:
        _wait_for(port, next(iter(zones)), process, folder / "knot.log")
        yield f"{LOOPBACK}:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, zone: str, process: subprocess.Popen[bytes], log: Path) -> None:
    question = dns.message.make_query(zone, dns.rdatatype.SOA)
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if dns.query.udp(question, LOOPBACK, timeout=1, port=port).answer:
                return
        except (dns.exception.Timeout, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"no DNS server at port {port}: {log.read_text() if log.exists() else ''}")
