"""Virtual environments whose packages come from a lock, by hash."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

from command import run
from places import ROOT
from problem import SetupError
from screen import Step

PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")


def python_of(folder: Path) -> Path:
    """The interpreter of the environment in `folder`."""
    return folder / "bin" / "python"


def count(lock: Path) -> int:
    """How many packages a lock pins."""
    return len(re.findall(r"^[\w.-]+(?:\[.*?\])?==", lock.read_text(), re.MULTILINE))


def install(folder: Path, lock: Path, step: Step) -> None:
    """Makes the environment in `folder` if it isn't there, and installs what `lock` pins."""
    _create(folder, step)
    step.note("reading the lock")
    run(
        [python_of(folder), *PIP, "install", "--progress-bar=off", "--require-hashes", "-r", lock],
        cwd=ROOT,
        on_line=_as_note(step),
    )


def _create(folder: Path, step: Step) -> None:
    step.note("creating the virtual environment")
    try:
        # --clear: an environment of another Python, or of a moved checkout, can't be mended.
        clear = [] if _belongs_here(folder) else ["--clear"]
        run([sys.executable, "-m", "venv", *clear, folder], cwd=ROOT)
    except SetupError as error:
        raise SetupError(
            f"{error}\nPython can't create a virtual environment. On Debian and Ubuntu: "
            f"apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        ) from error


def _belongs_here(folder: Path) -> bool:
    """Whether the environment was made at this place, by this Python."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    config, scripts = folder / "pyvenv.cfg", folder / "bin" / "pip"
    return (
        config.exists()
        and f"version = {version}\n" in config.read_text()
        and scripts.exists()
        and str(folder) in scripts.read_text().splitlines()[0]
    )


def _as_note(step: Step) -> Callable[[str], None]:
    def note(line: str) -> None:
        if match := re.match(r"(Collecting|Downloading|Installing) (\S+)", line.strip()):
            step.note(f"{match[1].lower()} {match[2]}")

    return note
