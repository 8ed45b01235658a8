"""The first password of each site's admin, in a file that only the user of the checkout reads."""

from __future__ import annotations

from simulator.local import secrets
from simulator.local.options import address
from simulator.local.place import Place
from simulator.services.ecs.rollout import SERVICE
from simulator.services.ecs.task_definitions import containers_of, known_definition
from simulator.world import Resource, World

ADDRESS, USER, PASSWORD = "WP_HOME", "FLEET_ADMIN_USER", "FLEET_ADMIN_PASSWORD"


def write(place: Place, world: World) -> None:
    """Writes `.local/passwords`: a line a site with address, user and password."""
    lines = [line for service in world.resources(SERVICE) for line in _of(world, place, service)]
    text = "".join(f"{line}\n" for line in sorted(lines))
    path = place.local / "passwords"
    if not path.exists() or path.read_text() != text:
        path.touch(mode=0o600)
        path.write_text(text)


def _of(world: World, place: Place, service: Resource) -> list[str]:
    definition = known_definition(world, service.props["taskDefinition"])
    for container in containers_of(definition) if definition else []:
        plain = {one["name"]: one["value"] for one in container.get("environment") or []}
        secret = {one["name"]: one["valueFrom"] for one in container.get("secrets") or []}
        if {ADDRESS, USER} <= plain.keys() and PASSWORD in secret:
            where = f"{address(plain[ADDRESS], place.port)}/wp-admin/"
            return [f"{where}  {plain[USER]}  {secrets.value(world, secret[PASSWORD])}"]
    return []
