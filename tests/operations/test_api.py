"""The Python API as another program uses it: docs/api.md."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from fleet.operations.engine.events import Finished, Planned
from fleet.operations.records import event_record
from fleet.operations.run import Begun, Ended, Run
from fleet.operations.verbs import preview, up
from tests.engine.checkout import ROOT
from tests.operations.stage.cells import OF_A_SITE, STANDING, Cells, site


def test_runs_in_asyncio_and_in_threads_at_once(
    cells: Cells, capfd: pytest.CaptureFixture[str]
) -> None:
    """Two runs on different cells, each watched by two threads; nobody prints."""
    cells.write_sites({**STANDING, "new": site("new", "eu1"), "other": site("other", "eu2")})

    async def deploy(cell: str) -> Run:
        run = await asyncio.to_thread(up, cells.declared, cells=[cell])
        await asyncio.to_thread(run.result)
        return run

    async def both() -> list[Run]:
        return await asyncio.gather(deploy("eu1"), deploy("eu2"))

    for run, name in zip(asyncio.run(both()), ("new", "other"), strict=True):
        with ThreadPoolExecutor(2) as watchers:
            first, second = watchers.map(list, (run, run))
        assert first == second
        assert isinstance(first[0].event, Begun)
        [result] = run.result().cells
        assert first[-1].event == Ended(result)
        done = [each.event.change for each in first if isinstance(each.event, Finished)]
        assert tuple(done) == result.changes
        assert {change.site for change in done} == {name}
        assert result.outputs is not None
        assert {each.name for each in result.outputs.sites} >= {name}
        assert run.done
    assert capfd.readouterr() == ("", "")


def test_an_exception_in_the_loop_stops_the_engines(cells: Cells) -> None:
    cells.write_sites({**STANDING, "new": site("new", "eu1")})
    run = up(cells.declared, cells=["eu1"])
    with pytest.raises(LookupError):
        _leave_early(run)
    assert run.done
    assert run.result().cells[0].outcome == "stopped"
    assert cells.locks() == []


def _leave_early(run: Run) -> None:
    with run:
        for each in run:
            if isinstance(each.event, Finished):
                raise LookupError


def test_a_preview_plans_and_changes_nothing(cells: Cells) -> None:
    cells.write_sites({**STANDING, "new": site("new", "eu1")})
    before = cells.world.resources()
    with preview(cells.declared, cells=["eu1"]) as run:
        planned = [each for each in run if isinstance(each.event, Planned)]
    assert {event_record(each)["event"] for each in planned} == {"planned"}
    assert len(run.result().cells[0].changes) == len(planned) == OF_A_SITE
    assert cells.world.resources() == before


def test_documented_code_compiles_and_its_names_exist() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs/api.md").read_text(), re.M | re.S)
    assert len(blocks) == 2
    for block in blocks:
        compile(block, "docs/api.md", "exec")
        imports = [line for line in block.splitlines() if re.match(r"(from|import) ", line)]
        subprocess.run([sys.executable, "-c", "\n".join(imports)], check=True, cwd=ROOT)
