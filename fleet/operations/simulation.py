"""The simulator in place of AWS: for the engine, and for what asks AWS by boto3.

The one module here that knows the simulator. Its account is a file, so boto3's calls are answered
in this process (`simulator.calls`): a server would have to speak five wire protocols to say the
same.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import boto3

# Protects nothing: the simulated environment holds nothing real. Pulumi.local.yaml's salt fits it.
PASSPHRASE = "local"  # noqa: S105
REGION = "us-east-1"


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
    }


def world_file(folder: Path) -> Path:
    """The simulated account of the project in `folder`."""
    return folder / ".local" / "world.sqlite"


def session(folder: Path) -> boto3.Session:
    """A boto3 session for the simulated account; an empty one before the first `fleet up`."""
    # The simulator is the checkout's, and no part of what is installed.
    if str(folder.resolve()) not in sys.path:
        sys.path.append(str(folder.resolve()))
    from simulator.calls import simulated_session
    from simulator.world import World

    return simulated_session(World(world_file(folder)), REGION)
