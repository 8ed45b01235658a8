"""The gRPC service that the Pulumi engine talks to: one servicer for every package.

It behaves as Pulumi's Terraform bridge does: automatic names and validation in Check, a detailed
Diff, unknown computed values in previews, JSON documents as strings.
"""

from __future__ import annotations

import json
import os
from typing import Any

import grpc
from google.protobuf import empty_pb2

from simulator import check, crud, diff, faults, functions, naming, protocol
from simulator.errors import AwsError, ProviderError, UnknownTypeError
from simulator.patience import Patience
from simulator.rows import Row, row_of
from simulator.rules import Call, hooks
from simulator.schema import Schema, schema_of
from simulator.world import Resource, World

MESSAGES = protocol.messages()
_pb = MESSAGES.provider_pb2

_KINDS = {
    ("add", False): _pb.PropertyDiff.ADD,
    ("add", True): _pb.PropertyDiff.ADD_REPLACE,
    ("delete", False): _pb.PropertyDiff.DELETE,
    ("delete", True): _pb.PropertyDiff.DELETE_REPLACE,
    ("update", False): _pb.PropertyDiff.UPDATE,
    ("update", True): _pb.PropertyDiff.UPDATE_REPLACE,
}


def _parts(urn: str) -> tuple[str, str]:
    """Type and logical name of a URN."""
    _, _, kind, name = urn.split("::", 3)
    return kind.rsplit("$", 1)[-1], name


class Provider(MESSAGES.provider_pb2_grpc.ResourceProviderServicer):
    """One configured provider over a world."""

    def __init__(self, package: str, version: str, world: World) -> None:
        self.package = package
        self.version = version
        self.world = world
        self.faults = faults.Faults(world)
        self.patience = Patience()
        self.region = ""
        self.default_tags: dict[str, str] = {}

    # -- the protocol around resources ---------------------------------------------------------

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802
        return _pb.ProviderHandshakeResponse(supports_autonaming_configuration=True)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return MESSAGES.plugin_pb2.PluginInfo(version=self.version)

    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: N802
        return _pb.GetSchemaResponse(schema=f'{{"name":"{self.package}"}}')

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        return _pb.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        old, new = protocol.decode(request.old_inputs), protocol.decode(request.news)
        replaces = ["region"] if old.get("region") != new.get("region") else []
        changes = _pb.DiffResponse.DIFF_NONE if old == new else _pb.DiffResponse.DIFF_SOME
        return _pb.DiffResponse(changes=changes, replaces=replaces)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        settings = protocol.decode(request.args)
        variables = {key.rsplit(":", 1)[-1]: value for key, value in request.variables.items()}
        configured = settings.get("region") or variables.get("region")
        environment = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        self.region = str(configured or environment or "")
        if self.package == "aws" and not self.region:
            return self._fail(
                context,
                "unable to validate AWS region: missing region information. Make sure you have "
                "set your AWS region, e.g. `pulumi config set aws:region us-west-2`.",
            )
        tags = settings.get("defaultTags") or "{}"
        tags = json.loads(tags) if isinstance(tags, str) else tags
        self.default_tags = tags.get("tags", {})
        return _pb.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        args = protocol.decode(request.args)
        try:
            self.faults.strike("invoke", request.tok, "", "before")
            result = functions.call(self.world, request.tok, args, self.region)
        except (AwsError, UnknownTypeError) as error:
            return self._fail(context, f"invoking {request.tok}: {error}")
        response = _pb.InvokeResponse()
        protocol.encode(getattr(response, "return"), result)
        return response

    # -- resources -----------------------------------------------------------------------------

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        token, name = _parts(request.urn)
        try:
            row, schema = _known(token)
            self.faults.strike("check", token, name, "before")
        except (AwsError, UnknownTypeError) as error:
            return self._fail(context, str(error))
        inputs, failures = check.shape(schema, protocol.decode(request.news))
        proposal = None
        if request.HasField("autonaming"):
            proposal = (request.autonaming.proposed_name, request.autonaming.mode)
        olds = protocol.decode(request.olds)
        inputs.pop(naming.DEFAULTS, None)
        failures += naming.autoname(row, name, inputs, olds, request.randomSeed, proposal)
        if "region" in schema.inputs:
            inputs.setdefault("region", self.region)
        failures += check.facts(row, inputs)
        failures += hooks(token).check(inputs)
        hooks(token).normalise(inputs)
        response = _pb.CheckResponse(
            failures=[_pb.CheckFailure(property=at, reason=reason) for at, reason in failures]
        )
        protocol.encode(response.inputs, inputs)
        return response

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        token, name = _parts(request.urn)
        try:
            row, _ = _known(token)
            self.faults.strike("diff", token, name, "before")
            news = protocol.decode(request.news)
            old = _known_inputs(row, request, news)
            found = diff.differences(row, old, news, tuple(request.ignoreChanges))
        except (AwsError, ProviderError, UnknownTypeError) as error:
            return self._fail(context, str(error))
        replaces = sorted({change.top for change in found if change.replaces})
        changes = _pb.DiffResponse.DIFF_SOME if found else _pb.DiffResponse.DIFF_NONE
        response = _pb.DiffResponse(
            changes=changes,
            replaces=replaces,
            diffs=sorted({change.top for change in found}),
            deleteBeforeReplace=bool(replaces)
            and (row.delete_before_replace or naming.named_by_program(row, news)),
            hasDetailedDiff=True,
        )
        for change in found:
            kind = _KINDS[change.kind, change.replaces]
            response.detailedDiff[change.at].CopyFrom(_pb.PropertyDiff(kind=kind, inputDiff=True))
        return response

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        token, name = _parts(request.urn)
        response = _pb.CreateResponse()
        try:
            row, schema = _known(token)
            inputs = protocol.decode(request.properties)
            region = str(inputs.get("region") or self.region)
            if request.preview:
                props = crud.planned(row, name, inputs, region)
                self._answer(response.properties, row, schema, props)
                return response
            self.faults.strike("create", token, name, "before")
            made = self.patience.spend(
                row, "create", lambda: crud.create(self.world, row, name, inputs, region)
            )
            self.faults.strike("create", token, name, "after")
            response.id = made.id
            self._answer(response.properties, row, schema, made.props)
            self._wait(row, made)
        except (AwsError, UnknownTypeError) as error:
            return self._fail(context, f"creating {token} ({name}): {error}")
        except ProviderError as error:
            told = f"creating {token} ({name}): {error}"
            return self._fail_partly(context, told, response.id, response.properties)
        return response

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        token, name = _parts(request.urn)
        try:
            row, schema = _known(token)
        except UnknownTypeError as error:
            return self._fail(context, f"updating {token} ({name}): {error}")
        olds, news = protocol.decode(request.olds), protocol.decode(request.news)
        response = _pb.UpdateResponse()
        try:
            props = self._updated(row, name, request, olds, news)
        except (AwsError, ProviderError) as error:
            # Whatever fails, the bridge answers with the state as it was meant to become.
            self._answer(response.properties, row, schema, {**olds, **news})
            told = f"updating {token} ({name}): {error}"
            return self._fail_partly(context, told, request.id, response.properties)
        self._answer(response.properties, row, schema, props)
        return response

    def _updated(
        self, row: Row, name: str, request: Any, olds: dict[str, Any], news: dict[str, Any]
    ) -> dict[str, Any]:
        """The properties after an update, which AWS has taken and finished."""
        if request.preview:
            return {**olds, **crud.planned(row, name, {**olds, **news}, self.region)}
        if row.local:
            # What the state has beyond the program's words stays, such as a password.
            return crud.create(self.world, row, name, {**olds, **news}, self.region).props
        self.faults.strike("update", row.token, name, "before")
        old = _known_inputs(row, request, news)
        if not diff.differences(row, old, news):
            # What the engine repeats after a failure is no change for the bridge: no call to AWS.
            return olds
        key = crud.key_of(row, request.id, olds)
        made = self.patience.spend(
            row, "update", lambda: crud.update(self.world, row, key, old, news)
        )
        self.faults.strike("update", row.token, name, "after")
        self._wait(row, made)
        return made.props

    def _wait(self, row: Row, made: Resource) -> None:
        """Until what AWS has taken is done."""
        self.patience.wait(lambda: hooks(row.token).unsettled(self.world, made))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        token, name = _parts(request.urn)
        try:
            row, _ = _known(token)
            self.faults.strike("delete", token, name, "before")
            if not row.local:
                key = crud.key_of(row, request.id, protocol.decode(request.properties))
                self.patience.spend(row, "delete", lambda: crud.delete(self.world, row, key))
            self.faults.strike("delete", token, name, "after")
        except (AwsError, ProviderError, UnknownTypeError) as error:
            return self._fail(context, f"deleting {token} ({name}): {error}")
        return empty_pb2.Empty()

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        token, name = _parts(request.urn)
        try:
            row, schema = _known(token)
            self.faults.strike("read", token, name, "before")
        except (AwsError, UnknownTypeError) as error:
            return self._fail(context, f"reading {token} ({name}): {error}")
        state = protocol.decode(request.properties)
        inputs = protocol.decode(request.inputs)
        if row.local:
            return _pb.ReadResponse(
                id=request.id, properties=request.properties, inputs=request.inputs
            )
        found = self.world.get(token, crud.key_of(row, request.id, state))
        if found is None and not state:
            found = crud.to_import(self.world, row, request.id)
        if found is None or hooks(token).forgets(found):
            return _pb.ReadResponse()
        call = Call(self.world, token, name, self.region, found.props, found.props, found.key)
        hooks(token).read(call, state)
        response = _pb.ReadResponse(id=found.id)
        self._answer(response.properties, row, schema, call.props)
        protocol.encode(response.inputs, crud.projected(row, inputs, call.props))
        return response

    # -- shared --------------------------------------------------------------------------------

    def _answer(self, struct: Any, row: Row, schema: Schema, props: dict[str, Any]) -> None:
        if "tagsAll" in props and self.default_tags:
            props = {**props, "tagsAll": {**self.default_tags, **props["tagsAll"]}}
        protocol.encode(struct, protocol.declared_only(schema, props), row.secret)

    def _fail(self, context: Any, message: str) -> None:
        context.abort(grpc.StatusCode.UNKNOWN, message)

    def _fail_partly(self, context: Any, message: str, resource_id: str, props: Any) -> None:
        """A failure after which there is a resource: the engine notes both in its state."""
        unknown = grpc.StatusCode.UNKNOWN
        status = MESSAGES.status_pb2.Status(code=unknown.value[0], message=message)
        left = _pb.ErrorResourceInitFailed(id=resource_id, properties=props, reasons=[message])
        status.details.add().Pack(left)
        details = ("grpc-status-details-bin", status.SerializeToString())
        context.set_trailing_metadata((details,))
        context.abort(unknown, message)


def _known_inputs(row: Row, request: Any, news: dict[str, Any]) -> dict[str, Any]:
    old_inputs = protocol.decode(request.old_inputs)
    return crud.known(row, old_inputs, protocol.decode(request.olds), news)


def _known(token: str) -> tuple[Row, Schema]:
    row, schema = row_of(token), schema_of(token)
    if schema is None:
        raise UnknownTypeError("resource type", token)
    return row, schema
