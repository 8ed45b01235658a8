"""Sets up what a checkout needs: `python3 setup`, with `--tests` also what only the tests need.

Runs on a bare Python, so it uses nothing but the standard library. Each part does nothing when
its work is done, and can be stopped at any time and started again.
"""

import subprocess
import sys

from places import ROOT
from problem import SetupError

OLDEST_PYTHON = (3, 11)
DEBIAN = ROOT / "setup" / "debian"


def main(arguments: list[str]) -> int:
    if sys.version_info < OLDEST_PYTHON:
        print(
            f"This is Python {sys.version.split()[0]}; Python 3.11 or newer is needed. "
            "If there is one: make PYTHON=/path/to/python3.11",
            file=sys.stderr,
        )
        return 1
    import judges
    import pulumi_cli
    import pulumi_yaml
    import python_packages

    try:
        python_packages.provide()
        pulumi_cli.provide()
        if "--tests" in arguments:
            pulumi_yaml.provide()
            judges.provide()
            if DEBIAN.exists():
                subprocess.run([DEBIAN], cwd=ROOT, check=True)
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        return error.returncode
    except KeyboardInterrupt:
        print("\nStopped. Run it again to go on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
