"""How the load balancer asks whether a task of a site works."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fleet.fields.doc import Doc, whole
from fleet.fields.types import (
    Model,
    UrlPath,
)

GRACE_SECONDS = (0, 3_600)


class Health(Model):
    """How the load balancer asks whether a task works."""

    path: Annotated[
        UrlPath,
        Doc("path that answers 200", "a path that begins with / and has no query", "/healthz"),
    ] = "/healthz"
    grace: Annotated[
        int,
        Field(ge=GRACE_SECONDS[0], le=GRACE_SECONDS[1]),
        Doc("seconds a new task has before it is asked", whole(*GRACE_SECONDS), 120),
    ] = 60
