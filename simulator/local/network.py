"""The checkout's network: hosts on it see each other and this machine, and nobody else."""

from __future__ import annotations

from docker.errors import APIError, NotFound
from docker.types import IPAMConfig, IPAMPool

from simulator.local.engine import Engine
from simulator.world import Resource, World

ADDRESS = "simulator:local/address:Address"
# Subnets that neither Docker nor Podman hands out by itself.
NUMBERS = range(30, 130)


def provide(engine: Engine) -> str:
    """Makes the network unless it is there. Returns the first two numbers of its addresses."""
    name = engine.place.name
    try:
        found = engine.client.api.inspect_network(name)
    except NotFound:
        for number in NUMBERS:
            if _made(engine, name, number):
                return f"10.{number}"
        raise
    subnet = found["IPAM"]["Config"][0]["Subnet"]
    return ".".join(subnet.split(".")[:2])


def _made(engine: Engine, name: str, number: int) -> bool:
    # Addresses are given from the lower half; ours, which outlive a stop, are in the upper.
    pool = IPAMPool(
        subnet=f"10.{number}.0.0/16", iprange=f"10.{number}.0.0/17", gateway=f"10.{number}.0.1"
    )
    try:
        engine.client.api.create_network(
            name,
            driver="bridge",
            ipam=IPAMConfig(pool_configs=[pool]),
            labels=engine.labels,
        )
    except APIError:
        return False
    return True


def fixed_address(world: World, prefix: str, key: str) -> str:
    """The address of a server that clients know by it: the same after each stop."""
    with world.change():
        found = world.get(ADDRESS, key)
        if found is None:
            number = world.count("local addresses")
            found = Resource(ADDRESS, key, key, key, {"number": number})
            world.write(found)
    number = int(found.props["number"])
    return f"{prefix}.{128 + number // 250}.{1 + number % 250}"
