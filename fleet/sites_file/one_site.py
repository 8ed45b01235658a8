"""A site by itself, as a program that has no sites.yaml describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fleet.problems import FleetError
from fleet.settings.model import Settings
from fleet.site.model import Site
from fleet.sites_file.file_checks import file_problems
from fleet.sites_file.load import FleetFile
from fleet.yaml.document import Document, LocatedMap, dotted


def read_site(name: str, fields: Mapping[str, Any], settings: Settings) -> Site:
    """The site that an entry of sites.yaml with these fields would be. Raises FleetError.

    Its domains may be left out where the settings have a domain suffix. The paths of problems
    begin with `site`.
    """
    suffix = settings.domain_suffix
    domains = fields.get("domains") or ([f"{name}.{suffix}"] if suffix else None)
    entry: dict[str, Any] = {} if domains is None else {"domains": domains}
    # The strongest layer, so that domains which are given win over the suffix.
    entry["environments"] = {settings.environment: fields}
    root = LocatedMap()
    for key, value in (("version", 1), ("sites", {name: entry})):
        root[key], root.spots[key] = value, (1, 1, 1, 1)
    document = Document(name, root)
    file = FleetFile(document, tuple(file_problems(document, {settings.environment})))
    fleet, problems = file.in_environment(settings)
    if problems := (*file.problems, *problems):
        above = dotted(("sites", name))
        deep = dotted(("sites", name, "environments", settings.environment))
        raise FleetError(
            replace(problem, path=problem.path.replace(deep, "site", 1).replace(above, "site", 1))
            for problem in problems
        )
    return fleet.sites[0]
