"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fleet.names import USUAL_FILE

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
AsJson = Annotated[bool, typer.Option("--json", help="JSON, for programs.")]
