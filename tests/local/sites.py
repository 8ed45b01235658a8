"""The sites of the fleet that really runs."""

from typing import Any


def one(name: str, **fields: Any) -> dict[str, Any]:
    """A small site of one task."""
    return {
        "domains": [f"{name}.example.com"],
        "database": {"placement": "shared"},
        "scaling": {"min": 1, "max": 1},
        "health": {"grace": 20},
        **fields,
    }


def on_spot(**fields: Any) -> dict[str, Any]:
    """`blog`: two tasks, all on Spot."""
    own = {
        "title": "The Blog",
        "scaling": {"min": 2, "max": 2},
        "capacity": {"on_demand_base": 0, "on_demand_weight": 0},
    }
    return one("blog", **{**own, **fields})


SITES = {
    "blog": on_spot(),
    "shop": one(
        "shop",
        # No container uses more CPU than its share, so that visitors alone make it two: one in each
        # of three minutes, which are seconds here.
        scaling={"min": 1, "max": 2, "cpu": 100, "requests": 30, "cooldown": 0},
        jobs={"greet": {"command": ["echo", "the clock"], "schedule": "cron(0 3 1 1 ? *)"}},
    ),
}
