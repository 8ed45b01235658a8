"""`execute`: the session against an account on loopback, carried by a plugin that stands in.

The account opens sessions that lead nowhere, so the plugin's stand-in runs the command here: what
boto3 was asked for is handed to it on the side.
"""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.operations.declared import Declared, read_declared
from fleet.operations.live.execute import execute
from fleet.operations.live.transcript import Transcript
from fleet.operations.problem import OperationError
from fleet.operations.target import Target

STAGE = Path(__file__).parent / "stage"


@pytest.fixture
def session(aws: boto3.Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    """A session whose ExecuteCommand reaches the plugin on PATH."""

    def remember(params: dict[str, Any], **_: Any) -> None:
        monkeypatch.setenv("FLEET_TEST_COMMAND", params["command"])

    monkeypatch.setenv("PATH", str(STAGE), prepend=":")
    monkeypatch.setenv("FLEET_TEST_ARGUMENTS", str(tmp_path / "arguments"))
    aws.events.register("before-parameter-build.ecs.ExecuteCommand", remember)
    return aws


def test_output_and_exit_status_of_the_command(
    session: boto3.Session, prod: Declared, tmp_path: Path
) -> None:
    out = io.BytesIO()
    command = ["sh", "-c", 'printf "%s\\n" "$@"; exit 3', "sh", "it's", "a b", "$HOME"]
    assert execute(prod, "blog", command, session=session, output=out) == 3
    assert out.getvalue() == b"it's\na b\n$HOME\n"
    told, region, operation, profile, request, endpoint = (
        (tmp_path / "arguments").read_text().split("\n")[:6]
    )
    assert json.loads(told).keys() == {"sessionId", "streamUrl", "tokenValue"}
    assert (region, operation, profile) == ("us-east-1", "StartSession", "")
    assert json.loads(request)["Target"].startswith("ecs:wordpress-prod_")
    assert endpoint.startswith("http://127.0.0.1:")


def test_the_command_line_exits_as_the_command_does(
    session: boto3.Session, prod: Declared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(prod.target.folder)
    monkeypatch.setattr("fleet.operations.live.execute.open_session", lambda _: session)
    command = ["exec", "--env", "prod", "blog", "--", "sh", "-c", "echo --version; exit 3"]
    done = CliRunner().invoke(app, command)
    assert (done.exit_code, done.stdout) == (3, "--version\n")


def test_what_is_piped_in_is_typed_at_a_terminal() -> None:
    """AWS's plugin ends at once when its standard input is none."""
    script = "test -t 0 && echo MARK; head -n 1; echo MARK:0"
    code = (
        "from fleet.operations.live.execute import OpenSession, carry\n"
        f"carry(OpenSession(('sh', '-c', {script!r}), 'MARK', 'here'))"
    )
    command = [sys.executable, "-c", code]
    for piped, printed in ((b"hello\n", b"hello\n"), (b"a\nb\n" * 10_000, b"a\n")):
        done = subprocess.run(command, input=piped, capture_output=True, check=True, timeout=60)
        assert done.stdout == printed


def test_a_session_that_breaks_off(
    session: boto3.Session, prod: Declared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLEET_TEST_BROKEN", "1")
    with pytest.raises(
        OperationError, match=r"prod: blog: the session broke off: .* start session: EOF"
    ):
        execute(prod, "blog", ["true"], session=session)


def test_without_the_plugin(
    aws: boto3.Session, prod: Declared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(OperationError, match="session-manager-plugin is not on PATH; install it"):
        execute(prod, "blog", ["true"], session=aws)


def test_no_task_to_run_it_in(session: boto3.Session, prod: Declared) -> None:
    dev = read_declared(Target(folder=prod.target.folder, environment="dev"))
    for declared, site in [(prod, "archive"), (prod, "news"), (dev, "blog")]:
        with pytest.raises(OperationError, match=f"{site} has no running task in wordpress-"):
            execute(declared, site, ["true"], session=session)


@given(st.binary(), st.lists(st.integers(1, 9), max_size=50), st.integers(0, 255))
def test_the_transcript_does_not_mind_where_the_stream_is_cut(
    printed: bytes, cuts: list[int], status: int
) -> None:
    printed = printed.replace(b"\r", b"")
    stream = b"hello\r\nMARK\r\n" + printed.replace(b"\n", b"\r\n") + b"MARK:%d\r\nbye" % status
    transcript, out = Transcript("MARK"), b""
    for size in cuts:
        out += transcript.take(stream[:size])
        stream = stream[size:]
    out += transcript.take(stream)
    assert (out, transcript.status, transcript.aside) == (printed, status, b"hello\n")
