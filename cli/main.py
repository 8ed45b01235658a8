"""The `fleet` command."""

from __future__ import annotations

import typer

from cli import deploy

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def describe() -> None:
    """Many WordPress sites on AWS from one sites.yaml."""


deploy.register(app)


def main() -> None:
    """Entry point of the `fleet` script."""
    app()
