"""Which stack an operation works on."""

from dataclasses import dataclass
from pathlib import Path

from fleet.names import NO_CELL
from fleet.operations.problem import OperationError, meant

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
        """Raises OperationError when the project has no such environment."""
        if self.settings_file.exists():
            return
        known = [
            path.name.removeprefix("Pulumi.").removesuffix(".yaml")
            for path in self.folder.glob("Pulumi.*.yaml")
        ]
        raise OperationError(
            f"no environment {self.environment}: {self.settings_file} does not exist; "
            f"{meant(self.environment, known)}"
        )
