"""`site_log` and `fleet logs` against an account on loopback."""

import io
import itertools
import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from rich.console import Console

from fleet.cli.views import logs as view
from fleet.names import log_group_name
from fleet.operations.declared import Declared
from fleet.operations.live.logs import LogLine, Request, site_log
from fleet.problems import FleetError

# One line as the image's nginx writes it (container/, log.conf).
ACCESS = json.dumps(
    {
        "time": "2026-11-22T12:00:00+00:00",
        "client": "192.0.2.1",
        "method": "GET",
        "host": "blog.example.com",
        "uri": "/?p=1\u001b[2J",
        "status": 200,
        "bytes": 5,
        "seconds": 0.25,
        "php_seconds": "0.240",
        "cache": "MISS",
        "referer": "",
        "agent": "x",
    }
)
TASKS = (f"task-{number}" for number in itertools.count())


def write(
    aws: boto3.Session, site: str, *lines: tuple[int, str], container: str = "wordpress"
) -> str:
    """Writes lines that are so many seconds old, as a new task; the task."""
    logs = aws.client("logs")
    task = next(TASKS)
    group, stream = log_group_name("prod", None, site), f"{site}/{container}/{task}"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = datetime.now(UTC).timestamp()
    logs.put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[{"timestamp": int((now - age) * 1000), "message": text} for age, text in lines],
    )
    return task


def test_lines_since_then_in_the_order_of_time(aws: boto3.Session, prod: Declared) -> None:
    write(aws, "blog", (3600, "old"), (60, "first"), (20, ACCESS))
    task = write(aws, "blog", (40, "second"), container="init")
    lines = list(site_log(prod, "blog", since=timedelta(minutes=10)))
    assert [line.message for line in lines] == ["first", "second", ACCESS]
    assert (lines[1].container, lines[1].task) == ("init", task)
    assert lines[2].request == Request(
        method="GET",
        host="blog.example.com",
        uri="/?p=1\u001b[2J",
        status=200,
        bytes=5,
        seconds=0.25,
        client="192.0.2.1",
        cache="MISS",
    )


def test_following_tells_each_line_once_and_late_ones_too(
    aws: boto3.Session, prod: Declared
) -> None:
    write(aws, "archive", (20, "one"), (10, "two"))
    pauses = iter([((5, "late"), (0, "three")), ((0, "four"),)])

    def sleep(_: float) -> None:
        write(aws, "archive", *next(pauses))

    lines = site_log(prod, "archive", since=timedelta(minutes=1), follow=True, sleep=sleep)
    told = [line.message for line in itertools.islice(lines, 5)]
    assert told == ["one", "two", "late", "three", "four"]


@pytest.mark.usefixtures("aws")
def test_a_site_without_a_log_and_one_that_is_unknown(prod: Declared) -> None:
    with pytest.raises(FleetError, match="news has no log group /wordpress/prod/news: not dep"):
        list(site_log(prod, "news", since=timedelta(minutes=1)))
    with pytest.raises(FleetError, match=r'no site "blgo" .did you mean'):
        site_log(prod, "blgo", since=timedelta(minutes=1))


def test_requests_read_well_and_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(view, "OUT", Console(file=out, force_terminal=True, color_system=None))
    request = Request(
        method="GET",
        host="blog.example.com",
        uri="/\u001b[2J",
        status=502,
        bytes=5,
        seconds=0.25,
        client="192.0.2.1",
        cache="MISS",
    )
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    view.show_log([LogLine(noon, "wordpress", "0123456789abcdef", ACCESS, request)])
    view.show_log([LogLine(noon, "init", "0123456789abcdef", "done\u001b]0;x\u0007", None)])
    view.show_log([LogLine(noon, "schema", "0123456789abcdef", "there", None)])
    time = f"{noon.astimezone():%H:%M:%S}"
    assert out.getvalue().splitlines() == [
        f"{time} 01234567 502 0.250s GET blog.example.com/\\x1b[2J 192.0.2.1 cache miss",
        f"{time} 01234567 init: done\\x1b]0;x\\x07",
        f"{time} 01234567 schema: there",
    ]
