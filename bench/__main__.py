"""Every benchmark, into docs/benchmarks.md: `make bench`, or `python -m bench load program`.

Each runs in a process of its own with no more imported than it needs: the children of a process
count its memory as theirs until they have more.
"""

import subprocess
import sys
from collections.abc import Callable, Mapping


def load_sites() -> None:
    """Files of 1,000 and 10,000 sites."""
    from bench import load
    from bench.report import publish

    intro = (
        f"`python -m bench.load`: medians of {load.RUNS} runs, each in a new process. Load is the "
        "clock's time\nfrom opening the file to a checked fleet; start is the interpreter and "
        "imports before it."
    )
    publish("bench.load", intro, load.table([load.measure(sites) for sites in load.LIMITS]))


def plan_sites() -> None:
    """`fleet --help` and `fleet plan`."""
    from rich.table import Table

    from bench import plan
    from bench.report import publish

    table = Table("command", title="The command line", title_justify="left")
    for head in ("wall s", "CPU s", "at most s"):
        table.add_column(head, justify="right")
    for figure in plan.measure():
        times = (figure.wall, figure.cpu, figure.limit)
        table.add_row(figure.name, *(f"{value:.2f}" for value in times))
    intro = (
        "`python -m bench.plan`: the commands as a person runs them, the interpreter's start "
        f"included;\nmedians of {plan.RUNS} runs."
    )
    publish("bench.plan", intro, table)


def register_resources() -> None:
    """The program under mocks."""
    from bench import program

    program.main()


def run_engine() -> None:
    """The real engine."""
    from bench import engine

    engine.main()


def cut_into_cells() -> None:
    """A thousand sites in cells, and some in one stack."""
    from bench import scale

    scale.main()


def run_events() -> None:
    """WordPress's events."""
    from bench import cron

    cron.main()


def run_locally() -> None:
    """Twenty sites in containers."""
    from bench import local

    local.main()


def follow_load() -> None:
    """Tasks that follow the load, drawn."""
    from bench import scaling

    scaling.main()


def serve_pages() -> None:
    """The image beside a stock WordPress."""
    from bench import image

    image.main()


def move_data() -> None:
    """Dump, load and replacing."""
    from bench import data

    data.main()


def restore_sites() -> None:
    """A restore, and rotations of secrets."""
    from bench import backups

    backups.main()


def drill_beside_pages() -> None:
    """Pages while a backup is drilled."""
    from bench import drill

    drill.main()


def change_code() -> None:
    """A site's code in generations."""
    from bench import code

    code.main()


PARTS: Mapping[str, Callable[[], None]] = {
    "load": load_sites,
    "plan": plan_sites,
    "program": register_resources,
    "engine": run_engine,
    "scale": cut_into_cells,
    "cron": run_events,
    "data": move_data,
    "backups": restore_sites,
    "drill": drill_beside_pages,
    "image": serve_pages,
    "local": run_locally,
    "scaling": follow_load,
    "code": change_code,
}


def main(names: list[str]) -> int:
    """Runs the named parts, all of them by default; gives the exit status."""
    unknown = set(names) - PARTS.keys()
    if unknown:
        print(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
        return 1
    if len(names) == 1:
        PARTS[names[0]]()
        return 0
    command = [sys.executable, "-W", "ignore", "-m", "bench"]
    return max(subprocess.run([*command, name], check=False).returncode for name in names or PARTS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
