"""`fleet preview`, `fleet up` and `fleet destroy`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from operations.target import Target

# Operations and the Automation API take half a second to import: each command does so when it
# runs, so that `fleet --help` stays quick.

PANEL = "Deploy"

Environment = Annotated[str, typer.Option("--env", help="The environment, as in Pulumi.ENV.yaml.")]
Cell = Annotated[str | None, typer.Option(help="The cell of the environment.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Go ahead without asking.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to `app`."""
    app.command(rich_help_panel=PANEL)(preview)
    app.command(rich_help_panel=PANEL)(up)
    app.command(rich_help_panel=PANEL)(destroy)


def preview(env: Environment, cell: Cell = None) -> None:
    """Show what `up` would change, without touching anything."""
    from cli.plan_view import show_plan
    from cli.progress import planning
    from operations import deploy

    with _errors():
        target = _target(env, cell)
        with planning(target.stack) as on_event:
            plan = deploy.preview(target, on_event=on_event)
        show_plan(plan.changes)


def up(env: Environment, cell: Cell = None, yes: Yes = False) -> None:
    """Make AWS what sites.yaml says."""
    from cli.fleet_view import show_fleet
    from cli.plan_view import show_plan
    from cli.progress import planning, working
    from operations import deploy

    with _errors():
        target = _target(env, cell)
        with planning(target.stack) as on_event:
            plan = deploy.preview(target, on_event=on_event)
        show_plan(plan.changes)
        if plan.changes:
            _confirm(target, yes)
        with working(target.stack, plan.changes) as on_event:
            result = deploy.up(target, on_event=on_event)
        show_fleet(target, result)


def destroy(env: Environment, cell: Cell = None, yes: Yes = False) -> None:
    """Remove everything that the environment holds."""
    from cli.plan_view import show_done
    from cli.progress import working
    from operations import deploy

    with _errors():
        target = _target(env, cell)
        typer.echo(f"Everything in {target.stack} will be deleted.")
        _confirm(target, yes)
        with working(target.stack, None) as on_event:
            result = deploy.destroy(target, on_event=on_event)
        show_done(result.changes)


def _target(environment: str, cell: str | None) -> Target:
    from operations.target import Target

    return Target(folder=Path.cwd(), environment=environment, cell=cell)


def _confirm(target: Target, yes: bool) -> None:
    """Asks, unless told not to, or nothing real is at stake."""
    if not yes and not target.simulated:
        typer.confirm("Go ahead?", abort=True)


@contextmanager
def _errors() -> Iterator[None]:
    """Prints an error meant for the user, a line each, and exits with 1."""
    from cli.screen import print_error
    from fleet.problems import FleetError

    try:
        yield
    except FleetError as error:
        print_error(str(error))
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        print_error("stopped; run it again to go on from here")
        raise typer.Exit(130) from None
