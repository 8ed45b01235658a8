"""The process environment that runs an engine against the simulator in place of AWS."""

import os
from pathlib import Path

# Protects nothing: the simulated environment holds nothing real. Pulumi.local.yaml's salt fits it.
PASSPHRASE = "local"  # noqa: S105


def variables(folder: Path) -> dict[str, str]:
    """What `pulumi` needs in its environment: plugins of the simulator, state in `.local`."""
    local = folder / ".local"
    (local / "state").mkdir(parents=True, exist_ok=True)
    plugins = folder / "simulator" / "bin"
    return {
        "PATH": os.pathsep.join([str(plugins), os.environ["PATH"]]),
        "PULUMI_BACKEND_URL": (local / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        # Keeps the user's own login and selected stack as they are.
        "PULUMI_HOME": str(local / "pulumi"),
        "SIMULATOR_WORLD": str(local / "world.sqlite"),
    }
