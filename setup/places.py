"""Where set-up puts things."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
# What belongs to this checkout and git ignores: locks, logs, the simulated environment.
LOCAL = ROOT / ".local"
# What checkouts share, since it takes minutes to make: the Pulumi CLI.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wordpress-fleet"
TOOLCHAIN = Path(__file__).resolve().parent / "toolchain"
