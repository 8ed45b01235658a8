"""docker-build: an image is not built, but its content decides its digest and it is pushed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from simulator.rules import Call, Rules, rules_for
from simulator.values import has_unknown

REPOSITORY = "aws:ecr/repository:Repository"


def content_hash(location: str) -> str:
    """The hash of every file under a folder, with its path and mode."""
    digest = hashlib.sha256()
    root = Path(location)
    for path in sorted(root.rglob("*")):
        if path.is_file():
            mode = "x" if path.stat().st_mode & 0o111 else "-"
            digest.update(f"{path.relative_to(root)}\n{mode}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@rules_for("docker-build:index:Image")
class Image(Rules):
    """An image in a registry."""

    def normalise(self, inputs: dict[str, Any]) -> None:
        """A changed file in the folder is a changed input."""
        context = inputs.get("context")
        location = context.get("location") if isinstance(context, dict) else None
        if isinstance(location, str):
            inputs["contextHash"] = content_hash(location)

    def canonical(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """A login that is renewed at each run is no change."""
        inputs.pop("registries", None)
        return inputs

    def compute(self, call: Call) -> None:
        """The digest follows from what goes into the image."""
        names = ("contextHash", "dockerfile", "buildArgs", "platforms", "target")
        parts = {name: call.props.get(name) for name in names}
        if not has_unknown(parts):
            text = json.dumps(parts, sort_keys=True)
            call.props["digest"] = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
        tags = call.props.get("tags") or ["image"]
        call.props["ref"] = f"{tags[0]}@{call.props['digest']}"

    def create(self, call: Call) -> None:
        """Push: the repository, if it is one of the account, holds the image."""
        for tag in call.props.get("tags") or []:
            url = str(tag).rpartition(":")[0]
            for repository in call.world.find(REPOSITORY, repositoryUrl=url):
                images = {*repository.props.get("_images", []), call.props["digest"]}
                repository.props["_images"] = sorted(images)
                call.world.write(repository)
