"""The simulator has what the program needs and no more, and its modules know no circles."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

from simulator.awsx.__main__ import COMPONENTS
from simulator.rows import tokens
from simulator.services import FOLDER, service_of
from tests.program.fleets import PLAIN, Programs
from tests.program.recording import Recording
from tests.program.test_rooms import ROOT, imports, sources
from tests.program.test_settings import KEY


def created(run: Recording) -> set[str]:
    """Types of a provider: the run's own, and those that awsx's stand-in makes for it."""
    return {each.type for each in run if not each.is_component and each.type not in COMPONENTS}


def test_every_simulated_type_is_one_that_the_program_creates(
    programs: Programs, varied: Recording
) -> None:
    certified = programs.run(
        PLAIN, {"certificateArn": "", "zones": ["example.com"], "kmsKeyArn": KEY}
    )
    guarded = programs.run(PLAIN, {"waf": {"deny": ["192.0.2.7/32"]}})
    edge = {"certificateArn": "", "zones": ["example.com"], "edge": "cloudfront"}
    behind = programs.run(PLAIN, edge)
    made = created(varied) | created(certified) | created(guarded) | created(behind)
    assert set(tokens()) <= made


def test_a_service_has_its_types_and_no_others() -> None:
    for token in tokens():
        table = FOLDER / service_of(token) / "table.yaml"
        assert f"\n{token}:\n" in table.read_text(), token


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_module_of_the_simulator_imports_itself_by_way_of_another() -> None:
    """Imports that only a type checker reads count too."""
    modules = {module_of(path): path for path in sources("simulator")}
    needs = {
        name: {
            known
            for imported in imports(ast.parse(path.read_text()))
            for known in (imported, imported.rpartition(".")[0])
            if known in modules and known != name
        }
        for name, path in modules.items()
    }
    # A package's `__init__` is not a need of what lies in it.
    flat = {name: {n for n in of if not name.startswith(f"{n}.")} for name, of in needs.items()}
    assert set(TopologicalSorter(flat).static_order()) == modules.keys()
