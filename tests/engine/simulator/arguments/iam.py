"""IAM."""

from __future__ import annotations

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    READ_SECRETS,
    ROLE,
    ROLE_POLICY,
    TRUST,
)

INPUTS: Inputs = {
    ROLE: lambda s: {"assumeRolePolicy": TRUST},
    ROLE_POLICY: lambda s: {"role": s.id(ROLE), "policy": READ_SECRETS},
}
