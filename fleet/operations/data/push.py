"""A copy's code in the place of its original's."""

from __future__ import annotations

import boto3

from fleet.operations.data.archive import Archive
from fleet.operations.data.clone import Errand, carry, check_target
from fleet.operations.data.steps import OnStep
from fleet.operations.declared import Declared
from fleet.operations.problem import OperationError


def push_code(
    declared: Declared,
    source: str,
    to: str,
    *,
    on_step: OnStep,
    overwrite_production: bool = False,
    session: boto3.Session | None = None,
) -> Archive:
    """Makes plugins, themes, mu-plugins and languages of `to` what they are at `source`.

    Tables and uploads of `to` stay. Raises FleetError for an unknown site, OperationError for
    storage in which code comes with the image, and as `clone_site`.
    """
    for name in (source, to):
        if declared.site(name).storage.mode != "content":
            raise OperationError(
                f"the code of {name} comes with its image (storage.mode: uploads), so there is "
                "none to push; build another image"
            )
    check_target(declared, to, overwrite_production=overwrite_production)
    if source == to:
        raise OperationError(f"{source} has its own code already; name another site with --to")
    errand = Errand(
        verb="push", only="files", uploads=False, options=("--code-only",), forgotten=True
    )
    return carry(errand, (declared, source), (declared, to), on_step, None, session)
