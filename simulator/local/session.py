"""What AWS's session-manager-plugin is for tasks on AWS: a command in a container's terminal.

The session that ExecuteCommand opens names the container and the command. As the plugin does, this
talks of itself on standard output, and exits with 0 whatever the command did.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from docker.errors import APIError

from simulator.local.engine import Engine, connect
from simulator.local.place import Place

CHUNK_BYTES = 65_536


def main(arguments: list[str]) -> int:
    session = json.loads(arguments[0])
    what = json.loads(session["tokenValue"])
    print(f"\nStarting session with SessionId: {session['sessionId']}", end="\r\n", flush=True)
    engine = connect(Place(Path(what["folder"])))
    try:
        _carry(engine, what)
    finally:
        engine.close()
    print(f"\nExiting session with sessionId: {session['sessionId']}.\r\n", end="\r\n", flush=True)
    return 0


def _carry(engine: Engine, what: dict[str, Any]) -> None:
    api = engine.client.api
    made = api.exec_create(what["container"], shlex.split(what["command"]), stdin=True, tty=True)
    opened = api.exec_start(made["Id"], tty=True, socket=True)
    stream: Any = getattr(opened, "_sock", opened)
    size = shutil.get_terminal_size()
    with suppress(APIError):  # a command that has ended already
        api.exec_resize(made["Id"], height=size.lines, width=size.columns)
    inputs: list[int] = [0]
    while True:
        ready, _, _ = select.select([stream, *inputs], [], [])
        if 0 in ready:
            given = os.read(0, CHUNK_BYTES)
            if given:
                stream.sendall(given)
            else:
                inputs.clear()
        if stream in ready:
            chunk = stream.recv(CHUNK_BYTES)
            if not chunk:
                return
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
