"""Which stack an operation works on."""

from dataclasses import dataclass
from pathlib import Path

from fleet.names import NO_CELL
from fleet.sites_file.known import known_environment
from fleet.sites_file.project import project_environments

# The environment that runs against the simulator in place of AWS.
SIMULATED = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One environment of the project in `folder`, or one cell of it."""

    folder: Path
    environment: str
    cell: str | None = None

    @property
    def stack(self) -> str:
        """ENV or ENV-CELL."""
        return f"{self.environment}-{self.cell}" if self.cell else self.environment

    @property
    def label(self) -> str:
        """The cell's name on a command line: - for the stack of the sites without one."""
        return self.cell or NO_CELL

    @property
    def settings_file(self) -> Path:
        """Pulumi.ENV.yaml, which all cells of the environment share."""
        return self.folder / f"Pulumi.{self.environment}.yaml"

    @property
    def simulated(self) -> bool:
        return self.environment == SIMULATED

    def check(self) -> None:
        """Raises FleetError when the project has no such environment."""
        known = project_environments(self.settings_file)
        known_environment(self.environment, known, str(self.settings_file))
