"""What the tests run a program in another language with: Pulumi's YAML language host.

Every official installation of Pulumi has it, and a Python language host that runs plugins. Beside
a CLI that Go built, Go builds both.
"""

import shutil

import go_build
import pulumi_build
import pulumi_cli
from alone import alone
from places import CACHE, TOOLCHAIN
from problem import SetupError
from screen import Step

MODULE = "github.com/pulumi/pulumi-yaml"
PACKAGE = f"{MODULE}/cmd/pulumi-language-yaml"
VERSION = go_build.pinned("yaml", MODULE)
HOST = "pulumi-language-yaml"
PLUGINS = "python-plugins"

PARTS = (pulumi_build.HOME / "bin" / HOST, pulumi_build.HOME / "host" / PLUGINS)


def provide() -> None:
    """Puts the YAML language host beside the CLI. Takes one to two minutes on two cores, once."""
    beside = pulumi_cli.LINK.resolve().parent
    if beside != pulumi_build.HOME / "bin":
        if not (beside / HOST).exists() and shutil.which(HOST) is None:
            raise SetupError(
                f"the Pulumi CLI in {beside} has no {HOST}, which the tests need; an official "
                "installation has one: https://www.pulumi.com/docs/install/"
            )
        return
    if not all(part.exists() for part in PARTS):
        with alone(CACHE / "pulumi-yaml.lock", "builds Pulumi's YAML language host"):
            if not all(part.exists() for part in PARTS):
                _build()


def _build() -> None:
    """Builds aside and renames, so that each part is either whole or not there."""
    aside = CACHE / ".pulumi-yaml"
    shutil.rmtree(aside, ignore_errors=True)
    with Step("Building Pulumi's YAML language host for the tests, once for all checkouts") as step:
        go_build.build("yaml", PACKAGE, VERSION, aside / HOST, step)
        go_build.build("yaml", f"./{PLUGINS}", VERSION, aside / PLUGINS, step)
        # That of an older checkout knows nothing of plugins.
        python_host = TOOLCHAIN / "language-host" / pulumi_build.HOST
        pulumi_build.install(python_host, aside / pulumi_build.HOST)
    (aside / pulumi_build.HOST).replace(pulumi_build.HOME / "bin" / pulumi_build.HOST)
    for part in PARTS:
        (aside / part.name).replace(part)
    aside.rmdir()
