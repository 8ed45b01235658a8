"""The Pulumi CLI and its Python language host, built by Go."""

import os
import shutil
from pathlib import Path

import go_build
from alone import alone
from places import CACHE, TOOLCHAIN
from screen import Step

# The newest release of the CLI that is a Go module; the language host left the module after 3.79.
CLI_MODULE = "github.com/pulumi/pulumi/pkg/v3"
CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
HOST_PACKAGE = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
CLI_VERSION = go_build.pinned("pulumi", CLI_MODULE)
HOST_VERSION = go_build.pinned("language-host", SDK_MODULE)
EXECUTOR = "pulumi-language-python-exec"
HOST = "pulumi-language-python"

HOME = CACHE / f"pulumi-{CLI_VERSION}"


def is_built() -> bool:
    return all((HOME / part).exists() for part in ("bin/pulumi", f"bin/{HOST}", f"host/{EXECUTOR}"))


def provide() -> Path:
    """Builds the CLI, once a user; gives its `bin`. Takes three to six minutes on two cores."""
    with alone(CACHE / f"pulumi-{CLI_VERSION}.lock", "builds the Pulumi CLI"):
        if not is_built():
            _build()
    return HOME / "bin"


def _build() -> None:
    """Builds aside and renames, so that the folder is either whole or not there."""
    for leftover in CACHE.glob(f".pulumi-{CLI_VERSION}-*"):
        shutil.rmtree(leftover)
    aside = CACHE / f".pulumi-{CLI_VERSION}-{os.getpid()}"
    with Step(f"Building the Pulumi CLI {CLI_VERSION}, once for all checkouts") as step:
        go_build.build("pulumi", CLI_PACKAGE, CLI_VERSION, aside / "bin" / "pulumi", step)
    with Step("Building its Python language host") as step:
        go_build.build("language-host", HOST_PACKAGE, HOST_VERSION, aside / "host" / HOST, step)
        # The executor of the newer SDK: the older one prints a traceback of its own when a
        # resource fails.
        source = go_build.module_folder("pulumi", SDK_MODULE) / "python" / "cmd" / EXECUTOR
        install(source, aside / "host" / EXECUTOR)
        install(TOOLCHAIN / "language-host" / HOST, aside / "bin" / HOST)
    shutil.rmtree(HOME, ignore_errors=True)
    aside.rename(HOME)


def install(source: Path, target: Path) -> None:
    """Copies a script as an executable; Go's module cache is read-only, and so its modes."""
    shutil.copyfile(source, target)
    target.chmod(0o755)
