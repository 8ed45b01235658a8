"""What belongs to a group of a site's fields beside its model: rules, warnings, cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fleet.problems import Breach

if TYPE_CHECKING:
    from fleet.plan.lines import Line, Rates
    from fleet.settings.model import Settings
    from fleet.site.model import Site, SiteFields
    from fleet.site.task_numbers import Tasks
    from fleet.sites_file.layers import Layer


@dataclass(frozen=True, slots=True)
class Case:
    """A site to be checked: merged, with the layers that it was merged from.

    `settings` is None where the file is checked by itself, without an environment. `wrong` are the
    fields of the site, and as `settings.NAME` those of the settings, that say nothing sensible.
    """

    site: SiteFields
    domains: Sequence[str | None]
    """None in place of each that is wrong."""
    layers: Sequence[Layer]
    settings: Settings | None
    wrong: frozenset[str]


Rule = tuple[tuple[str, ...], Callable[[Case], Iterator[Breach]]]
"""The fields that a rule reads, and the rule; it is not asked where one of them is wrong itself."""

Found = Iterator[tuple[tuple[str, ...], str]]
"""Paths of fields, and what may surprise about what they say."""


def _free(site: Site, low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one module of fields knows. `warnings_at_rest` are those of a site without tasks.

    `cost` is given the fewest and the most tasks of the site.
    """

    rules: tuple[Rule, ...] = ()
    warnings: tuple[Callable[[Site], Found], ...] = ()
    warnings_at_rest: tuple[Callable[[Site], Found], ...] = ()
    cost: Callable[[Site, Tasks, Tasks, Rates], Iterator[Line]] = _free
