"""Where each setting of a site was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from fleet.names import PROJECT
from fleet.problems import FleetError, Position
from fleet.settings.model import Settings
from fleet.sites_file.effective import Effective, effective_site
from fleet.sites_file.layers import origin
from fleet.sites_file.load import Fleet, read_fleet_file
from fleet.sites_file.project import environment_settings, settings_file, value_at
from fleet.yaml.compose import read_document
from fleet.yaml.document import Document

FieldPath = tuple[str, ...]

# Fields that a key of Pulumi.ENV.yaml fills where sites.yaml does not.
_FROM_SETTINGS: Mapping[FieldPath, str] = {
    ("domains",): "domainSuffix",
    ("image",): "image",
    ("admin", "email"): "adminEmail",
}


@dataclass(frozen=True, slots=True)
class WrittenValue:
    """An effective setting. `position` is None for what is built in."""

    path: FieldPath
    value: Any
    position: Position | None


class WrittenSite:
    """A site of the file in one environment, with the place of every setting."""

    def __init__(
        self, document: Document, name: str, settings: Settings | None, source: Document | None
    ) -> None:
        self.name = name
        self._document = document
        self._settings = settings
        self._source = source
        self._effective: Effective = effective_site(document, name, settings)

    def settings(self) -> tuple[WrittenValue, ...]:
        """Every setting of the site, its domains first."""
        site = self._effective.site
        assert site is not None, f"{self.name} was read from a file without mistakes"
        values = site.model_dump(include={"domains"}) | site.model_dump(exclude={"name"})
        if site.database.placement == "shared":
            # The environment sizes the shared cluster; the other keys mean nothing.
            values["database"] = {"placement": "shared"}
        return tuple(
            WrittenValue(path, value, self.position(path)) for path, value in _leaves((), values)
        )

    def position(self, path: FieldPath) -> Position | None:
        """Where the word on a setting stands, None if it is built in."""
        if path == ("domains",) and self._has_suffix():
            return self._in_settings("domainSuffix")
        if written := origin(self._effective.layers, path):
            return self._document.position(written.path)
        key = _FROM_SETTINGS.get(path)
        return self._in_settings(key) if key and key != "domainSuffix" else None

    def _has_suffix(self) -> bool:
        suffix = self._settings.domain_suffix if self._settings else None
        return bool(suffix) and "domains" not in self._effective.layers[-1].values

    def _in_settings(self, key: str) -> Position | None:
        return None if self._source is None else key_of_settings(self._source, key)


def key_of_settings(source: Document, key: str) -> Position | None:
    """Where a Pulumi.ENV.yaml sets a key of the fleet, None where it does not."""
    path = ("config", f"{PROJECT}:{key}")
    return source.position(path) if value_at(source, path) is not None else None


def show_site(
    sites_file: Path, name: str, environment: str | None = None
) -> tuple[WrittenValue, ...]:
    """The effective settings of a site; without an environment, as the file has it for all.

    Raises FleetError: a file with mistakes, an unknown site or environment.
    """
    return written_sites(sites_file, environment).site(name).settings()


@dataclass(frozen=True, slots=True)
class WrittenFleet:
    """A file without mistakes, read once for the places of many settings."""

    document: Document
    settings: Settings | None
    source: Document | None
    fleet: Fleet

    def site(self, name: str) -> WrittenSite:
        """A site of the file. Raises FleetError naming the nearest."""
        return WrittenSite(self.document, self.fleet.site(name).name, self.settings, self.source)

    def position(self, site: str | None, path: FieldPath) -> Position | None:
        """Where a setting of a site, or without a site of the environment, was written."""
        if site is not None:
            return self.site(site).position(path)
        return None if self.source is None else key_of_settings(self.source, path[0])


def written_sites(sites_file: Path, environment: str | None = None) -> WrittenFleet:
    """The file's settings with their places. Raises FleetError with everything wrong."""
    settings = None if environment is None else environment_settings(sites_file, environment)
    source = None if environment is None else settings_file(sites_file, environment)
    file = read_fleet_file(sites_file, frozenset([environment] if environment else []))
    fleet, problems = file.in_environment(settings)
    if problems := (*file.problems, *problems):
        raise FleetError(problems)
    return WrittenFleet(file.document, settings, read_document(source) if source else None, fleet)


def _leaves(above: FieldPath, values: Mapping[str, Any]) -> Iterator[tuple[FieldPath, Any]]:
    for key, value in values.items():
        path = (*above, key)
        if isinstance(value, dict) and value:
            yield from _leaves(path, cast("dict[str, Any]", value))
        else:
            yield path, list(cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value
