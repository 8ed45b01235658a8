"""What of a backup comes back: all, its tables, its files, its code, or some files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast, get_args

from fleet.operations.data.archive import Archive, Manifest
from fleet.operations.data.dump import Part
from fleet.operations.data.listed import files_of, is_safe
from fleet.operations.problem import OperationError
from fleet.wording import quoted

# Folders of code, which comes back as a whole: a task runs generations of it (docs/image.md).
CODE = ("plugins", "themes", "mu-plugins", "languages")


@dataclass(frozen=True, slots=True)
class Portion:
    """`part`: of the archive's parts the one that it is of, None for both.

    `code`: plugins, themes, must-use plugins and translations alone. `paths`: these files and
    folders below wp-content alone.
    """

    part: Part | None = None
    code: bool = False
    paths: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """`fleet-load`'s."""
        if self.code:
            return ("--code-only", "--overwrite-newer")
        only = () if self.part is None else ("--only", self.part)
        return (*only, *(word for path in self.paths for word in ("--path", path)))

    def lacks(self, manifest: Manifest) -> bool:
        """Whether an archive has nothing of it."""
        return getattr(manifest, self.part or "database") is None

    def bytes(self, archive: Archive, manifest: Manifest) -> int | None:
        """Of the files that come back; None where none do. Raises OperationError for a path that
        the archive doesn't have."""
        if manifest.files is None or self.part == "database":
            return None
        if not self.code and not self.paths:
            return manifest.files.total_bytes
        wanted = CODE if self.code else self.paths
        found = dict.fromkeys(wanted, 0)
        missing = set(self.paths)
        for file in files_of(archive, manifest.files):
            for path in wanted:
                if is_below(file.path, path):
                    found[path] += file.bytes
                    missing.discard(path)
        if missing:
            raise OperationError(
                f"the backup of {manifest.time} has no {min(missing)}; an earlier --at takes an "
                "older one"
            )
        return sum(found.values())


ALL = Portion()


def is_below(path: str, folder: str) -> bool:
    """Whether a path is the folder's, or the file itself."""
    return path == folder or path.startswith(f"{folder}/")


def portion_of(words: Sequence[str]) -> Portion:
    """What `--only`, given any number of times, says. Raises OperationError."""
    known = {*get_args(Part), "code"}
    named = [word for word in words if word in known]
    paths = _paths(word for word in words if word not in known)
    if len(named) > 1 or (named and paths):
        raise OperationError("--only: name one of database, files and code, or paths")
    if named == ["code"]:
        return Portion(part="files", code=True)
    if named:
        return Portion(part=cast("Part", named[0]))
    return Portion(part="files", paths=paths) if paths else ALL


def _paths(words: Iterable[str]) -> tuple[str, ...]:
    paths = sorted({word.strip("/") for word in words})
    for path in paths:
        if not is_safe(path) or ("/" not in path and path != "uploads"):
            raise OperationError(
                f"--only: found {quoted(path)}; allowed is database, files, code, or a file or "
                "folder below wp-content, such as uploads/2026/11"
            )
        if path.split("/")[0] in CODE:
            raise OperationError(
                f"--only: found {quoted(path)}, which is code; --only code brings all of it back, "
                "wp fleet code revert one plugin or theme"
            )
    # What lies in another one comes with it.
    return tuple(
        path
        for path in paths
        if not any(path != other and is_below(path, other) for other in paths)
    )
