"""What the tests judge the program's resources with: cfn-lint and checkov.

In an environment of their own, since checkov pins some fifty packages, boto3 among them.
"""

import hashlib
import sys
from pathlib import Path

import virtual_env
from alone import alone
from places import CACHE, LOCAL, TOOLCHAIN
from screen import Step

LOCK = TOOLCHAIN / "judges" / "requirements.lock"
LINK = LOCAL / "judges"


def home() -> Path:
    """Where they are: one place for each lock and Python, which checkouts share."""
    digest = hashlib.sha256(sys.version.encode() + LOCK.read_bytes()).hexdigest()
    return CACHE / f"judges-{digest[:12]}"


def provide() -> None:
    """Installs them, once a user, and links `.local/judges` to them."""
    folder = home()
    stamp = folder / ".installed"
    with alone(CACHE / "judges.lock", "installs cfn-lint and checkov"):
        if not stamp.exists():
            count = virtual_env.count(LOCK)
            with Step(f"Installing cfn-lint and checkov for the tests: {count} packages") as step:
                virtual_env.install(folder, LOCK, step)
            # Last, so that an installation that was interrupted is taken up again.
            stamp.touch()
        if LINK.resolve() != folder:
            LINK.parent.mkdir(exist_ok=True)
            LINK.unlink(missing_ok=True)
            LINK.symlink_to(folder)
