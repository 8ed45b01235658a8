"""The PHP processes of a task, and the memory that each may use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from fleet.site.group import Found, Group
from fleet.site.size import Size

if TYPE_CHECKING:
    from fleet.site.model import Site

# As container/root/usr/local/share/fleet/memory.php has them, in MiB and per vCPU, with their
# reasons: a site's own image may differ.
RESERVED_MEMORY = 208
BESIDE = 12
WORKERS_A_VCPU = 16
FEWEST_WORKERS_BY_CPU = 4
PART, LEAST, MOST = 8, 64, 256
WORKERS_FOR_TWO = 8
LEAST_FOR_PAGES = 2
JIT = 32

_LIMITS = ("WP_MEMORY_LIMIT", "WP_MAX_MEMORY_LIMIT")
_MIB = {"K": 1 / 1024, "M": 1, "G": 1024}


def request_memory(size: Size, env: Mapping[str, str]) -> int:
    """MiB that a request may use: what the site says, or a part of the task's memory."""
    asked = int(env.get("FLEET_PHP_MEMORY") or 0)
    part = min(MOST, max(LEAST, size.memory // PART))
    return asked or max(part, *(_mib(env.get(name, "")) for name in _LIMITS))


def php_workers(size: Size, env: Mapping[str, str], *, events: bool) -> int:
    """The PHP processes of a task, each of which may hold one database connection.

    One of them is for cron's `events`, where the task runs them.
    """
    fit, long = _that_fit(size, env)
    room = fit - long - (events and fit - long > LEAST_FOR_PAGES)
    by_cpu = max(FEWEST_WORKERS_BY_CPU, size.cpu * WORKERS_A_VCPU // 1024)
    return events + long + (int(env.get("FLEET_WORKERS") or 0) or max(1, min(room, by_cpu)))


def workers_of(site: Site) -> int:
    """The PHP processes of one of the site's tasks."""
    return php_workers(site.size, site.env, events=site.cron.in_serving_tasks is not None)


def _that_fit(size: Size, env: Mapping[str, str]) -> tuple[int, int]:
    """All that fit into the task's memory, and how many of them are for what takes long."""
    left = size.memory - RESERVED_MEMORY - (JIT if env.get("FLEET_PHP_JIT") == "on" else 0)
    fit = left // (request_memory(size, env) + BESIDE)
    return fit, 2 if fit >= WORKERS_FOR_TWO else 1


def _mib(text: str) -> int:
    """As PHP reads a quantity, such as 256M; 0 for what it would not take."""
    found = re.fullmatch(r"\s*(\d+)\s*([KMG]?)\s*", text.upper())
    return int(int(found[1]) * _MIB.get(found[2], 1 / 2**20)) if found else 0


def _more_than_fit(site: Site) -> Found:
    memory = request_memory(site.size, site.env)
    fit, _ = _that_fit(site.size, site.env)
    # The one for events is the first that the kernel would end.
    wanted = php_workers(site.size, site.env, events=False)
    if wanted > fit:
        name = next(
            (name for name in ("FLEET_WORKERS", "FLEET_PHP_MEMORY", *_LIMITS) if name in site.env),
            "",
        )
        yield (
            ("env", name) if name else ("size", "memory"),
            f"{wanted} PHP workers of {memory} MiB do not fit into {site.size.memory} MiB: when "
            f"all are heavy at once, the kernel kills some in mid-request; {max(fit, 0)} fit",
        )


GROUP = Group(warnings=(_more_than_fit,))
