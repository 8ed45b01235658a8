"""The engine's side of a run under mocks: answers as the simulator would, and notes every request.

Nothing is kept in an account, so one resource can't see another; what that takes is tested on the
real engine. Each request passes the same checks as there (argument names and types, the provider's
facts, automatic names), and awsx components get their real children.
"""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi.runtime import Settings, configure, rpc
from pulumi.runtime.mocks import MockCallArgs, MockEngine, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import wait_for_rpcs

from fleet.names import PROJECT
from simulator import World, check, computed, functions, naming
from simulator.awsx.__main__ import COMPONENTS
from simulator.outputs import ACCOUNT
from simulator.rows import row_of
from simulator.rules import hooks
from simulator.schema import schema_of
from tests.program import adopted

REGION = "us-east-1"
STACK_TYPE = "pulumi:pulumi:Stack"
STACK_RESOURCES = "pulumi:pulumi:readStackResourceOutputs"
PASSWORD = "random:index/randomPassword:RandomPassword"  # noqa: S105 - a type, not a password
CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """One registration, as the engine would get it."""

    type: str
    name: str
    urn: str
    parent: str
    """The parent's URN."""
    is_component: bool
    inputs: Mapping[str, Any]
    """By the provider's camelCase names, without the marks of secrets."""
    secret_inputs: frozenset[str]
    state: Mapping[str, Any]
    """What the provider answered; empty for a component."""
    id: str
    protect: bool
    ignore_changes: frozenset[str]
    depends_on: frozenset[str]
    """URNs that it waits for, through its inputs too."""
    provider: str
    outputs: Mapping[str, Any] | None
    """What a component registered at its end; None if it registered nothing."""


class Answers(Mocks):
    """Ids, outputs and invokes from the simulator's table."""

    def __init__(self, stack_resources: Mapping[str, Any]) -> None:
        self._stack_resources = stack_resources
        self._account = World(":memory:")
        adopted.stand_in(self._account)

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Refuses with ValueError what the provider's check would refuse."""
        if not args.custom:
            return "", {}
        row, schema = row_of(args.typ), schema_of(args.typ)
        assert schema is not None, f"{args.typ} is in the simulator's table but in no SDK"
        inputs, failures = check.shape(schema, plain(args.inputs))
        failures += naming.autoname(row, args.name, inputs, {}, seed=args.name.encode())
        failures += check.facts(row, inputs)
        failures += hooks(args.typ).check(inputs)
        if failures:
            raise ValueError(f"{args.typ} {args.name}: {failures}")
        inputs.pop(naming.DEFAULTS, None)
        hooks(args.typ).normalise(inputs)
        given = {**inputs, **_drawn(args.typ, args.name, inputs)}
        resource_id, outputs = computed(args.typ, args.name, given)
        return resource_id, {
            key: rpc.wrap_rpc_secret(value) if key in row.secret else value
            for key, value in outputs.items()
        }

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """The stack's own resources as the test wants them; anything else from the simulator."""
        if args.token == STACK_RESOURCES:
            return {"outputs": dict(self._stack_resources)}, []
        return functions.call(self._account, args.token, args.args, REGION), []


class RecordingMonitor(MockMonitor):
    """Notes each request in full: mocks alone are told neither parent nor options."""

    def __init__(self, stack: str, stack_resources: Mapping[str, Any] | None = None) -> None:
        super().__init__(Answers(stack_resources or {}))
        self.stack_name = stack
        self.stack_urn = self.make_urn("", STACK_TYPE, f"{PROJECT}-{stack}")
        self.outputs: dict[str, Mapping[str, Any]] = {}
        """What was registered at the end of components and of the stack, by URN."""
        self._requests: dict[str, tuple[Any, Mapping[str, Any]]] = {}
        self._constructed: dict[tuple[str, str], str] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The engine's: all component types above, but not the stack's."""
        above = parent.split("::")[2] if parent else STACK_TYPE
        chain = type_ if above == STACK_TYPE else f"{above}${type_}"
        return f"urn:pulumi:{self.stack_name}::{PROJECT}::{chain}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type in COMPONENTS and not request.remote:
            urn = self._constructed[request.type, request.name]
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if urn == self.stack_urn:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if urn in self._requests:
            raise ValueError(f"Duplicate resource URN '{urn}'; try giving it a unique name")
        inputs = rpc.deserialize_properties(request.object)
        self._requests[urn] = request, inputs
        if request.remote:
            return self._construct(request, urn, inputs)
        return super().RegisterResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        self.outputs[request.urn] = rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)

    def recorded(self) -> dict[str, Recorded]:
        """Everything that was registered, by URN; complete once the program has ended."""
        return {urn: self._record(urn) for urn in sorted(self._requests)}

    def _record(self, urn: str) -> Recorded:
        request, inputs = self._requests[urn]
        answer = self.resources.get(urn)
        outputs = self.outputs.get(urn)
        return Recorded(
            type=request.type,
            name=request.name,
            urn=urn,
            parent=request.parent,
            is_component=not request.custom,
            inputs=plain(inputs),
            secret_inputs=frozenset(k for k, v in inputs.items() if rpc.is_rpc_secret(v)),
            state=plain(answer.state) if answer else {},
            id=answer.id if answer else "",
            protect=request.protect,
            ignore_changes=frozenset(request.ignoreChanges),
            depends_on=frozenset(request.dependencies),
            provider=request.provider,
            outputs=None if outputs is None else plain(outputs),
        )

    def _construct(self, request: Any, urn: str, inputs: Mapping[str, Any]) -> Any:
        """Makes an awsx component in a runtime of its own, as its plugin does in a process."""

        async def construct() -> Any:
            configure(runtime_settings(self, self.stack_name))
            component: Any = COMPONENTS[request.type](request.name, inputs)
            await wait_for_rpcs()
            return await rpc.serialize_properties(component.outputs, {})

        self._constructed[request.type, request.name] = urn
        state = contextvars.Context().run(asyncio.run, construct())
        return resource_pb2.RegisterResourceResponse(urn=urn, object=state)


def runtime_settings(monitor: MockMonitor, stack: str) -> Settings:
    """The SDK's settings for a program that talks to this monitor."""
    return Settings(PROJECT, stack, monitor=monitor, engine=MockEngine(None), dry_run=False)


def plain(value: Any) -> Any:
    """A deserialized value without the SDK's marks of what is secret."""
    value = rpc.unwrap_rpc_secret(value)
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def _drawn(type_: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What the simulator draws anew at each creation; here it must stay from run to run."""
    digits = hashlib.shake_256(name.encode()).hexdigest
    if type_ == PASSWORD:
        length = int(inputs["length"])
        return {"result": digits(length)[:length]}
    if type_ == INSTANCE:
        return {"identifier": f"{inputs['identifierPrefix']}{digits(13)}"}
    if type_ == CLUSTER:
        secret = f"rds!cluster-{uuid.UUID(hex=digits(16))}-{digits(3)}"
        arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{secret}"
        return {
            "masterUserSecrets": [{"secretArn": arn, "secretStatus": "active"}],
        }
    return {}
