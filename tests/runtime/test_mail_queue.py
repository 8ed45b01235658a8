"""Mails that aren't taken at once: nothing is lost, and no page waits for them."""

import pytest

from tests.runtime.stage.aws import Answer, StandIn
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.mail_server import MailServer
from tests.runtime.stage.outbox import HELLO, Outbox

pytestmark = pytest.mark.usefixtures("calm_mail")
# What a page may take for mail, and what else it does.
PATIENCE = 5.0
REFUSALS = [
    Answer(429, {"message": "slow"}, {"x-amzn-ErrorType": "TooManyRequestsException"}),
    Answer(500, "broken"),
    Answer(400, {"message": "x"}, {"x-amzn-ErrorType": "SendingPausedException"}),
    Answer(delay=7),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=["throttled", "broken", "paused", "hanging"])
def test_what_ses_does_not_take_now_waits_and_goes_out_later(
    by_ses: Outbox, ses: StandIn, refusal: Answer
) -> None:
    ses.answer = refusal
    answer = by_ses.send(HELLO, HELLO)
    assert answer["sent"] == [True, True]
    assert answer["seconds"] < PATIENCE
    assert by_ses.waiting() == 2
    by_ses.heard("queued")
    ses.answer = Answer()
    ses.received.clear()
    goes_out(by_ses)
    assert len(ses.received) == 2


def goes_out(outbox: Outbox) -> None:
    """Later requests take along what waits."""

    def empty() -> bool:
        assert outbox.visitor.get("/wp-login.php").status_code == 200
        return outbox.waiting() == 0

    wait_until(empty, "the queue is empty")
    outbox.heard("sent")
    # And from then on nothing is looked for.
    assert "fleet_mail_due" not in outbox.site.sql("SELECT option_name FROM wp_options")


def test_a_run_of_cron_sends_what_waits_without_a_visit(by_ses: Outbox, ses: StandIn) -> None:
    # What was there before the form came, which lets in no event but mail's.
    by_ses.site.sql("DELETE FROM wp_options WHERE option_name = 'cron'")
    ses.answer = Answer(503, "away")
    by_ses.send(HELLO)
    ses.answer = Answer()
    ses.received.clear()
    due = "SELECT COUNT(*) FROM wp_fleet_mail WHERE due <= UNIX_TIMESTAMP()"
    wait_until(lambda: by_ses.site.sql(due).strip() == "1", "its time has come")
    command = ["fleet-task", "--kind", "cron", "--", "fleet-cron", "run"]
    run = by_ses.site.run("wordpress", command, **by_ses.environment)
    assert run.wait() == 0, run.output()
    assert by_ses.waiting() == 0
    assert len(ses.received) == 1
    assert '"mail":"sent"' in run.output()


def test_a_mail_server_that_hangs_costs_a_page_less_than_five_seconds(
    by_smtp: Outbox, mails: MailServer
) -> None:
    mails.delay = 8
    answer = by_smtp.send(*[HELLO] * 3)
    assert answer["sent"] == [True] * 3
    assert answer["seconds"] < PATIENCE
    # Only the first page waits.
    assert by_smtp.send(HELLO)["seconds"] < 0.5
    mails.delay = 0
    by_smtp.forgets_failure()
    goes_out(by_smtp)
    assert len(mails.mails) >= 4


def test_a_mail_server_that_is_busy_is_asked_again(by_smtp: Outbox, mails: MailServer) -> None:
    mails.answer = "451 later"
    assert by_smtp.send(HELLO)["sent"] == [True]
    assert by_smtp.waiting() == 1
    mails.answer = ""
    goes_out(by_smtp)
    assert [mail.recipients for mail in mails.mails] == [["you@example.net"]]


def test_a_mail_that_is_refused_for_good_fails_with_the_reason(
    by_smtp: Outbox, mails: MailServer
) -> None:
    mails.answer = "554 no such thing"
    answer = by_smtp.send(HELLO)
    assert answer["sent"] == [False]
    assert by_smtp.waiting() == 0
    assert "554" in by_smtp.heard("lost")["error"]


def test_after_some_hours_a_mail_is_given_up_and_said_so(by_ses: Outbox, ses: StandIn) -> None:
    ses.answer = Answer(503, "away")
    by_ses.send(HELLO)
    by_ses.site.sql("UPDATE wp_fleet_mail SET created = created - 4 * 3600")
    wait_until(
        lambda: by_ses.visitor.get("/wp-login.php") and not by_ses.waiting(), "it is given up"
    )
    assert by_ses.heard("lost")["to"] == ["you@example.net"]


def test_another_task_sends_what_a_lost_one_kept(
    by_ses: Outbox, by_smtp: Outbox, ses: StandIn, mails: MailServer
) -> None:
    ses.answer = Answer(503, "away")
    by_ses.send(HELLO)
    goes_out(by_smtp)
    assert len(mails.mails) == 1
