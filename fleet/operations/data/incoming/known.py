"""Which kind of export a path is: a dump, a plugin's archive, or one that is refused in words."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fleet.operations.data.incoming.in_s3 import InS3, is_s3, place_in_s3
from fleet.operations.data.incoming.sources import Content, Folder, Source, Zips, open_zip
from fleet.operations.data.incoming.wpress import TABLES, Wpress
from fleet.operations.problem import OperationError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_SQL = (".sql", ".sql.gz", ".sql.zst")
_EXPORT = "fleet export"


@dataclass(frozen=True, slots=True)
class Export:
    """`kind` in words, the dump of the tables, and where the files are, if anywhere."""

    kind: str
    tables: Path
    files: Source | None


@contextmanager
def recognised(
    path: Path, files: Path | None, s3: Callable[[], S3Client] | None = None
) -> Iterator[Export]:
    """What is at `path`, with `files` beside where they aren't in it.

    A dump within an archive or in S3 is put beside the temporary files while this is open; `s3`
    makes a client for what lies there. Raises OperationError for what can't be read here, with what
    to make instead.
    """
    with tempfile.TemporaryDirectory(prefix="fleet-import-") as folder:
        if is_s3(path) and s3 is not None:
            found = _in_s3(place_in_s3(path, s3()), Path(folder))
        elif path.exists():
            found = _export(path, Path(folder))
        else:
            raise OperationError(f"{path} is not there")
        beside = _beside(files, s3) if files else found.files
        yield Export(found.kind, found.tables, beside)


def _beside(files: Path, s3: Callable[[], S3Client] | None) -> Source:
    return place_in_s3(files, s3()) if is_s3(files) and s3 is not None else files_at(files)


def _in_s3(place: InS3, folder: Path) -> Export:
    place.fetch("manifest.json", folder / "manifest.json")
    tables = place.fetch("database.sql.gz", folder / "database.sql.gz")
    return Export(f"what {_EXPORT} wrote", tables, place)


def files_at(path: Path) -> Source:
    """A folder or a zip. Raises OperationError for anything else."""
    if path.is_dir():
        return Content(Folder(path)) if path.resolve().name == "wp-content" else Folder(path)
    if path.name.endswith(".zip"):
        return Zips([path])
    raise OperationError(f"{path} is neither a folder nor a zip")


def _export(path: Path, folder: Path) -> Export:
    if path.is_dir():
        return _in_folder(path)
    if path.name.endswith(_SQL):
        return Export("a dump of tables", path, None)
    if path.name.endswith(".wpress"):
        return _wpress(path, folder)
    if path.name.endswith(".zip"):
        return _duplicator(path, folder)
    raise OperationError(f"{path}: {_refusal(path)}")


def _refusal(path: Path) -> str:
    if path.name.endswith(".daf"):
        return "Duplicator's own format is not read; let it make a zip (Settings, Packages)"
    if path.name.endswith(".crypt"):
        return "it is encrypted by UpdraftPlus; decrypt it there first"
    if path.name.endswith(".xml"):
        with path.open("rb") as stream:
            if b"wordpress.org/export" in stream.read(4_096):
                return (
                    "a WXR file has posts, but neither settings, users nor files; upload it in the "
                    "dashboard under Tools, Import, or let the old host make a dump"
                )
    return (
        "allowed is .sql, .sql.gz, .sql.zst, .wpress, Duplicator's zip, or a folder of one of these"
    )


def _in_folder(path: Path) -> Export:
    """What `fleet export` or UpdraftPlus wrote, or a folder with one dump beside wp-content."""
    if (path / "database.sql.gz").exists() and (path / "manifest.json").exists():
        return Export(f"what {_EXPORT} wrote", path / "database.sql.gz", Folder(path))
    updraft = sorted(path.glob("backup_*-db*.gz"))
    if updraft:
        return _updraft(path, updraft)
    dumps = sorted(each for each in path.iterdir() if each.name.endswith(_SQL))
    if len(dumps) == 1:
        return Export("a dump of tables with its files", dumps[0], Folder(path))
    many = "several dumps" if dumps else "no dump of tables"
    raise OperationError(f"{path} has {many} (.sql, .sql.gz, .sql.zst); name one with --from")


def _updraft(path: Path, dumps: list[Path]) -> Export:
    if len(dumps) > 1:
        raise OperationError(
            f"{path} has {len(dumps)} backups of UpdraftPlus; keep one in a folder"
        )
    beginning = dumps[0].name.partition("-db")[0]
    zips = sorted(
        each
        for part in ("plugins", "themes", "uploads", "mu-plugins", "others")
        for each in path.glob(f"{beginning}-{part}*.zip")
    )
    return Export("a backup by UpdraftPlus", dumps[0], Content(Zips(zips)) if zips else None)


def _wpress(path: Path, folder: Path) -> Export:
    source = Wpress(path)
    for file in source.entries():
        if file.path == TABLES:
            with file.open() as stream, (folder / TABLES).open("wb") as out:
                shutil.copyfileobj(stream, out)
            return Export("an export by All-in-One WP Migration", folder / TABLES, source)
    raise OperationError(f"{path} has no {TABLES}: it was exported without its database")


def _duplicator(path: Path, folder: Path) -> Export:
    archive = open_zip(path)
    names = [
        name
        for name in archive.namelist()
        if "dup-database__" in name or name.rsplit("/", 1)[-1] == "database.sql"
    ]
    if len(names) != 1:
        raise OperationError(
            f"{path} has no dump of Duplicator's; a zip of files goes with --files, beside --from"
        )
    with archive.open(names[0]) as stream, (folder / "database.sql").open("wb") as out:
        shutil.copyfileobj(stream, out)
    return Export("a package by Duplicator", folder / "database.sql", Zips([path]))
