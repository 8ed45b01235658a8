"""The account's file: shared, and whole whatever is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from simulator import World
from simulator.world import default_path
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import Caller
from tests.engine.simulator.samples import Samples
from tests.engine.simulator.writers import write, write_without_end

WRITERS, EACH = 3, 25
DIRECTORY = "simulator:efs/directory:Directory"


def test_several_processes_write_at_once(world: World) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write, args=(world.path, n, EACH)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    assert len(world.resources(a.LOG_GROUP)) == WRITERS * EACH


def test_only_one_of_two_processes_gets_a_name(samples: Samples) -> None:
    first, second = Caller(samples.aws.world), Caller(World(samples.aws.world.path))
    first.create(a.LOG_GROUP, "one", name="/fleet/blog")
    with pytest.raises(Exception, match="ResourceAlreadyExistsException"):
        second.create(a.LOG_GROUP, "two", name="/fleet/blog")


def test_a_killed_writer_leaves_whole_things_only(samples: Samples) -> None:
    """A resource and its side effect (an access point and its directory) are there or not."""
    world = samples.aws.world
    files = world.get(a.FILES, samples.id(a.FILES))
    assert files is not None
    with world.change():
        world.write(type(files)(a.FILES, "fs-1", "fs-1", "files", files.props))
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    writer = context.Process(target=write_without_end, args=(world.path, started))
    writer.start()
    assert started.wait(60)
    time.sleep(0.05)
    assert writer.pid is not None
    os.kill(writer.pid, signal.SIGKILL)
    writer.join(60)
    after = World(world.path)
    points = {each.props["rootDirectory"]["path"] for each in after.resources(a.ACCESS_POINT)}
    directories = {each.props["path"] for each in after.resources(DIRECTORY)}
    assert points - {"/blog"} == directories - {"/blog"}
    assert len(points) >= 5
    Caller(after).create(a.LOG_GROUP, "later", name="/fleet/later")


def test_looking_in(samples: Samples) -> None:
    world, service = samples.aws.world, samples.make(a.SERVICE, "blog")
    assert world.get(a.SERVICE, "nothing") is None
    assert world.named(a.SERVICE, "blog").key == service.id
    assert [each.key for each in world.find(a.SERVICE, name=service["name"])] == [service.id]
    assert service.id in [each.id for each in world.resources()]
    with pytest.raises(LookupError, match="0 resources"):
        world.named(a.SERVICE, "shop")


def test_changing_behind_pulumis_back(samples: Samples) -> None:
    service = samples.one(a.SERVICE)
    samples.aws.world.update(a.SERVICE, service.id, desiredCount=7)
    found = samples.aws.world.get(a.SERVICE, service.id)
    assert found is not None
    assert found.props["desiredCount"] == 7
    with pytest.raises(LookupError, match="no aws:ecs/service:Service 'nothing'"):
        samples.aws.world.update(a.SERVICE, "nothing", desiredCount=7)


def test_where_the_world_lives(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SIMULATOR_WORLD", raising=False)
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"{(tmp_path / 'state').as_uri()}?metadata=skip")
    assert default_path() == tmp_path / "state.world.sqlite"
    monkeypatch.setenv("SIMULATOR_WORLD", str(tmp_path / "own.sqlite"))
    assert default_path() == tmp_path / "own.sqlite"
    monkeypatch.delenv("SIMULATOR_WORLD")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://bucket")
    with pytest.raises(RuntimeError, match="set SIMULATOR_WORLD"):
        default_path()
