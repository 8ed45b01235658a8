"""The PHP processes of a task."""

from __future__ import annotations

from fleet.site.size import Size

# As container/root/usr/local/bin/fleet-configure has them, in MiB and per vCPU: a site's own
# image may differ.
RESERVED_MEMORY = 192
WORKER_MEMORY = 64
WORKERS_A_VCPU = 16
FEWEST_WORKERS = 2
FEWEST_WORKERS_BY_CPU = 4


def php_workers(size: Size) -> int:
    """The PHP processes of a task, each of which may hold one database connection."""
    by_memory = (size.memory - RESERVED_MEMORY) // WORKER_MEMORY
    by_cpu = max(FEWEST_WORKERS_BY_CPU, size.cpu * WORKERS_A_VCPU // 1024)
    return max(FEWEST_WORKERS, min(by_memory, by_cpu))
