"""A provider to which every type exists and nothing costs anything: the engine's own price.

The engine starts it as the plugin of the package `bench` (bench/bin/pulumi-resource-bench).
"""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

NONE = provider_pb2.DiffResponse.DIFF_NONE
SOME = provider_pb2.DiffResponse.DIFF_SOME


class TrivialProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Answers at once: outputs are the inputs."""

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802 gRPC names it
        return provider_pb2.ProviderHandshakeResponse(accept_outputs=True, accept_resources=True)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version="1.0.0")

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.DiffResponse(changes=NONE)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.ConfigureResponse(acceptResources=True, acceptOutputs=True)

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        changed = request.news != request.old_inputs
        return provider_pb2.DiffResponse(changes=SOME if changed else NONE)

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        made = "" if request.preview else uuid.uuid4().hex
        return provider_pb2.CreateResponse(id=made, properties=request.properties)

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()


def serve() -> None:
    """Prints the port, as the engine expects, and answers until the engine ends it."""
    server = grpc.server(ThreadPoolExecutor(max_workers=16))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(TrivialProvider(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    serve()
