"""A copy's code, or some of its tables, in the place of its original's."""

from __future__ import annotations

import re
from collections.abc import Sequence

import boto3

from fleet.operations.data.archive import Archive
from fleet.operations.data.clone import Errand, carry, check_target
from fleet.operations.data.steps import OnStep
from fleet.operations.declared import Declared
from fleet.operations.problem import OperationError

_TABLE = re.compile(r"[A-Za-z0-9_*]{1,64}")


def push_code(
    declared: Declared,
    source: str,
    to: str,
    *,
    on_step: OnStep,
    overwrite_production: bool = False,
    overwrite_newer: bool = False,
    session: boto3.Session | None = None,
) -> Archive:
    """Makes plugins, themes, mu-plugins and languages of `to` what they are at `source`.

    Tables and uploads of `to` stay. Plugins and themes of a newer version at `to` are named and
    nothing is pushed, unless `overwrite_newer`. Raises FleetError for an unknown site,
    OperationError for storage in which code comes with the image, and as `clone_site`.
    """
    for name in (source, to):
        if declared.site(name).storage.mode != "content":
            raise OperationError(
                f"the code of {name} comes with its image (storage.mode: uploads), so there is "
                "none to push; build another image"
            )
    _check(declared, source, to, overwrite_production=overwrite_production)
    options = ("--code-only", *_newer(overwrite_newer))
    errand = Errand(verb="push", only="files", uploads=False, options=options, forgotten=True)
    return carry(errand, (declared, source), (declared, to), on_step, None, session)


def push_tables(
    declared: Declared,
    source: str,
    to: str,
    tables: Sequence[str],
    *,
    on_step: OnStep,
    overwrite_production: bool = False,
    overwrite_newer: bool = False,
    personal_data: bool = False,
    session: boto3.Session | None = None,
) -> Archive:
    """Puts these tables of `source` in the place of those of `to`; all else of `to` stays.

    `tables`: names without their prefix, with * for any letters. Those of people and orders are
    named and nothing is loaded, unless `personal_data`, which a copy whose people are made up
    hasn't. Posts that are newer at `to` than the copy are named and stay, unless `overwrite_newer`.
    Raises FleetError for an unknown site, OperationError for a name that is none, and as
    `clone_site`.
    """
    for name in tables:
        if not _TABLE.fullmatch(name):
            raise OperationError(
                f"{name!r} is no table; name one without its prefix, such as --table posts"
            )
    _check(declared, source, to, overwrite_production=overwrite_production)
    staging = declared.site(source).staging
    if personal_data and staging.of is not None and staging.anonymise:
        raise OperationError(
            f"the people of {source} are made up (staging.anonymise), so {to} would lose its own; "
            "leave --with-personal-data away"
        )
    people = ("--with-personal-data",) if personal_data else ()
    options = ("--tables", ",".join(tables), *_newer(overwrite_newer), *people)
    errand = Errand(verb="push", only="database", options=options, forgotten=True)
    return carry(errand, (declared, source), (declared, to), on_step, None, session)


def _newer(overwrite: bool) -> tuple[str, ...]:
    return ("--overwrite-newer",) if overwrite else ()


def _check(declared: Declared, source: str, to: str, *, overwrite_production: bool) -> None:
    declared.site(source)
    check_target(declared, to, overwrite_production=overwrite_production)
    if source == to:
        raise OperationError(f"{source} has its own data already; name another site with --to")
