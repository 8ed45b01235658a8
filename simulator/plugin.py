"""A provider plugin's process: `python -m simulator.plugin PACKAGE ENGINE_ADDRESS`.

Prints the port that it listens on, as the engine expects, and ends when the engine is gone.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import grpc

from simulator import provider
from simulator.world import World, default_path

# The versions of the SDKs that the schema was read off; the engine shows them.
VERSIONS = {"aws": "7.51.1", "random": "4.21.4", "docker-build": "0.0.22", "awsx": "3.11.0"}
WORKERS = 64  # more than the engine's parallelism, because a delayed operation holds its thread
MESSAGE_BYTES = 400 * 1024 * 1024  # the engine's own limit
PARENT_SECONDS = 0.2  # between looks at whether the engine still lives


def leave_with_parent() -> None:
    """End this process as soon as the engine that started it is gone.

    An engine that is killed can't say goodbye. Its child then gets another parent.
    """
    engine = os.getppid()

    def watch() -> None:
        while os.getppid() == engine:
            time.sleep(PARENT_SECONDS)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def serve(package: str) -> None:
    """Answer the engine until it ends."""
    leave_with_parent()
    # The engine says goodbye with an interrupt, and waits ten seconds for the process to obey.
    # (Ctrl-C in a terminal doesn't reach plugins: they are in process groups of their own.)
    for goodbye in (signal.SIGINT, signal.SIGTERM):
        signal.signal(goodbye, lambda *_: os._exit(0))
    limits = [
        ("grpc.max_receive_message_length", MESSAGE_BYTES),
        ("grpc.max_send_message_length", MESSAGE_BYTES),
    ]
    server = grpc.server(ThreadPoolExecutor(max_workers=WORKERS), options=limits)
    servicer = provider.Provider(package, VERSIONS[package], World(default_path()))
    provider.MESSAGES.provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    serve(sys.argv[1])
