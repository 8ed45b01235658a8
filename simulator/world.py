"""The simulated AWS account: one SQLite file that all plugins and operations share.

    world = World(path)
    world.resources("aws:ecs/service:Service")      # every live one
    world.get("aws:rds/cluster:Cluster", "blog")    # by its key, or None
    world.update("aws:ecs/service:Service", arn, desiredCount=5)   # as if somebody else did it

Every change is one SQLite transaction in write-ahead mode, so the file is whole whatever is
killed and whenever, and two engines can work on it at once.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

# How long a writer waits for another process's transaction, in seconds; each takes milliseconds.
LOCK_SECONDS = 60.0

_TABLES = """
CREATE TABLE IF NOT EXISTS resources (
    type TEXT NOT NULL, key TEXT NOT NULL,
    id TEXT NOT NULL, name TEXT NOT NULL, props TEXT NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (type, key));
CREATE INDEX IF NOT EXISTS by_arn ON resources (type, json_extract(props, '$.arn'));
CREATE INDEX IF NOT EXISTS by_name ON resources (type, json_extract(props, '$.name'));
CREATE TABLE IF NOT EXISTS links (
    type TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL,
    to_type TEXT NOT NULL, to_key TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS links_from ON links (type, key);
CREATE INDEX IF NOT EXISTS links_to ON links (to_type, to_key);
CREATE TABLE IF NOT EXISTS claims (
    type TEXT NOT NULL, claim TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (type, claim));
CREATE INDEX IF NOT EXISTS claims_of ON claims (type, key);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS verdicts (document TEXT PRIMARY KEY, findings TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing in the account. `name` is its logical name in the program that made it.

    `props` are the properties as AWS has them, under the names of Pulumi's outputs; names that
    begin with an underscore are the simulator's own. `gone`: AWS still remembers it, though it is
    deleted (a secret in its recovery window, a deregistered task definition).
    """

    type: str
    key: str
    id: str
    name: str
    props: dict[str, Any]
    gone: bool = False


def default_path() -> Path:
    """Where the world lives: SIMULATOR_WORLD, else beside the folder of the Pulumi backend."""
    if path := os.environ.get("SIMULATOR_WORLD"):
        return Path(path)
    backend = urlparse(os.environ.get("PULUMI_BACKEND_URL", ""))
    if backend.scheme == "file":
        folder = Path(backend.netloc + backend.path).expanduser()
        return folder.with_name(f"{folder.name}.world.sqlite")
    raise RuntimeError("set SIMULATOR_WORLD to the file that the simulated account lives in")


class World:
    """The account in one file; safe to use from several threads and processes."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._database = sqlite3.connect(
            self.path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
        )
        # No fsync: a killed process loses nothing, only a power cut could.
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """One transaction: everything inside happens, or nothing of it. Not to be nested."""
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def _rows(self, where: str, values: tuple[Any, ...]) -> list[Resource]:
        query = f"SELECT type, key, id, name, props, gone FROM resources WHERE {where}"  # noqa: S608
        with self._lock:
            rows = self._database.execute(query, values).fetchall()
        return [
            Resource(token, key, id_, name, json.loads(props), bool(gone))
            for token, key, id_, name, props, gone in rows
        ]

    def resources(self, token: str | None = None, *, gone: bool = False) -> list[Resource]:
        """Everything of a type (default: of every type) in the order of creation.

        With `gone`, what AWS remembers of deleted things instead of the live ones.
        """
        if token is None:
            return self._rows("gone = ? ORDER BY rowid", (gone,))
        return self._rows("type = ? AND gone = ? ORDER BY rowid", (token, gone))

    def get(self, token: str, key: str, *, gone: bool = False) -> Resource | None:
        """One resource by its key: its id, but for the rows of the table that say otherwise."""
        found = self._rows("type = ? AND key = ? AND gone = ?", (token, key, gone))
        return found[0] if found else None

    def find(self, token: str, **props: Any) -> list[Resource]:
        """Live resources of a type whose properties have these values."""
        where = "".join(f" AND json_extract(props, '$.{name}') = ?" for name in props)
        return self._rows(f"type = ? AND gone = 0{where}", (token, *props.values()))

    def named(self, token: str, name: str) -> Resource:
        """The one live resource of a type with a logical name; LookupError otherwise."""
        found = self._rows("type = ? AND gone = 0 AND name = ?", (token, name))
        if len(found) != 1:
            raise LookupError(f"{len(found)} resources {token} named {name!r} in {self.path}")
        return found[0]

    def update(self, token: str, key: str, **props: Any) -> Resource:
        """Change properties of a resource behind Pulumi's back; LookupError when there is none."""
        with self.change():
            found = self.get(token, key)
            if found is None:
                raise LookupError(f"no {token} {key!r} in {self.path}")
            found.props.update(props)
            self.write(found)
        return found

    def write(self, resource: Resource) -> None:
        """Store a resource, new or changed. Inside `change`."""
        self._database.execute(
            "INSERT INTO resources (type, key, id, name, props, gone) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (type, key) DO UPDATE SET"
            " id = excluded.id, name = excluded.name, props = excluded.props, gone = excluded.gone",
            (
                *(resource.type, resource.key, resource.id, resource.name),
                *(json.dumps(resource.props), resource.gone),
            ),
        )

    def remove(self, token: str, key: str) -> None:
        """Forget a resource with its links and claims. Inside `change`."""
        self._database.execute("DELETE FROM resources WHERE type = ? AND key = ?", (token, key))
        self.register(token, key, links=[], claims=[])

    def register(
        self,
        token: str,
        key: str,
        *,
        links: list[tuple[str, str, str]],
        claims: list[str],
    ) -> str | None:
        """Replace what a resource points at and claims; a claim that another one has, if any.

        links: path, type and key of the target. claims: texts unique within the type.
        """
        own = (token, key)
        self._database.execute("DELETE FROM links WHERE type = ? AND key = ?", own)
        self._database.execute("DELETE FROM claims WHERE type = ? AND key = ?", own)
        for link in set(links):
            self._database.execute("INSERT INTO links VALUES (?, ?, ?, ?, ?)", (*own, *link))
        for claim in claims:
            try:
                self._database.execute("INSERT INTO claims VALUES (?, ?, ?)", (token, claim, key))
            except sqlite3.IntegrityError:
                return claim
        return None

    def pointing_at(self, token: str, key: str) -> list[tuple[str, str, str]]:
        """Type, key and path of every reference to a resource."""
        query = "SELECT type, key, path FROM links WHERE to_type = ? AND to_key = ?"
        with self._lock:
            return self._database.execute(query, (token, key)).fetchall()

    def pointing_from(self, token: str, key: str) -> list[tuple[str, str, str]]:
        """Type, key and own path of everything that a resource references."""
        query = "SELECT to_type, to_key, path FROM links WHERE type = ? AND key = ?"
        with self._lock:
            return self._database.execute(query, (token, key)).fetchall()

    def count(self, name: str) -> int:
        """The next value of a counter, from 1. Inside `change`."""
        row = self._database.execute(
            "INSERT INTO counters VALUES (?, 1)"
            " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (name,),
        ).fetchone()
        return int(row[0])

    def verdict(self, document: str) -> list[str] | None:
        """The remembered findings of the policy linter on a document's hash."""
        with self._lock:
            row = self._database.execute(
                "SELECT findings FROM verdicts WHERE document = ?", (document,)
            ).fetchone()
        return None if row is None else json.loads(row[0])

    def remember(self, document: str, findings: list[str]) -> None:
        """Keep the findings of the policy linter on a document's hash."""
        with self.change():
            self._database.execute(
                "INSERT OR REPLACE INTO verdicts VALUES (?, ?)", (document, json.dumps(findings))
            )


class EmptyWorld(World):
    """An account with nothing in it and no file: for computing what doesn't depend on it."""

    def __init__(self) -> None:
        pass

    @contextmanager
    def change(self) -> Iterator[None]:
        """Nothing to begin or end."""
        yield

    def _rows(self, where: str, values: tuple[Any, ...]) -> list[Resource]:
        return []

    def count(self, name: str) -> int:
        """Always the first."""
        return 1
