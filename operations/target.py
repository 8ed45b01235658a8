"""Which stack an operation works on."""

import difflib
from dataclasses import dataclass
from pathlib import Path

from operations.problem import OperationError

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
        known = sorted(
            path.name.removeprefix("Pulumi.").removesuffix(".yaml")
            for path in self.folder.glob("Pulumi.*.yaml")
        )
        near = difflib.get_close_matches(self.environment, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known) or 'none'}"
        raise OperationError(
            f"no environment {self.environment}: {self.settings_file} does not exist; {hint}"
        )
