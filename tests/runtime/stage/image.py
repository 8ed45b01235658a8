"""The image as `container/Dockerfile` makes it, and what it is made from where no registry is.

Images are built once for each state of what they are made from, and kept by podman under a tag
that says which. `stand_ins/` has what takes the place of the official images.
"""

import hashlib
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from simulator.local import image
from simulator.local.cache import CACHE, alone
from simulator.local.image import CONTAINER, DATABASE_CA, bases, build, digest, exists
from simulator.local.podman import podman_environment
from tests.runtime.stage.podman import limits, podman, run

__all__ = ["CONTAINER", "DATABASE_CA", "bases", "code_of_wordpress", "fleet_image", "stand_in"]

STAND_INS = Path(__file__).with_name("stand_ins")
DEBIANS_PHP = "8.4"
ARGUMENTS = {"PHP": os.environ["STAGE_PHP"]} if "STAGE_PHP" in os.environ else {}
"""Of the build: another PHP than the Dockerfile's own is tested if the environment names one."""
CORE = "/usr/src/wordpress"
# A pull gives up soon where there is no registry, and takes minutes where there is one.
PULL_SECONDS = 900


def mirror() -> str:
    """The Debian mirror that this machine uses."""
    words = ["apt-get", "indextargets", "--format", "$(REPO_URI)"]
    which = ["Created-By: Packages", "Label: Debian"]
    done = subprocess.run([*words, *which], capture_output=True, text=True, check=True)
    return done.stdout.split()[0]


def stand_in(kind: str, php: str = DEBIANS_PHP) -> str:
    """The name of a stand-in, built if need be: wordpress, cli, mysql or mariadb."""
    state = digest(STAND_INS / kind, more=[php, _roots(kind)])
    name = f"localhost/fleet-stage/{kind}:{state}"
    with alone(f"image-{kind}"):
        if exists(name):
            return name
        # Its files come from Debian's mirror; a change of the Dockerfile alone needs them no more.
        origin = hashlib.sha256(f"{php} {_roots(kind)}".encode()).hexdigest()[:16]
        folder = CACHE / f"{kind}-{origin}"
        folder.mkdir(exist_ok=True)
        if _roots(kind):
            subprocess.run([STAND_INS / "roots", folder, mirror(), kind, php], check=True)
        shutil.copytree(STAND_INS / kind, folder, dirs_exist_ok=True)
        build(name, folder, {"PHP": php} if kind == "wordpress" else {})
    return name


def _roots(kind: str) -> str:
    """All that decides what comes from Debian."""
    return "" if kind == "cli" else (STAND_INS / "roots").read_text()


def _provide(base: str) -> None:
    """An official image: there already, pulled, or a stand-in under its name."""
    name = f"docker.io/library/{base}"
    with alone("bases"):
        label = '{{index .Config.Labels "stand-in"}}'
        found = run(["podman", "image", "inspect", "--format", label, name])
        if found.returncode:
            words = ["timeout", str(PULL_SECONDS), "podman", "pull", "--quiet", name]
            found = subprocess.run(
                words, env=podman_environment(), capture_output=True, text=True, check=False
            )
            if found.returncode == 0:
                return
        elif found.stdout.strip() != "yes":
            return
        kind = "cli" if ":cli-" in base else "wordpress"
        podman("tag", stand_in(kind, re.findall(r"-php([0-9.]+)", base)[0]), name)


@cache
def fleet_image() -> str:
    """The name of the image, built from the Dockerfile."""
    for base in bases(ARGUMENTS):
        _provide(base)
    return image.fleet_image(ARGUMENTS)


@cache
def code_of_wordpress(path: str) -> str:
    """A file of the image's core, for example `wp-includes/version.php`."""
    done = run(["podman", "run", "--rm", *limits(), fleet_image(), "cat", f"{CORE}/{path}"])
    return done.stdout
