"""A stack's state, as `pulumi stack export` writes it: what was pending, and taking it over.

Functions of plain data: a deployment goes in, another comes out.
"""

import copy
from collections.abc import Mapping, Sequence, Set
from graphlib import TopologicalSorter
from typing import Any

from fleet.operations.engine.events import SITE_TYPE

Deployment = dict[str, Any]
Row = dict[str, Any]

# How the engine marks a secret in its state: pulumi/sdk/go/common/resource/sig.
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark, not a secret


def pending_creations(deployment: Deployment) -> list[Row]:
    """The resources whose creation began and was not seen to end."""
    return [
        operation["resource"]
        for operation in deployment.get("pending_operations") or []
        if operation["type"] == "creating" and operation["resource"].get("custom")
    ]


def unread(deployment: Deployment) -> list[Row]:
    """The resources of `with_adopted` that no refresh has completed: this process had died."""
    return [
        row
        for row in deployment.get("resources") or []
        if row["type"].startswith("aws:") and "id" in row and not row.get("outputs")
    ]


def failed(deployment: Deployment) -> list[Row]:
    """The resources whose last creation or update failed, though AWS had taken something of it."""
    return [
        row
        for row in deployment.get("resources") or []
        if row.get("initErrors") and not row.get("delete")
    ]


def differing(before: Row, now: Row | None) -> tuple[str, ...]:
    """The properties that the program gives and that have another value now, sorted.

    Not those that hold secrets: the same secret is encrypted anew each time. All of them when
    there is nothing any more.
    """
    after = now or {}
    names = {*before.get("inputs", {}), *after.get("inputs", {})}
    old, new = before.get("outputs", {}), after.get("outputs", {})
    return tuple(
        name
        for name in sorted(names)
        if not name.startswith("__")
        and _SECRET not in str(new.get(name))
        and old.get(name) != new.get(name)
    )


def with_revisions(deployment: Deployment, revisions: Mapping[str, str]) -> Deployment:
    """The state with other task definitions of the services in `revisions`, URN -> ARN."""
    result = copy.deepcopy(deployment)
    for row in result["resources"]:
        if row["urn"] in revisions and not row.get("delete"):
            for place in ("inputs", "outputs"):
                row[place]["taskDefinition"] = revisions[row["urn"]]
    return result


def parents(deployment: Deployment) -> dict[str, str]:
    """URN -> its parent's, of all that the state holds."""
    rows = deployment.get("resources") or []
    return {row["urn"]: row["parent"] for row in rows if "parent" in row}


def protected_names(deployment: Deployment) -> list[str]:
    """Logical names of the resources that Pulumi protects from deletion, sorted."""
    rows = deployment.get("resources") or []
    return sorted({row["urn"].rpartition("::")[2] for row in rows if row.get("protect")})


def site_names(deployment: Deployment) -> list[str]:
    """The sites that the state holds, sorted."""
    rows = deployment.get("resources") or []
    return sorted(row["urn"].rpartition("::")[2] for row in rows if row["type"] == SITE_TYPE)


def known_ids(deployment: Deployment) -> set[tuple[str, str]]:
    """Type and id, and type and ARN, of all that the state holds. Some types share their ids."""
    return {
        (row["type"], str(value))
        for row in deployment.get("resources") or []
        for value in (row.get("id"), (row.get("outputs") or {}).get("arn"))
        if value
    }


def with_adopted(
    deployment: Deployment, pending: Sequence[Row], ids: Mapping[str, str]
) -> Deployment:
    """The state with the pending creations in `ids` (URN -> import id) as resources.

    They have no outputs yet, so a refresh reads them as an import does.
    """
    result = copy.deepcopy(deployment)
    result["pending_operations"] = []
    adopted = [row for row in pending if row["urn"] in ids]
    rows = [
        {**row, "delete": True} if row["urn"] in ids else row
        for row in result["resources"]
        # Deleted before its replacement was created: only the state still knows of it.
        if not (row["urn"] in ids and row.get("pendingReplacement"))
    ]
    new = [{**row, "id": ids[row["urn"]]} for row in adopted]
    result["resources"] = _in_order([*rows, *new])
    return result


def with_inputs(deployment: Deployment, pending: Sequence[Row]) -> Deployment:
    """The state with what the program had asked for as the inputs of the adopted resources.

    The provider can't read all of it back: which names are automatic, whether to take a final
    snapshot. Without these the next `up` would see differences, and replace what was adopted.
    """
    asked = {row["urn"]: row.get("inputs", {}) for row in pending}
    result = copy.deepcopy(deployment)
    for row in result["resources"]:
        if row["urn"] in asked and not row.get("delete"):
            row["inputs"] = copy.deepcopy(asked[row["urn"]])
    return result


def live_urns(deployment: Deployment) -> set[str]:
    """URNs of what the state holds and doesn't mean to delete."""
    return {row["urn"] for row in deployment.get("resources") or [] if not row.get("delete")}


def without(deployment: Deployment, urns: Set[str]) -> Deployment:
    """The state without the adopted resources `urns`."""
    rows = deployment.get("resources") or []
    kept = [row for row in rows if row["urn"] not in urns or row.get("delete")]
    return {**deployment, "resources": kept}


def _in_order(rows: Sequence[Row]) -> list[Row]:
    """Each resource behind what it depends on, as the engine wants it; those to delete last."""
    live = {row["urn"]: row for row in rows if not row.get("delete")}
    graph = {urn: _needs(row) & live.keys() for urn, row in live.items()}
    ordered = [live[urn] for urn in TopologicalSorter(graph).static_order()]
    return [*ordered, *(row for row in rows if row.get("delete"))]


def _needs(row: Row) -> set[str]:
    """URNs of all that a resource depends on."""
    by_property = (row.get("propertyDependencies") or {}).values()
    single = (row.get("parent"), row.get("deletedWith"), _provider_urn(row))
    several = (*(row.get("dependencies") or []), *(urn for urns in by_property for urn in urns))
    return {urn for urn in (*single, *several) if urn}


def _provider_urn(row: Row) -> str | None:
    """A provider reference is its URN, `::`, its id."""
    provider = row.get("provider")
    return provider.rpartition("::")[0] if provider else None
