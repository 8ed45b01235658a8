"""A site as it runs in one environment: its layers, merged, with what the settings add."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from fleet.fields.hosts import host_name
from fleet.settings.model import Settings
from fleet.site.certificate import with_own_address
from fleet.site.model import Site, SiteFields
from fleet.site.staging import QUIET
from fleet.sites_file.layers import Layer, merge
from fleet.yaml.document import Document, is_list, is_map, map_at

_NOT_FIELDS = ("profile", "environments")


@dataclass(frozen=True, slots=True)
class Effective:
    """`site` is None if a field of it is wrong in itself; `fields` has the others then.

    `domains` are those that the layers say, with None in place of each wrong one; those of `site`
    have its address of the environment beside them, where it needs one.
    """

    layers: tuple[Layer, ...]
    site: Site | None
    fields: SiteFields
    domains: tuple[str | None, ...]
    wrong: frozenset[str] = frozenset()
    missing: tuple[tuple[str | int, ...], ...] = ()


def effective_site(
    document: Document, name: str, settings: Settings | None, environment: str | None = None
) -> Effective:
    """The site of this name; without settings, as it is in no environment."""
    layers = site_layers(document, name, settings.environment if settings else environment)
    values = merge(layers)
    if settings is not None:
        _add_settings(values, name, settings, layers)
    values.setdefault("title", name)
    if map_at(values, "staging").get("of"):
        _quieten(values, layers)
    if map_at(values, "database").get("placement") == "shared":
        # The environment sizes the shared cluster; what weaker layers say is for a dedicated one.
        values["database"] = {"placement": "shared"}
    try:
        site = Site.model_validate({**values, "name": name})
    except ValidationError as error:
        return _without_wrong_fields(layers, values, error)
    whole = site if settings is None else with_own_address(site, settings)
    return Effective(layers, whole, site, site.domains)


def site_layers(document: Document, name: str, environment: str | None) -> tuple[Layer, ...]:
    """What the file says on a site, weak to strong."""
    entry = map_at(document.root, "sites", name)
    profile = entry.get("profile")
    own = {key: value for key, value in entry.items() if key not in _NOT_FIELDS}
    layers = [
        Layer(("defaults",), map_at(document.root, "defaults")),
        Layer(("profiles", str(profile)), map_at(document.root, "profiles", str(profile))),
        Layer(("sites", name), own),
    ]
    if environment is not None:
        for above in ((), ("sites", name)):
            path = (*above, "environments", environment)
            layers.append(Layer(path, map_at(document.root, *path)))
    return tuple(layers)


def _quieten(values: dict[str, Any], layers: tuple[Layer, ...]) -> None:
    """A copy is quiet whatever is said of all sites: its own entry alone wakes it."""
    own = [layer for layer in layers if layer.path[0] == "sites"]
    for name, quiet in QUIET.items():
        if not any(name in layer.values for layer in own):
            values[name] = quiet


def _add_settings(
    values: dict[str, Any], name: str, settings: Settings, layers: tuple[Layer, ...]
) -> None:
    if settings.domain_suffix and "domains" not in layers[-1].values:
        values["domains"] = [f"{name}.{settings.domain_suffix}"]
    values.setdefault("image", settings.image)
    admin = values.setdefault("admin", {})
    if is_map(admin) and settings.admin_email:
        admin.setdefault("email", settings.admin_email)


def _without_wrong_fields(
    layers: tuple[Layer, ...], values: dict[str, Any], error: ValidationError
) -> Effective:
    """What is left without the fields that are wrong, so that other rules can still judge it.

    An unknown key alone makes no field wrong.
    """
    wrong: set[str] = set()
    missing: list[tuple[str | int, ...]] = []
    for details in error.errors(include_url=False, include_context=False, include_input=False):
        path = details["loc"]
        if details["type"] == "extra_forbidden":
            above: Any = values
            for step in path[:-1]:
                above = above[step]
            del above[path[-1]]
            continue
        if details["type"] == "missing" and len(path) > 1:  # else the file itself is incomplete
            missing.append(path)
        wrong.update(str(step) for step in path[:1])
    kept = {
        key: value
        for key, value in values.items()
        if key in SiteFields.model_fields and key not in wrong
    }
    fields = SiteFields.model_validate(kept)
    written = values.get("domains")
    domains = tuple(_host_or_none(each) for each in written) if is_list(written) else ()
    return Effective(layers, None, fields, domains, frozenset(wrong), tuple(missing))


def _host_or_none(value: object) -> str | None:
    try:
        return host_name(value) if isinstance(value, str) else None
    except ValueError:
        return None
