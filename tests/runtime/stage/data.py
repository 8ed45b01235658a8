"""The commands that move a site's data, in a task of their own."""

import json
from typing import Any

from tests.runtime.stage.bucket import Bucket
from tests.runtime.stage.container import Container, wait_until
from tests.runtime.stage.site import StagedSite

# As fleet.operations.data.steps asks for.
SIZE = {"cpu": 1_024, "memory": 2_048}


def run(site: StagedSite, store: Bucket, *words: str, task: str = "", **values: str) -> Container:
    """Starts one; `task` is one whose scratch volumes are there."""
    command = ["fleet-task", "--kind", "data", "--wait", "300", "--", *words]
    return site.run("wordpress", command, None, task, **store.environment, **values)


def progress(container: Container) -> list[dict[str, Any]]:
    """The lines of progress, so far."""
    lines = [line for line in container.output().splitlines() if line.startswith('{"step')]
    return [json.loads(line) for line in lines]


def begun(container: Container, step: str) -> None:
    """Waits until it is at this step."""
    wait_until(lambda: any(line["step"] == step for line in progress(container)), f"{step} begins")


def ended(container: Container, status: int = 0) -> list[dict[str, Any]]:
    """The lines of progress of a command that ended so."""
    assert container.wait() == status, container.output()
    return progress(container)


def killed_at(step: str, site: StagedSite, store: Bucket, *words: str) -> list[dict[str, Any]]:
    """The lines of a command that is called again after it was killed at a step."""
    first = run(site, store, *words)
    begun(first, step)
    first.kill()
    return ended(run(site, store, *words))


def media(site: StagedSite) -> dict[str, bytes]:
    """A site's uploads, without what the fleet keeps among them."""
    root = site.mount / "uploads"
    found = [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    names = {path: path.relative_to(root) for path in found}
    return {
        str(names[path]): path.read_bytes() for path in found if names[path].parts[0] != ".fleet"
    }
