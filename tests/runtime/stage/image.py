"""The image as `container/Dockerfile` makes it, and what it is made from where no registry is.

Images are built once for each state of what they are made from, and kept by podman under a tag
that says which. `stand_ins/` has what takes the place of the official images.
"""

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from tests.runtime.stage.podman import CACHE, alone, environment, limits, podman, run

CONTAINER = Path(__file__).parents[3] / "container"
STAND_INS = Path(__file__).with_name("stand_ins")
CORE = "/usr/src/wordpress"
# Where the image has the CAs of the database's certificate: a test's database has one of its own.
DATABASE_CA = "/etc/ssl/certs/rds-global-bundle.pem"
# A pull gives up soon where there is no registry, and takes minutes where there is one.
PULL_SECONDS = 900


def digest(*folders: Path, more: Iterable[str] = ()) -> str:
    """Of all that the files hold and may do."""
    state = hashlib.sha256("\0".join(more).encode())
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            state.update(f"{path.relative_to(folder)} {path.stat().st_mode:o}\n".encode())
            state.update(path.read_bytes())
    return state.hexdigest()[:16]


def exists(name: str) -> bool:
    return run(["podman", "image", "exists", name]).returncode == 0


def build(name: str, folder: Path, arguments: Mapping[str, str] | None = None) -> None:
    """Builds a folder with a Dockerfile. Raises RuntimeError with the end of its output."""
    given = [word for pair in (arguments or {}).items() for word in ("--build-arg", "=".join(pair))]
    # Buildah's usual isolation wants crun or a user's own namespace.
    words = ["buildah", "bud", "--isolation", "chroot", "--pull-never", *given, "--tag", name]
    done = subprocess.run(
        [*words, str(folder)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name} can't be built:\n{done.stdout[-3000:]}")


def mirror() -> str:
    """The Debian mirror that this machine uses."""
    words = ["apt-get", "indextargets", "--format", "$(REPO_URI)"]
    which = ["Created-By: Packages", "Label: Debian"]
    done = subprocess.run([*words, *which], capture_output=True, text=True, check=True)
    return done.stdout.split()[0]


def stand_in(kind: str) -> str:
    """The name of a stand-in, built if need be: wordpress, cli, mysql or mariadb."""
    name = f"localhost/fleet-stage/{kind}:{digest(STAND_INS / kind, more=[_roots(kind)])}"
    with alone(f"image-{kind}"):
        if exists(name):
            return name
        # Its files come from Debian's mirror; a change of the Dockerfile alone needs them no more.
        folder = CACHE / f"{kind}-{hashlib.sha256(_roots(kind).encode()).hexdigest()[:16]}"
        folder.mkdir(exist_ok=True)
        if _roots(kind):
            subprocess.run([STAND_INS / "roots", folder, mirror(), kind], check=True)
        shutil.copytree(STAND_INS / kind, folder, dirs_exist_ok=True)
        build(name, folder)
    return name


def _roots(kind: str) -> str:
    """All that decides what comes from Debian."""
    return "" if kind == "cli" else (STAND_INS / "roots").read_text()


def bases(arguments: Mapping[str, str]) -> list[str]:
    """The official images that the Dockerfile names under these build arguments."""
    text = (CONTAINER / "Dockerfile").read_text()
    values = {**dict(re.findall(r"^ARG (\w+)=(\S+)", text, re.MULTILINE)), **arguments}
    names = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    return [re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], name) for name in names]


def _provide(base: str) -> None:
    """An official image: there already, pulled, or a stand-in under its name."""
    name = f"docker.io/library/{base}"
    with alone("bases"):
        label = '{{index .Config.Labels "stand-in"}}'
        found = run(["podman", "image", "inspect", "--format", label, name])
        if found.returncode:
            words = ["timeout", str(PULL_SECONDS), "podman", "pull", "--quiet", name]
            found = subprocess.run(
                words, env=environment(), capture_output=True, text=True, check=False
            )
            if found.returncode == 0:
                return
        elif found.stdout.strip() != "yes":
            return
        kind = "cli" if ":cli-" in base else "wordpress"
        podman("tag", stand_in(kind), name)


@cache
def fleet_image(**arguments: str) -> str:
    """The name of the image, built from the Dockerfile with these build arguments."""
    names = bases(arguments)
    for base in names:
        _provide(base)
    given = [f"{key}={value}" for key, value in sorted(arguments.items())]
    ids = run(["podman", "image", "inspect", "--format", "{{.Id}}", *_full(names)]).stdout
    name = f"localhost/fleet-stage/site:{digest(CONTAINER, more=[*given, ids])}"
    with alone("image-site"):
        if not exists(name):
            with tempfile.TemporaryDirectory() as folder:
                context = Path(folder) / "context"
                shutil.copytree(CONTAINER, context)
                # Amazon's list of CAs is on no registry; each test's database brings its own.
                (context / "no-bundle.pem").touch()
                build(name, context, {**arguments, "RDS_BUNDLE": "no-bundle.pem"})
    return name


def _full(names: Iterable[str]) -> list[str]:
    return [f"docker.io/library/{name}" for name in names]


@cache
def code_of_wordpress(path: str) -> str:
    """A file of the image's core, for example `wp-includes/version.php`."""
    done = run(["podman", "run", "--rm", *limits(), fleet_image(), "cat", f"{CORE}/{path}"])
    return done.stdout
