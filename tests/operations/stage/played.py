"""The image's commands on a site's data, played where an account has no containers.

Their archives are real ones, in the account's S3, as container/root/usr/local/share/fleet/data
writes them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import zstandard

from fleet.names import archive_bucket_name, log_group_name

REGION = "us-east-1"
SQL = b"-- MySQL dump\nCREATE TABLE wp_options (option_id bigint);\n-- Dump completed\n"
FILES = {
    "uploads/2026/a.jpg": b"a picture",
    "plugins/hello.php": b"<?php // hello",
    "copy": b"a picture",
}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Image:
    """What the tasks of an environment do. `status`: how the next ones end."""

    session: boto3.Session
    bucket: str
    status: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """What the next ones say beside."""
    says: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict[str, Any])
    """The same for one command alone."""
    commands: list[list[str]] = field(default_factory=list[list[str]])
    begun: list[str] = field(default_factory=list[str])
    """By what each load among them is told apart; no word of `commands`."""
    prepared: list[dict[str, list[str]]] = field(default_factory=list[dict[str, list[str]]])
    """What the containers before each ran."""
    files: Mapping[str, bytes] = field(default_factory=lambda: dict(FILES))
    at_work: bool = False
    """Whether what asks AWS is a task."""
    ledger: Path | None = None
    """Where what tasks did is written, for a process that goes on when this one was killed."""
    _ended: dict[str, int] = field(default_factory=dict[str, int])

    def forget(self) -> None:
        """Empties the bucket: a file of tests has one account."""
        s3 = self.session.client("s3")
        listed: Any = s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        found: Any = [{"Key": each["Key"]} for each in listed]
        if found:
            s3.delete_objects(Bucket=self.bucket, Delete={"Objects": found})

    def started(self, parsed: dict[str, Any], **_: Any) -> None:
        """A task was started: it does its work at once."""
        for task in parsed.get("tasks", []):
            arn, overrides = task["taskArn"], task["overrides"]["containerOverrides"]
            words = next(each for each in overrides if each["name"] == "wordpress")["command"]
            command = words[words.index("--") + 1 :]
            if arn in self._ended:
                continue  # asked for again
            self.prepared.append({each["name"]: each["command"] for each in overrides[:-1]})
            self.at_work = True
            if command[0] == "fleet-dump" and self.status == 0:
                left = {"database": {"files": None}, "files": {"database": None}}
                only = left[command[command.index("--only") + 1]] if "--only" in command else {}
                self.dump(command[1], uploads="--without-uploads" not in command, **only)
            site = task["taskDefinitionArn"].rsplit("/", 1)[-1].split(":")[0].split("-", 1)[1]
            lines = self.says.get(command[0], self.lines)
            self._say(site, arn.rsplit("/", 1)[-1], lines)
            self.at_work = False
            self._note(arn, self.status, command)
            if self.ledger is not None:
                with self.ledger.open("a") as ledger:
                    ledger.write(f"{json.dumps([arn, self.status, command])}\n")

    def recall(self) -> None:
        """What tasks did that other processes started."""
        if self.ledger is not None and self.ledger.exists():
            for line in self.ledger.read_text().splitlines():
                self._note(*json.loads(line))

    def _note(self, arn: str, status: int, command: list[str]) -> None:
        if arn not in self._ended:
            self._ended[arn] = status
            if "--begun" in command:
                at = command.index("--begun")
                self.begun.append(command[at + 1])
                command = [*command[:at], *command[at + 2 :]]
            self.commands.append(command)

    def described(self, parsed: dict[str, Any], **_: Any) -> None:
        """It has ended."""
        for task in parsed.get("tasks", []):
            status = self._ended.get(task["taskArn"])
            if status is not None:
                main = {"name": "wordpress", "exitCode": status}
                ended = {"lastStatus": "STOPPED", "stopCode": "EssentialContainerExited"}
                task.update({**ended, "containers": [main]})

    def dump(self, url: str, *, uploads: bool = True, **more: Any) -> None:
        """Writes an archive. `more`: fields of its manifest."""
        s3, (_, _, bucket, site, id_) = self.session.client("s3"), url.split("/")
        database = zstandard.compress(SQL)
        files = dict(sorted(self.files.items()))
        if not uploads:
            files = {path: files[path] for path in files if not path.startswith("uploads/")}
        entries = [
            {"path": path, "bytes": len(text), "time": 1_796_000_000, "sha256": sha256(text)}
            for path, text in files.items()
        ]
        plain = "".join(f"{json.dumps(entry)}\n" for entry in entries).encode()
        listed = zstandard.compress(plain)
        for text in set(files.values()):
            hashed = sha256(text)
            s3.put_object(Bucket=bucket, Key=f"{site}/objects/{hashed[:2]}/{hashed}", Body=text)
        for name, body in (("database.sql.zst", database), ("files.jsonl.zst", listed)):
            s3.put_object(Bucket=bucket, Key=f"{site}/{id_}/{name}", Body=body)
        manifest = {
            **facts(site, id_),
            "uploads": uploads,
            "database": {
                "name": "database.sql.zst",
                "bytes": len(database),
                "sha256": sha256(database),
                "sql_bytes": len(SQL),
            },
            "files": {
                "name": "files.jsonl.zst",
                "bytes": len(listed),
                "sha256": sha256(listed),
                "list_bytes": len(plain),
                "count": len(entries),
                "total_bytes": sum(len(text) for text in files.values()),
            },
            **more,
        }
        key = f"{site}/{id_}/manifest.json"
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(manifest).encode())

    def _say(self, site: str, task: str, lines: list[dict[str, Any]]) -> None:
        logs, group = self.session.client("logs"), log_group_name("prod", None, site)
        stream = f"{site}/wordpress/{task}"
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        end = {"kind": "data", "status": self.status, "seconds": 1, "why": ""}
        told = [*(json.dumps(line) for line in lines), f"fleet-task: ended {json.dumps(end)}"]
        now = int(time.time() * 1000)
        events: Any = [{"timestamp": now, "message": line} for line in told]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def facts(site: str, id_: str) -> dict[str, Any]:
    """What a manifest says of its site."""
    return {
        "format": 1,
        "site": site,
        "id": id_,
        "time": "2026-11-29T18:05:00Z",
        "home": f"https://{site}.example.com",
        "hosts": [f"{site}.example.com"],
        "prefix": "wp_",
        "storage": "content",
        "versions": {"wordpress": "7.1.4", "php": "8.4.2", "database": "8.0.42"},
    }


@contextmanager
def playing(session: boto3.Session) -> Iterator[Image]:
    """An environment `prod` whose bucket stands and whose tasks do what the image's would."""
    account = session.client("sts").get_caller_identity()["Account"]
    bucket = archive_bucket_name("prod", None, account, REGION)
    s3 = session.client("s3")
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=bucket)
    image = Image(session, bucket)
    hooks: dict[str, Callable[..., None]] = {
        "after-call.ecs.RunTask": image.started,
        "after-call.ecs.DescribeTasks": image.described,
    }
    for event, hook in hooks.items():
        session.events.register(event, hook)
    try:
        yield image
    finally:
        for event, hook in hooks.items():
            session.events.unregister(event, hook)


def unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())
