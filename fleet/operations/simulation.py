"""The simulator in place of AWS: for the engine, and for what asks AWS by boto3.

The one module here that knows the simulator. Its account is a file, so boto3's calls are answered
in this process (`simulator.calls`): a server would have to speak five wire protocols to say the
same.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fleet.operations.problem import OperationError

if TYPE_CHECKING:
    import boto3

# Protects nothing: the simulated environment holds nothing real. Pulumi.local.yaml's salt fits it.
PASSPHRASE = "local"  # noqa: S105
REGION = "us-east-1"
# The provider's own wait for a service to become steady.
RUNNING_PATIENCE_SECONDS = "1200"


def variables(folder: Path) -> dict[str, str]:
    """What `pulumi` needs in its environment: plugins of the simulator, state in `.local`."""
    local = folder / ".local"
    (local / "state").mkdir(parents=True, exist_ok=True)
    plugins = folder / "simulator" / "bin"
    return {
        "PATH": os.pathsep.join([str(plugins), os.environ["PATH"]]),
        # Without metadata: the backend writes the files that hold it in a way that a reader can
        # meet half of one, and a killed engine leave it so.
        "PULUMI_BACKEND_URL": f"{(local / 'state').as_uri()}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        # Keeps the user's own login and selected stack as they are.
        "PULUMI_HOME": str(local / "pulumi"),
        "SIMULATOR_WORLD": str(world_file(folder)),
        **_patience(folder),
    }


def world_file(folder: Path) -> Path:
    """The simulated account of the project in `folder`."""
    return folder / ".local" / "world.sqlite"


def _patience(folder: Path) -> dict[str, str]:
    """Containers take minutes where entries of a file take none."""
    return {"SIMULATOR_PATIENCE": RUNNING_PATIENCE_SECONDS} if runs(folder) else {}


def runs(folder: Path) -> bool:
    """Whether the account's tasks are containers of this machine."""
    return _port(folder) is not None


def _port(folder: Path) -> int | None:
    """Of the load balancer on this machine."""
    if not world_file(folder).exists():
        return None
    _know(folder)
    from simulator.local.presence import agent_of
    from simulator.world import World

    world = World(world_file(folder))
    try:
        agent = agent_of(world)
    finally:
        world.close()
    return int(agent["port"]) if agent else None


def start(folder: Path, told: Callable[[str], object]) -> None:
    """Has the account run in containers, where the machine has an engine for them.

    `told` hears what that waits for. Raises OperationError.
    """
    _know(folder)
    from simulator.local import control
    from simulator.local.place import Place

    with _told():
        control.start(Place(folder), told)


def check_room(folder: Path) -> None:
    """Raises OperationError where a disk is so full that the engine would lose its state."""
    _know(folder)
    from simulator.local.place import Place

    if not (place := Place(folder)).ran:
        return
    from simulator.local import control

    with _told():
        control.check_room(place)


def wait_until_served(folder: Path, told: Callable[[str], object]) -> None:
    """Until all that the account says runs and serves; `told` hears what that waits for.

    At once where nothing runs. Raises OperationError.
    """
    _know(folder)
    from simulator.local import control
    from simulator.local.place import Place

    with _told():
        control.wait_until_served(Place(folder), told)


def stop(folder: Path) -> bool:
    """Ends all that runs and keeps the data; whether anything ran. Raises OperationError."""
    _know(folder)
    from simulator.local import control
    from simulator.local.place import Place

    with _told():
        return control.stop(Place(folder))


def interrupt(folder: Path, cluster: str, site: str) -> str:
    """Takes a task of the site on Spot back, as AWS does; its id. Raises OperationError."""
    _know(folder)
    from simulator.local import control
    from simulator.local.place import Place

    with _told():
        return control.interrupt(Place(folder), cluster, site)


def develop(folder: Path, cluster: str, site: str, mounts: Mapping[str, str]) -> None:
    """Shows folders of this machine in place of items of the site's code.

    Raises OperationError.
    """
    _know(folder)
    from simulator.local import control
    from simulator.local.place import Place

    with _told():
        control.develop(Place(folder), cluster, site, mounts)


def troubles(folder: Path) -> tuple[str, ...]:
    """What is wrong with what runs on this machine, a line each; none where nothing runs."""
    if not world_file(folder).exists():
        return ()
    _know(folder)
    from simulator.local import trouble
    from simulator.local.place import Place
    from simulator.world import World

    world = World(world_file(folder))
    try:
        return tuple(trouble.troubles(Place(folder), world))
    finally:
        world.close()


def end_if_empty(folder: Path) -> None:
    """After `destroy`: with nothing in the account nothing of it stays on the machine."""
    _know(folder)
    from simulator.local import control
    from simulator.local.place import Place

    with _told():
        control.end_if_empty(Place(folder))


def missing(folder: Path) -> str | None:
    """What keeps the sites from running, in a line; None when they run, or are not to."""
    _know(folder)
    from simulator.local import engine

    return engine.MISSING if engine.wanted() and not engine.is_there() else None


def address(folder: Path, url: str) -> str:
    """A site's address as it answers on this machine; the same where nothing runs."""
    _know(folder)
    from simulator.local.options import address

    port = _port(folder)
    return url if port is None else address(url, port)


def mails_address(folder: Path, site: str) -> str | None:
    """Where this machine's browsers see the mails that a site's containers caught."""
    _know(folder)
    from simulator.local import mailbox

    port = _port(folder)
    return None if port is None else mailbox.address(port, site)


def passwords_file(folder: Path) -> Path:
    """Where the first passwords of the sites' admins are."""
    return folder / ".local" / "passwords"


@contextmanager
def _told() -> Iterator[None]:
    from simulator.local.control import LocalError

    try:
        yield
    except LocalError as error:
        raise OperationError(str(error)) from error


def _know(folder: Path) -> None:
    """The simulator is the checkout's, and no part of what is installed."""
    if str(folder.resolve()) not in sys.path:
        sys.path.append(str(folder.resolve()))


def session(folder: Path) -> boto3.Session:
    """A boto3 session for the simulated account; an empty one before the first `fleet up`."""
    _know(folder)
    from simulator.calls import simulated_session
    from simulator.world import World

    return simulated_session(World(world_file(folder)), REGION)
