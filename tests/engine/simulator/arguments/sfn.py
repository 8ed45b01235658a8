"""Step Functions."""

from __future__ import annotations

import json

from fleet.settings.waf_machine import machine
from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import ROLE, STATE_MACHINE, policy

TRUST = policy(Principal={"Service": "states.amazonaws.com"}, Action="sts:AssumeRole")

INPUTS: Inputs = {
    STATE_MACHINE: lambda s: {
        "definition": json.dumps(machine(group="base", group_id="1-2", scope="REGIONAL")),
        "roleArn": s.make(ROLE, assumeRolePolicy=TRUST)["arn"],
    },
}
