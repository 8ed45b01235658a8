"""A provider plugin's process: `python -m simulator.plugin PACKAGE ENGINE_ADDRESS`.

Prints the port that it listens on, as the engine expects.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import grpc

from simulator import protocol
from simulator.process import leave_with_engine
from simulator.world import World, default_path

# The versions of the SDKs that the schema was read off; the engine shows them.
VERSIONS = {"aws": "7.51.1", "random": "4.21.4", "docker-build": "0.0.22", "awsx": "3.11.0"}
WORKERS = 64  # more than the engine's parallelism, because a delayed operation holds its thread
MESSAGE_BYTES = 400 * 1024 * 1024  # the engine's own limit


def serve(package: str) -> None:
    """Answer the engine until it ends."""
    leave_with_engine()
    protocol.skip_sdk_start()
    from simulator import provider

    limits = [
        ("grpc.max_receive_message_length", MESSAGE_BYTES),
        ("grpc.max_send_message_length", MESSAGE_BYTES),
    ]
    server = grpc.server(ThreadPoolExecutor(max_workers=WORKERS), options=limits)
    try:
        servicer = provider.Provider(package, VERSIONS[package], World(default_path()))
    except (RuntimeError, ValueError) as error:
        sys.exit(f"the simulator's plugin {package} can't start: {error}")
    provider.MESSAGES.provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    serve(sys.argv[1])
