"""What lets one program and one state carry many sites."""

import gc

from pulumi.runtime import resource as registration
from pulumi.runtime.proto import source_pb2

# Python's own rule (700 new objects) makes a program of 400 sites look 2,000 times over objects
# that all live to its end: measured 35 s; with this 19 s, and 1 % more memory.
NEW_OBJECTS = 200_000


def be_economical() -> None:
    """Looks for garbage rarely, and registers resources without the stack that called for them."""
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    # The SDK sends the whole call stack of each resource, 20 frames, and the engine keeps it in the
    # state, which it writes anew at each step: it was 44 % of the bytes. The SDK has no switch.
    registration._get_stack_trace = source_pb2.StackTrace
