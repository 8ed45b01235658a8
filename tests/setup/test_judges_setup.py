"""Setting up what judges the program's resources."""

from __future__ import annotations

from pathlib import Path

from tests.setup.test_setup import script

PROVIDE = """
import judges, virtual_env
judges.CACHE, judges.LINK = folder / "cache", folder / "local" / "judges"
def install(home, lock, step):
    home.mkdir(parents=True, exist_ok=True)
    print("installs", lock.name)
    if stops:
        raise KeyboardInterrupt
virtual_env.install = install
for stops in (True, False, False):
    try:
        judges.provide()
        print("linked", judges.LINK.resolve() == judges.home())
    except KeyboardInterrupt:
        print("stopped", judges.LINK.exists())
"""


def test_an_interrupted_installation_is_taken_up_again(tmp_path: Path) -> None:
    said = script(PROVIDE, tmp_path).communicate(timeout=30)[0].splitlines()
    told = [line for line in said if not line.startswith("Installing")]
    install = "installs requirements.lock"
    assert told == [install, "stopped False", install, "linked True", "linked True"]
