"""What `fleet up` goes on with when previews fail, and a cell that fails in a way of its own."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cli.deploying import Deploying
from fleet.model import Site
from fleet.names import NO_CELL
from operations import verbs
from operations.deploy import OnEvent, Result
from operations.engine import StackCli
from operations.outputs import read_outputs
from operations.problem import OperationError
from operations.roster import Roster
from operations.run import Run, Verb
from operations.target import Target

CELLS = (None, "eu1", "eu2")
NOTHING = Result(changes=(), outputs=read_outputs({}))


@pytest.fixture
def roster(tmp_path: Path) -> Roster:
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
    return Roster(Target(folder=tmp_path, environment="prod"), tuple(sites))


class Verbs:
    """In place of the engine's: the preview of one cell fails."""

    def __init__(self, roster: Roster, failing: str | None, error: Exception) -> None:
        self._roster, self._failing, self._error = roster, failing, error
        self.changed: list[str] = []

    def preview(self, _: Roster, *, cells: list[str], **__: Any) -> Run:
        return self._run("preview", cells, self._look)

    def up(self, _: Roster, *, cells: list[str], **__: Any) -> Run:
        self.changed = list(cells)
        return self._run("up", cells, lambda *_: NOTHING)

    def _look(self, target: Target, _: StackCli, __: OnEvent) -> Result:
        if target.cell == self._failing:
            raise self._error
        return NOTHING

    def _run(self, verb: Verb, cells: list[str], work: Any) -> Run:
        cli = cast("StackCli", SimpleNamespace(interrupted=False, interrupt=lambda: None))
        chosen = [each for each in self._roster.stacks() if not cells or each.label in cells]
        return Run(verb, work, dict.fromkeys(chosen, cli), parallel=2)


@pytest.fixture(params=[OperationError("refused"), PermissionError(13, "Permission denied")])
def error(request: pytest.FixtureRequest) -> Exception:
    return request.param


def ready(
    roster: Roster, monkeypatch: pytest.MonkeyPatch, failing: str | None, error: Exception
) -> tuple[Deploying, Verbs]:
    stand_in = Verbs(roster, failing, error)
    monkeypatch.setattr(verbs, "preview", stand_in.preview)
    monkeypatch.setattr(verbs, "up", stand_in.up)
    return Deploying(roster, (), (), 2, as_json=False), stand_in


@pytest.mark.parametrize("failing", CELLS)
def test_a_failing_preview_holds_no_other_cell_back(
    roster: Roster, monkeypatch: pytest.MonkeyPatch, failing: str | None, error: Exception
) -> None:
    deploying, stand_in = ready(roster, monkeypatch, failing, error)
    assert deploying.up(None, yes=True, preview=True) == 1
    assert stand_in.changed == [cell or NO_CELL for cell in CELLS if cell != failing]


@pytest.mark.parametrize("failing", CELLS)
def test_a_canary_whose_preview_fails_holds_all_back(
    roster: Roster, monkeypatch: pytest.MonkeyPatch, failing: str | None, error: Exception
) -> None:
    deploying, stand_in = ready(roster, monkeypatch, failing, error)
    with pytest.raises(
        OperationError, match=f"nothing was changed: the preview of {failing or '-'}"
    ):
        deploying.up(failing or NO_CELL, yes=True, preview=True)
    assert stand_in.changed == []


def test_a_canary_that_is_not_to_change_is_told_before_anything(
    roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploying, _ = ready(roster, monkeypatch, "eu1", OperationError("refused"))
    deploying.cells = ["eu1"]
    with pytest.raises(OperationError, match="the canary eu2 is none of the cells to change"):
        deploying.up("eu2", yes=True, preview=True)
