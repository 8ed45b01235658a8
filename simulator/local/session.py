"""What AWS's session-manager-plugin is for tasks on AWS: a command in a container's terminal.

The session that ExecuteCommand opens names the container and the command. As the plugin does, this
talks of itself on standard output, and exits with 0 whatever the command did.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from docker.errors import APIError

from simulator.local.engine import Engine, connect
from simulator.local.place import Place

CHUNK_BYTES = 65_536
KEYBOARD = 0  # standard input, which is the terminal's if there is one
INPUT, LOCAL = 0, 3  # where termios has its input and local modes


def main(arguments: list[str]) -> int:
    session = json.loads(arguments[0])
    what = json.loads(session["tokenValue"])
    print(f"\nStarting session with SessionId: {session['sessionId']}", end="\r\n", flush=True)
    engine = connect(Place(Path(what["folder"])))
    try:
        with _keys_as_they_are():
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

    def resize(*_: object) -> None:
        with suppress(APIError, OSError):  # a command that has ended already, no terminal here
            size = os.get_terminal_size(KEYBOARD)
            api.exec_resize(made["Id"], height=size.lines, width=size.columns)

    resize()
    signal.signal(signal.SIGWINCH, resize)
    inputs: list[int] = [KEYBOARD]
    while True:
        ready, _, _ = select.select([stream, *inputs], [], [])
        if KEYBOARD in ready:
            given = os.read(KEYBOARD, CHUNK_BYTES)
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


@contextmanager
def _keys_as_they_are() -> Iterator[None]:
    """A terminal hands over each key, Ctrl-C too; the other end echoes them.

    What is printed stays as it is on any terminal: a line ends at its left.
    """
    if not os.isatty(KEYBOARD):
        yield
        return
    before = termios.tcgetattr(KEYBOARD)
    own = termios.tcgetattr(KEYBOARD)
    own[INPUT] &= ~(termios.ICRNL | termios.IXON)
    own[LOCAL] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
    termios.tcsetattr(KEYBOARD, termios.TCSADRAIN, own)
    try:
        yield
    finally:
        termios.tcsetattr(KEYBOARD, termios.TCSADRAIN, before)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
