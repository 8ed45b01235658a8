"""The first user of a site."""

from __future__ import annotations

from typing import Annotated

from fleet.fields.doc import Doc
from fleet.fields.types import (
    Email,
    Model,
    UserName,
)


class Admin(Model):
    """The first user of the site, made at installation."""

    user: Annotated[
        UserName,
        Doc(
            "login of the first administrator, used once, at installation",
            "1 to 60 letters, digits, spaces and _ . - @",
            "editor",
        ),
    ] = "admin"
    email: Annotated[
        Email,
        Doc(
            "mailbox of the first administrator, used once, at installation",
            "a mail address",
            "web@example.com",
            built_in="the setting `adminEmail`",
        ),
    ] = ""
