"""The virtual environment: what requirements.lock says, by hash, and the project in place."""

import hashlib
import sys

import virtual_env
from alone import alone
from command import run
from places import LOCAL, ROOT, VENV, VENV_PYTHON
from problem import SetupError
from screen import Step

LOCK = ROOT / "requirements.lock"
STAMP = VENV / ".installed"


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
    count = virtual_env.count(LOCK)
    with Step(f"Installing {count} Python packages into {VENV.name}") as step:
        virtual_env.install(VENV, LOCK, step)
        step.note("this project")
        install = [*virtual_env.PIP, "install", "--no-deps", "--no-build-isolation", "-e", ROOT]
        run([VENV_PYTHON, *install], cwd=ROOT)
    # Last, so that an installation that was interrupted is taken up again.
    STAMP.write_text(_wanted())
