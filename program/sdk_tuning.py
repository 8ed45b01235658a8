"""What lets one program and one state carry many sites."""

import gc

from pulumi import log
from pulumi.runtime import resource as registration
from pulumi.runtime.proto import source_pb2

# Python's own rule (700 new objects) makes a program of 400 sites look 2,000 times over objects
# that all live to its end: measured 35 s; with this 19 s, and 1 % more memory.
NEW_OBJECTS = 200_000


def be_economical() -> None:
    """Looks for garbage rarely, and keeps the SDK from two things that it has no switch for.

    Both are for whoever debugs the SDK itself; leave this call out to have them back.
    """
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    # Each resource's whole call stack, 20 frames, goes into the state, which the engine writes anew
    # at each step.
    registration._get_stack_trace = source_pb2.StackTrace
    # Each output property of each resource is told to the engine, which drops the message unless
    # it runs with --debug: a round trip that the program waits for.
    log.debug = _untold


def _untold(*_: object, **__: object) -> None:
    """In place of a message."""
