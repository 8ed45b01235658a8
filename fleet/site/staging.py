"""A site that is a copy of another, to try things on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from fleet.fields.doc import Doc
from fleet.fields.types import HostName, Model, ShortName
from fleet.plan.lines import Line, Rates
from fleet.problems import Breach
from fleet.site.backup import RUNS_A_MONTH, USUAL_SECONDS, data_run_usd
from fleet.site.group import Case, Found, Group
from fleet.site.task_numbers import Tasks

if TYPE_CHECKING:
    from fleet.site.model import Site

# What a copy does unless its own entry says otherwise: it has its original's events and addresses,
# so mails of it would go to customers, and renewals of it would be paid twice.
QUIET: dict[str, dict[str, Any]] = {"mail": {"send": "log"}, "cron": {"every": "never"}}

# A dump of the original and a load of the copy, as often as the CI does it that the examples show:
# no site's role reads another's prefix, so no clock of AWS's can.
_TASKS_A_COPY = 2

OptionName = Annotated[
    str,
    Field(pattern=r"^[^\s,]{1,191}$"),
    Doc("an option of WordPress", "a name without spaces and commas", "blogname"),
]
PluginName = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$"),
    Doc("a plugin, by its folder", "letters, digits, hyphens and underscores", "my-payments"),
]


class Staging(Model):
    """Whose copy a site is, and what of it is other."""

    of: Annotated[
        ShortName | None,
        Doc(
            "site that this one is a copy of: its mails go into the log alone and no event is run, "
            "unless this site's own entry says so; it isn't indexed, payment plugins are off, and "
            "the dashboard's bar says STAGING",
            "the name of another site, which is no copy itself",
            "shop",
            built_in="none",
        ),
    ] = None
    uploads: Annotated[
        HostName | None,
        Doc(
            "where uploads are that this site doesn't have: nothing is copied that nobody looks at",
            "a host name, without a *",
            "shop.example.com",
            built_in="the first of the domains of `of`",
        ),
    ] = None
    anonymise: Annotated[
        bool,
        Doc("whether a clone takes users and customers out", "true or false", False),
    ] = True
    keep: Annotated[
        tuple[OptionName, ...],
        Field(strict=False),
        Doc(
            "options that stay what they are here when it is copied again",
            "a list of names",
            ["blogname"],
            built_in="none",
        ),
    ] = ()
    plugins_off: Annotated[
        tuple[PluginName, ...],
        Field(strict=False),
        Doc(
            "plugins that are off here, beside those for payments that the image knows",
            "a list of plugins' folders",
            ["my-payments"],
            built_in="none",
        ),
    ] = ()


def staging_variables(site: Site, scheme: str) -> dict[str, str]:
    """What the image is told of it; nothing of a site that is no copy."""
    staging = site.staging
    if staging.of is None:
        return {}
    found = {"WP_ENVIRONMENT_TYPE": "staging", "FLEET_STAGING_OF": staging.of}
    if staging.uploads:
        found["FLEET_STAGING_UPLOADS"] = f"{scheme}://{staging.uploads}"
    if staging.plugins_off:
        found["FLEET_STAGING_PLUGINS_OFF"] = ",".join(staging.plugins_off)
    return found


def with_originals(sites: Sequence[Site]) -> list[Site]:
    """The same sites; copies know where the uploads of their originals are."""
    hosts = {site.name: site.domains[0] for site in sites if site.domains}
    return [_with_uploads(site, hosts.get(site.staging.of or "")) for site in sites]


def _with_uploads(site: Site, host: str | None) -> Site:
    if host is None or site.staging.uploads is not None:
        return site
    return site.model_copy(update={"staging": site.staging.model_copy(update={"uploads": host})})


def _of_another(case: Case) -> Iterator[Breach]:
    staging = case.site.staging
    if staging.of is None and staging.model_fields_set - {"of"}:
        yield Breach(
            (("staging",),),
            "found what a copy does, and not of which site it is one",
            "`of` beside it",
            "staging: {of: shop}",
        )
    if staging.uploads is not None and staging.uploads.startswith("*"):
        yield Breach(
            (("staging", "uploads"),),
            f"found {staging.uploads}, which no picture has an address at",
            "a host name without a *",
            f"staging: {{of: {staging.of}, uploads: {staging.uploads.removeprefix('*.')}}}",
        )


def _people(site: Site) -> Found:
    if site.staging.of is not None and not site.staging.anonymise:
        yield (
            ("staging", "anonymise"),
            f"users and customers of {site.staging.of} come along with each copy: whoever may "
            "look at this site sees them",
        )


def _sends(site: Site) -> Found:
    if site.staging.of is not None and site.mail.send == "auto":
        yield (
            ("mail", "send"),
            f"a copy of {site.staging.of} sends mails; those of a shop go to its customers",
        )


def _cost(site: Site, low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    """At the least nobody copies again what stands."""
    if site.staging.of is not None and site.state == "live":
        item = f"Copies of {site.staging.of} by weekly CI, {_TASKS_A_COPY} tasks each"
        most = round(_TASKS_A_COPY * RUNS_A_MONTH / 7, 1)
        yield Line(item, "runs", 0, most, data_run_usd(rates, USUAL_SECONDS), "fargate")


GROUP = Group(
    rules=((("staging",), _of_another),),
    warnings=(_people, _sends),
    warnings_at_rest=(_people,),
    cost=_cost,
)
