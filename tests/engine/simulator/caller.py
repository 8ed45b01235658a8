"""The provider as the engine calls it, in this process: one method a step.

    aws = Caller(World(path))
    vpc = aws.create("aws:ec2/vpc:Vpc", "net", cidrBlock="10.0.0.0/16")
    vpc = aws.update(vpc, enableDnsHostnames=True)
    aws.delete(vpc)

Every request and answer passes through the real gRPC messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi.runtime  # noqa: F401 - before the simulator, which would import parts of it only

from simulator import World, protocol
from simulator.patience import Patience
from simulator.provider import MESSAGES, Provider

pb = MESSAGES.provider_pb2


class RefusedError(Exception):
    """The gRPC call failed; the text is what the user of Pulumi reads.

    `left`: what the engine is to keep of the resource all the same, if anything.
    """

    def __init__(self, message: str, details: bytes | None = None) -> None:
        super().__init__(message)
        self.left: dict[str, Any] | None = None
        if details is not None:
            (packed,) = MESSAGES.status_pb2.Status.FromString(details).details
            failed = pb.ErrorResourceInitFailed()
            assert packed.Unpack(failed)
            self.left = protocol.decode(failed.properties)


class InvalidError(Exception):
    """Check found failures."""

    def __init__(self, failures: list[tuple[str, str]]) -> None:
        super().__init__(failures)
        self.failures = failures
        self.places = {place for place, _ in failures}


class Context:
    """The server's side of a gRPC call."""

    def __init__(self) -> None:
        self.details: bytes | None = None

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None:
        self.details = dict(metadata)["grpc-status-details-bin"]

    def abort(self, code: object, message: str) -> None:
        raise RefusedError(message, self.details)


@dataclass(frozen=True, slots=True)
class Made:
    """A resource as Pulumi's state has it."""

    token: str
    name: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]

    @property
    def urn(self) -> str:
        return f"urn:pulumi:test::simulator::{self.token}::{self.name}"

    def __getitem__(self, name: str) -> Any:
        return self.outputs[name]


class Caller:
    """A provider over a world, and what an engine does with it."""

    def __init__(self, world: World, package: str = "aws", patience: float = 0.0) -> None:
        self.world = world
        self.provider = Provider(package, "0.0.0", world)
        self.provider.patience = Patience(patience)
        request = pb.ConfigureRequest(args=struct({"region": "us-east-1"}))
        self.configured = self.provider.Configure(request, Context())

    def check(
        self, token: str, name: str, inputs: dict[str, Any], olds: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The inputs with the provider's additions; InvalidError when it finds failures."""
        urn = Made(token, name, "", {}, {}).urn
        request = pb.CheckRequest(urn=urn, olds=struct(olds or {}), news=struct(inputs))
        answer = self.provider.Check(request, Context())
        if answer.failures:
            raise InvalidError([(failure.property, failure.reason) for failure in answer.failures])
        return protocol.decode(answer.inputs)

    def create(self, token: str, name: str, /, **inputs: Any) -> Made:
        """Check and Create."""
        checked = self.check(token, name, inputs)
        made = Made(token, name, "", checked, {})
        answer = self.provider.Create(
            pb.CreateRequest(urn=made.urn, properties=struct(checked)), Context()
        )
        return Made(token, name, answer.id, checked, protocol.decode(answer.properties))

    def preview(self, token: str, name: str, /, **inputs: Any) -> dict[str, Any]:
        """The outputs that a preview shows."""
        checked = self.check(token, name, inputs)
        urn = Made(token, name, "", {}, {}).urn
        request = pb.CreateRequest(urn=urn, properties=struct(checked), preview=True)
        return protocol.decode(self.provider.Create(request, Context()).properties)

    def diff(self, made: Made, /, *ignored: str, **changes: Any) -> Any:
        """The DiffResponse for changed arguments; None takes one out."""
        news = self.check(made.token, made.name, changed(made.inputs, changes), made.inputs)
        return self.diff_inputs(made, news, *ignored)

    def diff_inputs(self, made: Made, news: dict[str, Any], *ignored: str) -> Any:
        """The DiffResponse for whole new inputs."""
        request = pb.DiffRequest(
            id=made.id,
            urn=made.urn,
            olds=struct(made.outputs),
            old_inputs=struct(made.inputs),
            news=struct(news),
            ignoreChanges=ignored,
        )
        return self.provider.Diff(request, Context())

    def update(self, made: Made, /, **changes: Any) -> Made:
        """Check and Update; None takes an argument out."""
        news = self.check(made.token, made.name, changed(made.inputs, changes), made.inputs)
        request = pb.UpdateRequest(
            id=made.id,
            urn=made.urn,
            olds=struct(made.outputs),
            old_inputs=struct(made.inputs),
            news=struct(news),
        )
        answer = self.provider.Update(request, Context())
        return Made(made.token, made.name, made.id, news, protocol.decode(answer.properties))

    def delete(self, made: Made) -> None:
        request = pb.DeleteRequest(id=made.id, urn=made.urn, properties=struct(made.outputs))
        self.provider.Delete(request, Context())

    def read(self, made: Made) -> Made | None:
        """What a refresh reports; None when it is gone."""
        request = pb.ReadRequest(
            id=made.id, urn=made.urn, properties=struct(made.outputs), inputs=struct(made.inputs)
        )
        return self._answer(made, self.provider.Read(request, Context()))

    def adopt(self, token: str, name: str, import_id: str) -> Made | None:
        """What an import reports; None when there is no such thing."""
        made = Made(token, name, import_id, {}, {})
        request = pb.ReadRequest(id=import_id, urn=made.urn)
        return self._answer(made, self.provider.Read(request, Context()))

    def invoke(self, token: str, /, **args: Any) -> dict[str, Any]:
        """A function's result."""
        request = pb.InvokeRequest(tok=token, args=struct(args))
        return protocol.decode(getattr(self.provider.Invoke(request, Context()), "return"))

    @staticmethod
    def _answer(made: Made, answer: Any) -> Made | None:
        if not answer.id:
            return None
        inputs, outputs = protocol.decode(answer.inputs), protocol.decode(answer.properties)
        return Made(made.token, made.name, answer.id, inputs, outputs)


def struct(value: dict[str, Any]) -> Any:
    """A protobuf Struct."""
    from google.protobuf import struct_pb2

    return protocol.encode(struct_pb2.Struct(), value)


def changed(inputs: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The program's next inputs: without what the provider had filled in by itself."""
    defaulted = inputs.get("__defaults", [])
    kept = {
        name: value
        for name, value in inputs.items()
        if name not in defaulted and name not in ("__defaults", "region")
    }
    return {name: value for name, value in {**kept, **changes}.items() if value is not None}
