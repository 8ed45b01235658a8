"""The commands that move a site's data, in a task of their own."""

import json
from typing import Any

from tests.runtime.stage.bucket import Bucket
from tests.runtime.stage.container import Container
from tests.runtime.stage.site import StagedSite


def run(site: StagedSite, store: Bucket, *words: str, task: str = "", **values: str) -> Container:
    """Starts one; `task` is one whose scratch volumes are there."""
    command = ["fleet-task", "--kind", "data", "--wait", "60", "--", *words]
    return site.run("wordpress", command, None, task, **store.environment, **values)


def progress(container: Container) -> list[dict[str, Any]]:
    """The lines of progress, so far."""
    lines = [line for line in container.output().splitlines() if line.startswith('{"step')]
    return [json.loads(line) for line in lines]


def ended(container: Container, status: int = 0) -> list[dict[str, Any]]:
    """The lines of progress of a command that ended so."""
    assert container.wait() == status, container.output()
    return progress(container)
