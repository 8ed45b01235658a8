"""Options that several commands share, and what they lead to."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.names import USUAL_FILE

if TYPE_CHECKING:
    from fleet.operations.declared import Declared

SITES_FILE = Path(USUAL_FILE)

File = Annotated[
    Path, typer.Option("--file", metavar="FILE", help="The file that describes the sites.")
]
Environment = Annotated[
    str, typer.Option("--env", metavar="ENV", help="The environment, as in Pulumi.ENV.yaml.")
]
AnyEnvironment = Annotated[
    str | None,
    typer.Option("--env", metavar="ENV", help="In this environment only. Unset = in all."),
]
SiteName = Annotated[str, typer.Argument(metavar="SITE", help="The site's name.")]
Cell = Annotated[
    str | None, typer.Option("--cell", metavar="CELL", help="Only this cell. - = no cell.")
]
Command = Annotated[
    list[str], typer.Argument(metavar="COMMAND", help="The command and its arguments.")
]
OneSite = Annotated[str | None, typer.Argument(metavar="SITE", help="Only this site.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
Overwrite = Annotated[
    bool,
    typer.Option(
        "--yes-overwrite-production",
        help="Replace the data of a site that is live in production.",
    ),
]
NoSmoke = Annotated[
    bool, typer.Option("--no-smoke", help="Open the site even if its front page doesn't come.")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON, for programs.")]

DURATION = re.compile(r"(\d{1,6})([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str, option: str) -> timedelta:
    """`90s`, `10m`, `2h` or `7d`, as the value of an option."""
    found = DURATION.fullmatch(text)
    if not found:
        raise typer.BadParameter(
            f"{text!r} is no time; give a number and s, m, h or d, such as 10m",
            param_hint=option,
        )
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def refuse_to_ask(*, as_json: bool, sure: bool) -> None:
    """Raises OperationError where a question would have to be asked among JSON."""
    from fleet.operations.problem import OperationError

    if as_json and not sure:
        raise OperationError("with --json nobody can be asked: add --yes to go ahead")


def declared_of(file: Path, environment: str, cell: str | None = None) -> Declared:
    """The sites of an environment of the project that `file` is in.

    The usual file is what no --file means: then the settings may name another one. Raises
    FleetError and OperationError.
    """
    from fleet.operations.declared import read_declared
    from fleet.operations.target import Target
    from fleet.sites_file.project import project_folder

    folder = project_folder(file).resolve()
    target = Target(folder=folder, environment=environment, cell=cell)
    return read_declared(target, None if file == SITES_FILE else file)
