"""What `fleet up` goes on with when previews fail, and a cell that fails in a way of its own."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fleet.cli.commands.deploying import Deploying
from fleet.names import NO_CELL
from fleet.operations import verbs
from fleet.operations.declared import Declared
from fleet.operations.deploy import OnEvent, Result
from fleet.operations.engine.outputs import read_outputs
from fleet.operations.engine.stack_cli import StackCli
from fleet.operations.problem import OperationError
from fleet.operations.run import Run, Verb
from fleet.operations.target import Target
from fleet.problems import FleetError
from fleet.settings.model import Settings
from fleet.site.model import Site
from tests.unit.fleets import fleet

CELLS = (None, "eu1", "eu2")
NOTHING = Result(changes=(), outputs=read_outputs({}))


@pytest.fixture
def declared(tmp_path: Path) -> Declared:
    """A site in each cell, and one without."""
    sites = [
        Site.model_validate(
            {
                "name": f"of-{cell or 'none'}",
                "domains": [f"of-{cell or 'none'}.example.com"],
                "cell": cell,
            }
        )
        for cell in CELLS
    ]
    return Declared(
        Target(folder=tmp_path, environment="prod"), Settings(environment="prod"), fleet(*sites)
    )


class Verbs:
    """In place of the engine's: the preview of one cell fails."""

    def __init__(self, declared: Declared, failing: str | None, error: Exception) -> None:
        self._declared, self._failing, self._error = declared, failing, error
        self.changed: list[str] = []
        self.on_demand: list[bool] = []

    def preview(self, _: Declared, *, cells: list[str], on_demand: bool, **__: Any) -> Run:
        self.on_demand.append(on_demand)
        return self._run("preview", cells, self._look)

    def up(self, _: Declared, *, cells: list[str], on_demand: bool, **__: Any) -> Run:
        self.changed = list(cells)
        self.on_demand.append(on_demand)
        return self._run("up", cells, lambda *_: NOTHING)

    def _look(self, target: Target, _: StackCli, __: OnEvent) -> Result:
        if target.cell == self._failing:
            raise self._error
        return NOTHING

    def _run(self, verb: Verb, cells: list[str], work: Any) -> Run:
        cli = cast("StackCli", SimpleNamespace(interrupted=False, interrupt=lambda: None))
        chosen = [each for each in self._declared.stacks() if not cells or each.label in cells]
        return Run(verb, work, dict.fromkeys(chosen, cli), parallel=2)


@pytest.fixture(params=[OperationError("refused"), PermissionError(13, "Permission denied")])
def error(request: pytest.FixtureRequest) -> Exception:
    return request.param


def ready(
    declared: Declared, monkeypatch: pytest.MonkeyPatch, failing: str | None, error: Exception
) -> tuple[Deploying, Verbs]:
    stand_in = Verbs(declared, failing, error)
    monkeypatch.setattr(verbs, "preview", stand_in.preview)
    monkeypatch.setattr(verbs, "up", stand_in.up)
    return Deploying(declared, (), (), 2, as_json=False), stand_in


@pytest.mark.parametrize("failing", CELLS)
def test_a_failing_preview_holds_no_other_cell_back(
    declared: Declared, monkeypatch: pytest.MonkeyPatch, failing: str | None, error: Exception
) -> None:
    deploying, stand_in = ready(declared, monkeypatch, failing, error)
    assert deploying.watch_up(None, yes=True, preview=True) == 1
    assert stand_in.changed == [cell or NO_CELL for cell in CELLS if cell != failing]


@pytest.mark.parametrize("failing", CELLS)
def test_a_canary_whose_preview_fails_holds_all_back(
    declared: Declared, monkeypatch: pytest.MonkeyPatch, failing: str | None, error: Exception
) -> None:
    deploying, stand_in = ready(declared, monkeypatch, failing, error)
    with pytest.raises(
        OperationError, match=f"nothing was changed: the preview of {failing or '-'}"
    ):
        deploying.watch_up(failing or NO_CELL, yes=True, preview=True)
    assert stand_in.changed == []


def test_a_canary_that_is_not_to_change_is_told_before_anything(
    declared: Declared, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploying, _ = ready(declared, monkeypatch, "eu1", OperationError("refused"))
    deploying.cells = ["eu1"]
    with pytest.raises(FleetError, match='found no cell "eu2"'):
        deploying.watch_up("eu2", yes=True, preview=True)


@pytest.mark.parametrize("on_demand", [False, True])
def test_preview_and_up_are_of_the_same_capacity(
    declared: Declared, monkeypatch: pytest.MonkeyPatch, on_demand: bool
) -> None:
    deploying, stand_in = ready(declared, monkeypatch, "nowhere", OperationError("refused"))
    deploying.on_demand = on_demand
    assert deploying.watch_up(None, yes=True, preview=True) == 0
    assert stand_in.on_demand == [on_demand, on_demand]
