"""Processes that write into one world. Apart from the tests, so that they import little."""

from __future__ import annotations

from multiprocessing.synchronize import Event
from pathlib import Path

from simulator import World, crud
from simulator.rows import row_of

LOG_GROUP = row_of("aws:cloudwatch/logGroup:LogGroup")
ACCESS_POINT = row_of("aws:efs/accessPoint:AccessPoint")


def write(path: Path, writer: int, count: int) -> None:
    """Make so many log groups."""
    world = World(path)
    for number in range(count):
        name = f"{writer}-{number}"
        crud.create(world, LOG_GROUP, name, {"name": name}, "us-east-1")


def write_without_end(path: Path, started: Event) -> None:
    """Make access points, each with its directory, until killed; tells after the first five."""
    world, number = World(path), 0
    while True:
        point = {"fileSystemId": "fs-1", "rootDirectory": {"path": f"/{number}"}}
        crud.create(world, ACCESS_POINT, str(number), point, "us-east-1")
        number += 1
        if number == 5:
            started.set()
