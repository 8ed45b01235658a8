"""The Pulumi CLI with its Python language host: found, installed or built; linked into the venv."""

import os
import re
import shutil
import urllib.error
import urllib.request
from pathlib import Path

import pulumi_build
from alone import alone
from command import answer, run
from places import CACHE, ROOT, VENV, VENV_PYTHON
from problem import SetupError
from screen import Step

# The release that the tests run with.
MINIMUM = (3, 259, 0)
LINK = VENV / "bin" / "pulumi"
INSTALLER = "https://get.pulumi.com/install.sh"
REACHABLE_WITHIN_SECONDS = 5
INSTALLED_WITHIN_SECONDS = 300
OFFICIAL = CACHE / "pulumi-official"


def provide() -> None:
    """Links `.venv/bin/pulumi` to a CLI that is new enough and runs Python programs."""
    if _is_usable(LINK):
        return
    found = _on_path() or _cached() or _installed() or pulumi_build.provide() / "pulumi"
    LINK.unlink(missing_ok=True)
    LINK.symlink_to(found)
    print(f"The Pulumi CLI is {found}", flush=True)


def _is_usable(cli: Path) -> bool:
    """New enough, and with the Python language host where the engine looks for it."""
    env = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    said = answer([cli, "version"], cwd=ROOT, env=env) if cli.exists() else None
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", said or "")
    if not match or tuple(int(part) for part in match.groups()) < MINIMUM:
        return False
    host = cli.resolve().parent / pulumi_build.HOST
    return host.exists() or shutil.which(pulumi_build.HOST) is not None


def _on_path() -> Path | None:
    found = shutil.which("pulumi")
    return Path(found).resolve() if found and _is_usable(Path(found)) else None


def _cached() -> Path | None:
    for folder in (OFFICIAL, pulumi_build.HOME):
        if _is_usable(folder / "bin" / "pulumi"):
            return folder / "bin" / "pulumi"
    return None


def _installed() -> Path | None:
    """The official release, where the internet is in reach."""
    if not _in_reach():
        return None
    aside = CACHE / f".pulumi-official-{os.getpid()}"
    code = f"from pulumi.automation import PulumiCommand as P; P.install(root={str(aside)!r})"
    try:
        with alone(CACHE / "pulumi-official.lock", "installs the Pulumi CLI"):
            if _is_usable(OFFICIAL / "bin" / "pulumi"):
                return OFFICIAL / "bin" / "pulumi"
            with Step("Installing the Pulumi CLI from get.pulumi.com"):
                run([VENV_PYTHON, "-c", code], cwd=ROOT, limit=INSTALLED_WITHIN_SECONDS)
            shutil.rmtree(OFFICIAL, ignore_errors=True)
            aside.rename(OFFICIAL)
    except SetupError as error:
        print(f"The official installer failed, so Go builds the CLI instead. {error}", flush=True)
        shutil.rmtree(aside, ignore_errors=True)
        return None
    return OFFICIAL / "bin" / "pulumi"


def _in_reach() -> bool:
    request = urllib.request.Request(INSTALLER, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=REACHABLE_WITHIN_SECONDS):  # noqa: S310
            return True
    except (urllib.error.URLError, OSError):
        return False
