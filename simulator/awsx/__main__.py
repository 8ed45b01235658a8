"""The process of the awsx plugin: `python -m simulator.awsx ENGINE_ADDRESS`.

Unlike the other plugins it makes resources through the engine, so it needs the whole SDK.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.provider import ConstructResult, Provider, main

from simulator.awsx.ecr import Image, Repository
from simulator.awsx.vpc import Vpc
from simulator.errors import UnknownTypeError
from simulator.process import leave_with_engine

COMPONENTS: dict[str, type[Vpc] | type[Image] | type[Repository]] = {
    "awsx:ec2:Vpc": Vpc,
    "awsx:ecr:Image": Image,
    "awsx:ecr:Repository": Repository,
}


class Awsx(Provider):
    """Builds a component when the engine asks for it."""

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: Mapping[str, Any],
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """The component's URN and outputs; UnknownTypeError for another one."""
        if resource_type not in COMPONENTS:
            raise UnknownTypeError("component", resource_type)
        component = COMPONENTS[resource_type](name, inputs, options)
        return ConstructResult(component.urn, component.outputs)


if __name__ == "__main__":
    leave_with_engine()
    main(Awsx("3.11.0"), sys.argv[1:])
