"""Two runs at once: on one stack the second is told to wait, on two stacks both go on."""

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fleet.operations import deploy
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from tests.engine import account
from tests.engine.checkout import Checkout
from tests.engine.fleets import PLAIN, site

BOTH = {**PLAIN, "guest": site("guest")}


def test_second_run_on_a_stack_is_refused(fleet: Checkout) -> None:
    fleet.write_sites(BOTH)
    told: list[str] = []

    def run_another(_: object) -> None:
        """While the first run is stopped in the middle of its work."""
        if told:
            return
        (lock,) = (fleet.folder / ".local/state/.pulumi/locks").rglob("*.json")
        engine = json.loads(lock.read_text())["pid"]
        os.kill(engine, signal.SIGSTOP)
        try:
            with pytest.raises(OperationError) as refusal:
                deploy.up_stack(Target(folder=fleet.folder, environment=fleet.stack_name))
            told.append(str(refusal.value))
        finally:
            os.kill(engine, signal.SIGCONT)

    first = fleet.up(on_step=run_another)
    assert "local: another run holds the stack" in told[0]
    assert first.sites() == {"guest"}
    assert account.twins(fleet.world) == set()
    assert fleet.up().steps == ()


def test_two_stacks_of_one_account(fleet: Checkout, tmp_path: Path) -> None:
    other = fleet.beside("other", tmp_path / "other")
    other.write_sites(PLAIN)
    fleet.write_sites(BOTH)
    with ThreadPoolExecutor() as threads:
        elsewhere = threads.submit(other.pulumi, "up", "--yes", "--skip-preview")
        assert fleet.up().sites() == {"guest"}
        done = elsewhere.result()
    assert done.returncode == 0, done.stdout
    assert account.missing(fleet) == account.missing(other) == set()

    other.set(protectData=False)
    other.up()
    other.destroy()
    assert account.missing(fleet) == set()
    assert fleet.up().steps == ()
