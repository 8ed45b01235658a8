"""WordPress's events run without a visit: in time, once, and none takes the others with it."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.conftest import MakeSite, sites
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.database import Database
from tests.runtime.stage.podman import new_name
from tests.runtime.stage.site import Replica, StagedSite

EVENTS = Path(__file__).with_name("stage") / "events.php"
PLUGIN = "/usr/src/wordpress/wp-content/mu-plugins/events.php"
TABLES = (
    "CREATE TABLE notes (number INT, at DATETIME(3) DEFAULT NOW(3));"
    "CREATE TABLE published (at DATETIME(3));"
    "CREATE TABLE actions (number INT)"
)
# Between two runs of a site of the tests; a fleet's has a minute at the least.
LATEST = 2
A_MINUTE = 60.0


def prepared(site: StagedSite) -> StagedSite:
    site.init()
    site.sql(TABLES)
    site.sql("DELETE FROM wp_options WHERE option_name = 'cron'")
    return site


def started(site: StagedSite, **values: str) -> Replica:
    replica = site.start({PLUGIN: EVENTS}, new_name(), **values)
    wait_until(replica.serves, "the replica is healthy")
    return replica


@pytest.fixture(scope="module")
def site(
    image: str, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StagedSite]:
    """Its events run within two seconds and may take five."""
    knobs = {"FLEET_CRON_SECONDS": str(LATEST), "FLEET_EVENT_SECONDS": "5"}
    with sites(image, database, tmp_path_factory.mktemp("cron")) as make:
        yield prepared(make(mode="uploads", knobs=knobs))


@pytest.fixture(scope="module")
def tasks(site: StagedSite) -> list[Replica]:
    return [started(site), started(site)]


@pytest.fixture(scope="module")
def due(site: StagedSite, tasks: list[Replica]) -> float:
    """When a post is due: WordPress publishes at once what is due within a minute."""
    moment = time.time() + A_MINUTE + 1
    post = ask(site, tasks[0], post=str(int(A_MINUTE) + 1))
    state = site.sql(f"SELECT post_status FROM wp_posts WHERE ID = {int(post)}")  # noqa: S608
    assert state.strip() == "future"
    return moment


def ask(site: StagedSite, replica: Replica, **form: str) -> str:
    with site.visitor(replica) as visitor:
        return visitor.post("/", data=form).text


def numbers(site: StagedSite) -> list[int]:
    return [int(word) for word in site.sql("SELECT number FROM notes ORDER BY number").split()]


def told(replica: Replica, word: str) -> list[dict[str, Any]]:
    """What the log says of the runs that `ran` or `broke`."""
    lines = re.findall(rf"^fleet-cron: {word} (\{{.*\}})$", replica.container.output(), re.M)
    return [json.loads(line) for line in lines]


def test_each_event_runs_once_though_two_tasks_wait_for_it(
    site: StagedSite, tasks: list[Replica], due: float
) -> None:
    site.sql("DELETE FROM notes")
    for first, replica in enumerate(tasks):
        events = ",".join(f"note:{3 + number // 2}:{number}" for number in range(first, 20, 2))
        assert ask(site, replica, events=events) == "scheduled"
    # Without enough memory the kernel would take the one that runs events.
    first_to_go = "cat $(grep -l 'pool cron' /proc/[0-9]*/cmdline | sed s/cmdline/oom_score_adj/)"

    def goes_first() -> bool:
        found = [replica.container.execute("sh", "-c", first_to_go).stdout for replica in tasks]
        return any("1000" in each.split() for each in found)

    wait_until(goes_first, "a worker runs events", A_MINUTE)
    wait_until(lambda: set(numbers(site)) == set(range(20)), "all have run", A_MINUTE)
    time.sleep(LATEST + 1)
    assert numbers(site) == list(range(20))


def test_what_hangs_or_breaks_is_ended_and_named_and_the_others_run(
    site: StagedSite, tasks: list[Replica]
) -> None:
    site.sql("DELETE FROM notes")
    ask(site, tasks[0], events="hang:0:1,throws:1:2,breaks:1:3,note:2:4")
    wait_until(lambda: numbers(site) == [4], "the last one has run", A_MINUTE)
    broken = [each for task in tasks for each in told(task, "broke")]
    assert sorted(each["event"] for each in broken) == ["breaks", "hang"]
    (hanging,) = (each for each in broken if each["event"] == "hang")
    assert hanging["seconds"] < 5 + 3
    log = "".join(task.container.output() for task in tasks)
    assert "fleet-cron: throws failed: LogicException: on purpose" in log


def test_the_queue_of_action_scheduler_is_drained(site: StagedSite, tasks: list[Replica]) -> None:
    site.sql(f"INSERT INTO actions VALUES {', '.join(['(1)'] * 110)}")  # noqa: S608
    ask(site, tasks[0], events="action_scheduler_run_queue:0:0")
    wait_until(lambda: site.sql("SELECT COUNT(*) FROM actions").strip() == "0", "drained", A_MINUTE)


def tomorrow(moment: Path) -> bool:
    """Whether the moment in the file is known, and far."""
    return moment.exists() and time.time() + 3600 < int(moment.read_text() or 0) < 2**32


def test_a_database_that_pauses_is_asked_at_the_ends_of_slots_only(
    make_site: MakeSite, own_database: Database
) -> None:
    slot = 12
    knobs = {"FLEET_CRON_SECONDS": str(slot), "FLEET_CRON_SLOTS": "on"}
    site = prepared(make_site(mode="uploads", database=own_database, knobs=knobs))
    tasks = [started(site), started(site)]
    for each in tasks:
        looked = each.scratch("tmp/fleet/cron/next")
        # Its first look found nothing, so the next one is tomorrow.
        wait_until(lambda path=looked: tomorrow(path), "the task has looked", A_MINUTE)
    ask(site, tasks[0], events=f"note:0:1,note:{slot}:2,note:{5 * slot}:3")
    begun = own_database.sql(
        "SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = ON; SELECT UNIX_TIMESTAMP()"
    )
    # An hour, were a slot the quarter of one that is built in.
    wait_until(lambda: int(time.time()) - int(begun) > 4 * slot, "four slots", 2 * A_MINUTE)
    asked = own_database.sql(
        "SELECT UNIX_TIMESTAMP(event_time) FROM mysql.general_log "
        "WHERE command_type = 'Connect' AND user_host NOT LIKE '%root%'"
    ).split()
    doings = "".join(task.container.output() for task in tasks)
    assert numbers(site) == [1, 2], doings
    assert asked
    assert max(float(moment) % slot for moment in asked) < 6
    # Nothing was due in the others, so nobody came.
    assert len({int(float(moment) // slot) for moment in asked}) == 2, (asked, begun, doings)


def test_a_post_is_out_when_it_is_due_though_nobody_comes(site: StagedSite, due: float) -> None:
    """It waited while the tests before this one ran."""
    out = "SELECT UNIX_TIMESTAMP(MIN(at)) FROM published"
    wait_until(lambda: site.sql(out).strip() != "NULL", "the post is out", 2 * A_MINUTE)
    assert -1 < float(site.sql(out)) - due < LATEST + 2


def test_a_request_tells_of_its_events_in_less_than_five_milliseconds(
    site: StagedSite, tasks: list[Replica]
) -> None:
    events = ",".join(f"note:{9000 + number}:{number}" for number in range(500))
    ask(site, tasks[0], events=events)
    assert float(ask(site, tasks[0], cost="1")) < 5
    site.sql("DELETE FROM wp_options WHERE option_name = 'cron'")


def test_an_event_ends_before_its_task_does(site: StagedSite, tasks: list[Replica]) -> None:
    site.sql("DELETE FROM notes")
    replica = tasks.pop()
    tasks[0].stop()
    ask(site, replica, events="slow:0:7,note:1:8")
    wait_until(lambda: -7 in numbers(site), "the slow one has begun", A_MINUTE)
    replica.stop()
    assert numbers(site) == [-7, 7]
    assert "fleet-serve: ended" in replica.container.output()


def test_a_task_of_its_own_runs_what_is_due_and_ends(site: StagedSite) -> None:
    """As the clock starts it where `cron.task` is `own`; there serving tasks run none."""
    site.sql("DELETE FROM notes; DELETE FROM wp_options WHERE option_name = 'cron'")
    serving = started(site, FLEET_CRON_SECONDS="0")
    ask(site, serving, events="note:0:1,hang:0:2,note:1:3,note:600:4")
    time.sleep(LATEST + 1)
    assert numbers(site) == []
    command = ["fleet-task", "--kind", "cron", "--", "fleet-cron", "run"]
    own = site.run("wordpress", command, {PLUGIN: EVENTS}, FLEET_CRON_SECONDS="0")
    assert own.wait() == 1, own.output()
    assert numbers(site) == [1, 3]
    assert '"event":"hang"' in own.output()
