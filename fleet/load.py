"""From sites.yaml to the sites of one environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fleet.model import Site
from fleet.settings import Settings


@dataclass(frozen=True, slots=True)
class Fleet:
    """All sites of the file as they run in one environment, sorted by name."""

    sites: tuple[Site, ...]

    def in_cell(self, cell: str | None) -> tuple[Site, ...]:
        """The sites whose `cell` is this one; None takes those without a cell."""
        return tuple(site for site in self.sites if site.cell == cell)


def load_fleet(path: Path, settings: Settings) -> Fleet:
    """The sites of the file at `path`. Raises FleetError with everything wrong in it."""
    document = yaml.safe_load(path.read_text())
    environment = settings.environment
    sites: list[Site] = []
    for name, entry in sorted(document["sites"].items()):
        own = {k: v for k, v in entry.items() if k not in ("profile", "environments")}
        override = entry.get("environments", {}).get(environment, {})
        if settings.domain_suffix and "domains" not in override:
            own["domains"] = [f"{name}.{settings.domain_suffix}"]
        merged: dict[str, Any] = {}
        for layer in (
            document.get("defaults", {}),
            document.get("profiles", {}).get(entry.get("profile"), {}),
            own,
            document.get("environments", {}).get(environment, {}),
            override,
        ):
            merged = _merge(merged, layer)
        merged.setdefault("title", name)
        merged.setdefault("image", settings.image)
        admin = merged.setdefault("admin", {})
        admin.setdefault("email", settings.admin_email or "")
        sites.append(Site.model_validate({"name": name, **merged}))
    return Fleet(tuple(sites))


def _merge(weak: dict[str, Any], strong: dict[str, Any]) -> dict[str, Any]:
    merged = dict(weak)
    for key, value in strong.items():
        below = merged.get(key)
        both_maps = isinstance(below, dict) and isinstance(value, dict)
        merged[key] = _merge(below, value) if both_maps else value
    return merged
