"""What must fit together in a site that is whole: rules that read more than one field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fleet.fields.tags import FREE_TAGS
from fleet.problems import Breach
from fleet.quotas import FARGATE_MEMORY
from fleet.settings.model import Settings
from fleet.site.model import SiteFields
from fleet.sites_file.layers import Layer, origin
from fleet.wording import listing
from fleet.yaml.document import map_at

# The task definition, 64 KiB at most with everything else in it, holds the variables twice:
# for the init container and for WordPress.
ENVIRONMENT_BYTES = 24_000


@dataclass(frozen=True, slots=True)
class Case:
    """A site to be judged: merged, with the layers that it was merged from.

    `settings` is None where the file is judged by itself, without an environment. `wrong` are the
    fields of the site, and as `settings.NAME` those of the settings, that say nothing sensible.
    """

    site: SiteFields
    layers: Sequence[Layer]
    settings: Settings | None
    wrong: frozenset[str]


def breaches(case: Case) -> Iterator[Breach]:
    """Every broken rule, but those that read a wrong field."""
    for reads, rule in RULES:
        if case.wrong.isdisjoint(reads):
            yield from rule(case)


def _fargate_pair(case: Case) -> Iterator[Breach]:
    size = case.site.size
    memories = FARGATE_MEMORY[size.cpu]
    if size.memory not in memories:
        fit = min(memories, key=lambda memory: (abs(memory - size.memory), memory))
        yield Breach(
            (("size", "memory"), ("size", "cpu")),
            f"found {size.memory} MiB beside {size.cpu} CPU units, which Fargate does not have",
            f"memory {memory_series(memories)} for cpu {size.cpu}",
            f"size: {{cpu: {size.cpu}, memory: {fit}}}",
        )


def memory_series(numbers: tuple[int, ...]) -> str:
    """The sizes in MiB that Fargate has for a cpu, in words."""
    if len(numbers) <= 4:
        return listing(str(number) for number in numbers)
    step = numbers[1] - numbers[0]
    return f"{numbers[0]} to {numbers[-1]} in steps of {step}"


def _scaling_bounds(case: Case) -> Iterator[Breach]:
    scaling = case.site.scaling
    if scaling.min > scaling.max:
        yield Breach(
            (("scaling", "min"), ("scaling", "max")),
            f"found min {scaling.min} above max {scaling.max}",
            "min up to max",
            f"scaling: {{min: {scaling.max}, max: {scaling.min}}}",
        )
    for name, schedule in scaling.schedules.items():
        if schedule.min > schedule.max:
            path = ("scaling", "schedules", name)
            yield Breach(
                ((*path, "min"), (*path, "max")),
                f"found min {schedule.min} above max {schedule.max}",
                "min up to max",
                f"{name}: {{min: {schedule.max}, max: {schedule.min}}}",
            )


def _some_capacity(case: Case) -> Iterator[Breach]:
    capacity = case.site.capacity
    if capacity.on_demand_weight == capacity.spot_weight == 0:
        yield Breach(
            (("capacity", "spot_weight"), ("capacity", "on_demand_weight")),
            "found both weights 0, so that tasks beyond the base have no capacity",
            "at least one weight above 0",
            "capacity: {on_demand_weight: 1, spot_weight: 0}",
        )


def _shared_database_alone(case: Case) -> Iterator[Breach]:
    """Beside `shared` nothing may be written; what weaker layers say is for a dedicated one."""
    shared = origin(case.layers, ("database", "placement"))
    if case.site.database.placement != "shared" or shared is None:
        return
    for layer in case.layers[shared.rank :]:
        for key in map_at(layer.values, "database"):
            if key != "placement":
                yield Breach(
                    (("database", key),),
                    f"found `{key}` beside placement shared, whose size the environment sets",
                    "no other key beside placement shared",
                    "database: {placement: shared}",
                )


def _shared_database_exists(case: Case) -> Iterator[Breach]:
    if case.settings is None or case.settings.shared_database is not None:
        return
    if case.site.database.placement == "shared":
        environment = case.settings.environment
        yield Breach(
            (("database", "placement"),),
            f"found placement shared in environment {environment}, which has no shared database",
            "shared where the setting `sharedDatabase` is set",
            f"sharedDatabase: {{minAcu: 0.5, maxAcu: 8}} in Pulumi.{environment}.yaml",
        )


def _database_capacity(case: Case) -> Iterator[Breach]:
    database = case.site.database
    if database.min_acu > database.max_acu:
        yield Breach(
            (("database", "min_acu"), ("database", "max_acu")),
            f"found min_acu {database.min_acu:g} above max_acu {database.max_acu:g}",
            "min_acu up to max_acu",
            f"database: {{min_acu: {database.max_acu:g}, max_acu: {database.min_acu:g}}}",
        )
    if database.pause_after is not None and database.min_acu != 0:
        yield Breach(
            (("database", "pause_after"), ("database", "min_acu")),
            f"found pause_after beside min_acu {database.min_acu:g}, which never pauses",
            "pause_after with min_acu 0",
            f"database: {{min_acu: 0, pause_after: {database.pause_after}}}",
        )


def _each_variable_once(case: Case) -> Iterator[Breach]:
    for name in sorted(case.site.env.keys() & case.site.secrets.keys()):
        yield Breach(
            (("secrets", name), ("env", name)),
            f"found {name} in both env and secrets",
            "a name in one of them",
            f"{name} in secrets alone",
        )


def _variables_fit(case: Case) -> Iterator[Breach]:
    variables = {**case.site.env, **case.site.secrets}
    size = sum(len(f"{name}{value}".encode()) for name, value in variables.items())
    if size > ENVIRONMENT_BYTES:
        yield Breach(
            (("env",), ("secrets",)),
            f"found {size:,} bytes of variables, too many for a task definition",
            f"{ENVIRONMENT_BYTES:,} bytes of names and values",
            "the long values in a file of the image",
        )


def _tags_fit(case: Case) -> Iterator[Breach]:
    above = case.settings.tags if case.settings else {}
    count = len(above.keys() | case.site.tags.keys())
    if count > FREE_TAGS:
        yield Breach(
            (("tags",),),
            f"found {count} tags with those of the environment",
            f"up to {FREE_TAGS}, since AWS takes 50 and the fleet sets the others",
            "tags: {Team: web}",
        )


# The fields that a rule reads, and the rule.
RULES: tuple[tuple[tuple[str, ...], Callable[[Case], Iterator[Breach]]], ...] = (
    (("size",), _fargate_pair),
    (("scaling",), _scaling_bounds),
    (("capacity",), _some_capacity),
    (("database",), _shared_database_alone),
    (("database", "settings.shared_database"), _shared_database_exists),
    (("database",), _database_capacity),
    (("env", "secrets"), _each_variable_once),
    (("env", "secrets"), _variables_fit),
    (("tags", "settings.tags"), _tags_fit),
)
