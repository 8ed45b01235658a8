"""What must fit together in a site that is whole: rules of its groups, and of several fields."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.fields.tags import FREE_TAGS
from fleet.problems import Breach
from fleet.site.group import Case, Rule
from fleet.site.groups import GROUPS
from fleet.sites_file.config_extra import config_extra_breaches
from fleet.sites_file.image_settings import REQUEST_SECONDS, image_breaches

# The task definition, 64 KiB at most with everything else in it, holds the variables twice:
# for the init container and for WordPress.
ENVIRONMENT_BYTES = 24_000


def breaches(case: Case) -> Iterator[Breach]:
    """Every broken rule, but those that read a wrong field."""
    for reads, rule in RULES:
        if case.wrong.isdisjoint(reads):
            yield from rule(case)


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


def _requests_end_before_the_load_balancer_does(case: Case) -> Iterator[Breach]:
    """The image's own check asks for a number, so only one is compared here."""
    limit = case.site.env.get(REQUEST_SECONDS, "")
    if case.settings is None or not limit.isdecimal():
        return
    idle = case.settings.idle_timeout_seconds
    if int(limit) > idle:
        yield Breach(
            (("env", REQUEST_SECONDS),),
            f"found {limit} s for a request, which the load balancer gives up after {idle} s",
            f"up to the setting `idleTimeoutSeconds`, which is {idle}",
            f"idleTimeoutSeconds: {limit} in Pulumi.{case.settings.environment}.yaml",
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


RULES: tuple[Rule, ...] = (
    *(rule for group in GROUPS for rule in group.rules),
    (("env", "secrets"), _each_variable_once),
    (("env", "secrets"), _variables_fit),
    (("env", "image", "settings.image"), image_breaches),
    (("env", "image", "settings.image"), config_extra_breaches),
    (("env", "settings.idle_timeout_seconds"), _requests_end_before_the_load_balancer_does),
    (("tags", "settings.tags"), _tags_fit),
)
