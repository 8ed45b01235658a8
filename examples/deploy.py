"""Deploys a fleet from a script: some cells first, and the others when those are well.

    python examples/deploy.py prod --first eu1

Prints a line for each site that has changed, and ends with 1 when a cell failed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fleet.api import FleetError
from fleet.api.deploy import Ended, Finished, Target, read_declared, up


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environment")
    parser.add_argument("--folder", type=Path, default=Path.cwd(), help="with Pulumi.yaml")
    parser.add_argument("--first", metavar="CELL", help="the cell to try it on")
    given = parser.parse_args()
    try:
        return deploy(given.folder.resolve(), given.environment, given.first)
    except FleetError as error:
        print(error, file=sys.stderr)
        return 1


def deploy(folder: Path, environment: str, first: str | None) -> int:
    declared = read_declared(Target(folder=folder, environment=environment))
    changed: set[tuple[str, str | None]] = set()
    # Leaving `with` by an exception, Ctrl-C too, ends the engines in good order.
    with up(declared, canary=first) as run:
        for each in run:
            stack = each.target.stack
            match each.event:
                case Finished(change) if (stack, change.site) not in changed:
                    changed.add((stack, change.site))
                    print(f"{stack}: {change.site or 'shared base'} changes")
                case Ended(result):
                    print(f"{stack}: {result.outcome}", *result.errors, sep="\n  ")
                case _:
                    pass
    return 0 if run.result().ok else 1


if __name__ == "__main__":
    sys.exit(main())
