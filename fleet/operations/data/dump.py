"""An archive of a site as it is now, and an archive in the place of a site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import boto3

from fleet.operations.data.archive import Archive, store_of
from fleet.operations.data.begun import Begun
from fleet.operations.data.steps import OnStep, run_steps
from fleet.operations.declared import Declared
from fleet.site.backup import prune_options

Part = Literal["database", "files"]


def dump_site(
    declared: Declared,
    site: str,
    *,
    on_step: OnStep,
    only: Part | None = None,
    uploads: bool = True,
    archive: Archive | None = None,
    token: str | None = None,
    session: boto3.Session | None = None,
) -> Archive:
    """Writes the site's tables and files into the bucket of its stack, by a task of the site's own.

    The site goes on serving. Files that an earlier archive has are not written again; without
    `uploads` media are not even looked at. `archive`: this one, unless it is there already;
    `token`: as `run` takes it. Raises FleetError for an unknown site, OperationError as
    `run_steps`.
    """
    if archive is not None and archive.is_there():
        return archive
    store = store_of(declared, site, session)
    archive = archive or store.archive(site)
    less = [] if uploads else ["--without-uploads"]
    words = ["fleet-dump", archive.url, *_only(only), *less, "--days", str(store.days)]
    words += prune_options(declared.site(site))
    run_steps(declared, site, words, on_step=on_step, token=token, session=session)
    return archive


def load_site(
    declared: Declared,
    archive: Archive,
    *,
    on_step: OnStep,
    only: Part | None = None,
    options: Sequence[str] = (),
    smoke: bool = True,
    begun: Begun | None = None,
    session: boto3.Session | None = None,
) -> None:
    """Puts the archive in the place of its site: the old data stays until the exchange, and then
    seven days for `undo_load`. Called again after it was interrupted it goes on.

    `options`: more of `fleet-load`'s; without `smoke` it stays even if its front page doesn't come;
    `begun`: the verb that this is a part of. Without one, what
    was loaded of this archive in the last seven days isn't loaded again. Raises OperationError as
    `run_steps`.
    """
    words = ["fleet-load", archive.url, *_only(only), *options, *smoke_words(smoke)]
    words += ["--begun", begun.mark] if begun else []
    token = begun.token("load") if begun else None
    run_steps(declared, archive.site, words, on_step=on_step, token=token, session=session)


def smoke_words(smoke: bool) -> list[str]:
    """`fleet-load`'s."""
    return [] if smoke else ["--no-smoke"]


def undo_load(
    declared: Declared, site: str, *, on_step: OnStep, session: boto3.Session | None = None
) -> None:
    """Takes back the last load of a site, or takes back the taking back.

    Raises FleetError for an unknown site, OperationError where nothing is kept to go back to.
    """
    store_of(declared, site, session)
    run_steps(declared, site, ["fleet-load", "undo"], on_step=on_step, session=session)


def _only(part: Part | None) -> list[str]:
    return [] if part is None else ["--only", part]
