"""A project whose environment `local` has three cells, on the simulated account."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fleet.operations.declared import Declared, read_declared
from fleet.operations.target import Target
from fleet.plan.resources import base_resources, site_resources
from fleet.settings.load import load_settings
from fleet.site.model import Site
from tests.engine.checkout import IMAGE, Checkout, Fault
from tests.engine.network import make_network

FLEET = Path(sys.executable).with_name("fleet")
CELLS = {"blog": "eu1", "shop": "eu2", "wiki": "us1"}
SHARED = {"placement": "shared"}
COLUMNS = 80
# Far more than anything takes, unless the machine is very busy.
SECONDS = 400


def site(name: str, cell: str | None = None, **fields: Any) -> dict[str, Any]:
    """A site of few resources."""
    own = {"domains": [f"{name}.example.com"], "database": SHARED, **fields}
    return own if cell is None else {**own, "cell": cell}


# What one of these sites is made of.
OF_A_SITE = site_resources(Site.model_validate({"name": "any", **site("any")}), rules=1)

STANDING = {name: site(name, cell) for name, cell in CELLS.items()}


class Cells(Checkout):
    """Its `fleet` command, run as a script runs it: no terminal, 80 columns."""

    @classmethod
    def new(cls, folder: Path) -> Cells:
        """Three cells with a site each, and nothing on AWS yet."""
        Checkout.make(folder)
        cells = cls(folder)
        cells.set(
            image=IMAGE,
            network=make_network(cells.world),
            environment="local",
            protectData=False,
        )
        # As in an environment whose first stack is yet to be made, and whose file an editor wrote
        # without a line break at its end.
        text = cells.settings.read_text().splitlines()
        kept = [line for line in text if not line.startswith("encryptionsalt")]
        cells.settings.write_text("\n".join(kept))
        cells.write_sites(STANDING)
        return cells

    def again(self, folder: Path) -> Cells:
        """The same cells, state and account in another folder."""
        self.copy(folder)
        return Cells(folder)

    @property
    def settings(self) -> Path:
        return self.folder / "Pulumi.local.yaml"

    @property
    def of_a_cell(self) -> int:
        """What a cell with one site is made of."""
        return base_resources(load_settings(self.settings, "local")) + OF_A_SITE

    @property
    def declared(self) -> Declared:
        return read_declared(Target(folder=self.folder, environment="local"))

    def fleet(
        self,
        *arguments: str,
        answer: str = "",
        faults: list[Fault] | None = None,
        **variables: str,
    ) -> subprocess.CompletedProcess[str]:
        """`answer`: what is typed when the command asks; without it nobody is there."""
        return subprocess.run(
            [FLEET, *arguments],
            input=answer,
            cwd=self.folder,
            env=environment(faults, variables),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def events(self, *arguments: str, faults: list[Fault] | None = None) -> list[dict[str, Any]]:
        """What `fleet VERB --json` says, whatever its exit status."""
        return parsed(self.fleet(*arguments, "--json", faults=faults).stdout)

    @contextmanager
    def running(
        self, *arguments: str, faults: list[Fault] | None = None
    ) -> Iterator[subprocess.Popen[str]]:
        """`fleet` at work, which has to end by itself or by the test's signals."""
        with subprocess.Popen(
            [FLEET, *arguments],
            cwd=self.folder,
            env=environment(faults, {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    def on_a_terminal(self, *arguments: str, **variables: str) -> str:
        """What `fleet` writes to a terminal of 80 columns."""
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, COLUMNS))
        given = {**environment(None, variables), "TERM": "xterm-256color"}
        del given["COLUMNS"]
        with subprocess.Popen(
            [FLEET, *arguments], cwd=self.folder, env=given, stdout=theirs, stderr=theirs
        ) as process:
            os.close(theirs)
            shown = b""
            # A terminal whose other side is closed reads as an error.
            with suppress(OSError):
                while chunk := os.read(ours, 65_536):
                    shown += chunk
            process.wait(SECONDS)
        os.close(ours)
        return shown.decode()

    def locks(self) -> list[Path]:
        return list((self.folder / ".local/state/.pulumi/locks").rglob("*.json"))

    def files(self) -> list[str]:
        """What a person sees in the folder."""
        return sorted(path.name for path in self.folder.iterdir())


def environment(faults: list[Fault] | None, variables: Mapping[str, str]) -> dict[str, str]:
    """Without the colours, backend and credentials of whoever runs the tests."""
    own = ("AWS_", "PULUMI_CONFIG_", "PULUMI_BACKEND_", "PULUMI_ACCESS_", "FORCE_COLOR")
    given = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    faulty = {"SIMULATOR_FAULTS": json.dumps(faults or []), "COLUMNS": str(COLUMNS)}
    return {**given, **faulty, **variables}


def parsed(lines: str) -> list[dict[str, Any]]:
    """Each line is an event, or this fails."""
    return [json.loads(line) for line in lines.splitlines()]


def ended(events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The last event of each cell, by cell."""
    return {event["cell"]: event for event in events if event["event"] == "ended"}


def without_codes(text: str) -> str:
    """The text without what steers a terminal."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "\n")
