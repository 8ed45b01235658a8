"""The virtual environment: what requirements.lock says, by hash, and the project in place."""

import hashlib
import re
import sys
from collections.abc import Callable
from pathlib import Path

from alone import alone
from command import run
from places import LOCAL, ROOT, VENV, VENV_PYTHON
from problem import SetupError
from screen import Step

LOCK = ROOT / "requirements.lock"
STAMP = VENV / ".installed"
PIP = [VENV_PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]


def provide() -> None:
    """Makes the virtual environment what the lock says; nothing when it already is."""
    if _is_current():
        return
    if VENV.is_symlink():
        raise SetupError(
            f"{VENV.name} is a link to {VENV.readlink()}, which is not for this checkout; remove "
            "the link, and run it again to make one of its own"
        )
    with alone(LOCAL / "setup.lock", "sets up this checkout"):
        # The one that was waited for may have done it.
        if not _is_current():
            _install()


def _wanted() -> str:
    """Changes with all that the environment depends on; scripts in it hold its path."""
    digest = hashlib.sha256(f"{sys.version} {VENV}".encode())
    for file in (LOCK, ROOT / "pyproject.toml"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _is_current() -> bool:
    return VENV_PYTHON.exists() and STAMP.exists() and STAMP.read_text() == _wanted()


def _install() -> None:
    STAMP.unlink(missing_ok=True)
    count = len(re.findall(r"^[\w.-]+(?:\[.*?\])?==", LOCK.read_text(), re.MULTILINE))
    with Step(f"Installing {count} Python packages into {VENV.name}") as step:
        _create(step)
        step.note("reading the lock")
        run(
            [*PIP, "install", "--progress-bar=off", "--require-hashes", "-r", LOCK],
            cwd=ROOT,
            on_line=_as_note(step),
        )
        step.note("this project")
        run([*PIP, "install", "--no-deps", "--no-build-isolation", "-e", ROOT], cwd=ROOT)
    # Last, so that an installation that was interrupted is taken up again.
    STAMP.write_text(_wanted())


def _create(step: Step) -> None:
    step.note("creating the virtual environment")
    try:
        # --clear: an environment of another Python, or of a moved checkout, can't be mended.
        clear = [] if _belongs_here(VENV / "pyvenv.cfg") else ["--clear"]
        run([sys.executable, "-m", "venv", *clear, VENV], cwd=ROOT)
    except SetupError as error:
        raise SetupError(
            f"{error}\nPython can't create a virtual environment. On Debian and Ubuntu: "
            f"apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        ) from error


def _belongs_here(config: Path) -> bool:
    """Whether the environment was made at this place, by this Python."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    scripts = VENV / "bin" / "pip"
    return (
        config.exists()
        and f"version = {version}\n" in config.read_text()
        and scripts.exists()
        and str(VENV) in scripts.read_text().splitlines()[0]
    )


def _as_note(step: Step) -> Callable[[str], None]:
    def note(line: str) -> None:
        if match := re.match(r"(Collecting|Downloading|Installing) (\S+)", line.strip()):
            step.note(f"{match[1].lower()} {match[2]}")

    return note
