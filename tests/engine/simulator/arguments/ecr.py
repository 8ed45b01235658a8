"""ECR."""

from __future__ import annotations

import json

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    EXPIRE,
    REPOSITORY,
)

INPUTS: Inputs = {
    REPOSITORY: lambda s: {},
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": lambda s: {
        "repository": s.one(REPOSITORY)["name"],
        "policy": json.dumps({"rules": [EXPIRE]}),
    },
}
