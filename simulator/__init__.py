"""A simulated AWS account that the real Pulumi engine runs against; see docs/simulator.md.

from simulator import World, computed
"""

from __future__ import annotations

from simulator.crud import computed
from simulator.world import Resource, World

__all__ = ["Resource", "World", "computed"]
