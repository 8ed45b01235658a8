"""Who is told of what fails, and who may tell them."""

from __future__ import annotations

import json
from typing import Any

from fleet.names import METRICS_NAMESPACE
from tests.program.fleets import PLAIN, Programs, site
from tests.program.recording import Recording

MAILBOX = {"alarms": {"email": "ops@example.com"}}
MAIL = {"mail": {"domain": "mail.example.com"}}
TOPIC = "arn:aws:sns:us-east-1:123456789012:ops"
OWN_TOPIC = "arn:aws:sns:us-east-1:123456789012:wordpress-test-alarms"


def alarms(recording: Recording) -> dict[str, list[str]]:
    """What each alarm does, by its name."""
    found = recording.of_type("cloudwatch:MetricAlarm")
    return {each.inputs["name"]: each.inputs["alarmActions"] for each in found}


def test_nothing_without_the_setting(programs: Programs) -> None:
    recording = programs.run(PLAIN)
    for kind in ("cloudwatch:MetricAlarm", "cloudwatch:EventRule", "sns:Topic"):
        assert list(recording.of_type(kind)) == []


def test_a_mailbox_hears_by_a_topic_that_these_alarms_alone_may_tell(programs: Programs) -> None:
    recording = programs.run(PLAIN, {**MAILBOX, **MAIL})
    assert alarms(recording) == {
        "wordpress-test-dead-letters": [OWN_TOPIC],
        "wordpress-test-mail-bounces": [OWN_TOPIC],
        "wordpress-test-mail-complaints": [OWN_TOPIC],
    }
    (subscription,) = recording.of_type("sns:TopicSubscription")
    assert subscription.inputs["topic"] == OWN_TOPIC
    assert subscription.inputs["endpoint"] == "ops@example.com"
    policy = json.loads(recording.named("sns:TopicPolicy", "base-alarms").inputs["policy"])
    sources = {
        each["Principal"]["Service"]: each["Condition"]["ArnLike"]["aws:SourceArn"]
        for each in policy["Statement"]
    }
    place = "us-east-1:123456789012"
    assert sources == {
        "cloudwatch.amazonaws.com": f"arn:aws:cloudwatch:{place}:alarm:wordpress-test-*",
        "events.amazonaws.com": [f"arn:aws:events:{place}:rule/wordpress-test-failed-tasks"],
    }


def test_a_topic_of_one_s_own_is_told_instead(programs: Programs) -> None:
    recording = programs.run(PLAIN, {"alarms": {"topic": TOPIC}})
    assert alarms(recording) == {"wordpress-test-dead-letters": [TOPIC]}
    (target,) = recording.of_type("cloudwatch:EventTarget")
    assert target.inputs["arn"] == TOPIC
    assert list(recording.of_type("sns:Topic")) == []


def test_a_vault_into_which_nothing_comes_is_told_as_one_whose_copies_fail(
    programs: Programs,
) -> None:
    recording = programs.run(PLAIN, {"alarms": {"topic": TOPIC}, "vault": {"keepDays": 35}})
    (vault,) = recording.of_type("backup:Vault")
    late = recording.named("cloudwatch:MetricAlarm", "base-vault-late").inputs
    ended = {
        state: recording.named("cloudwatch:MetricAlarm", f"base-vault-{state}").inputs
        for state in ("failed", "expired", "aborted")
    }
    for alarm in (late, *ended.values()):
        assert alarm["dimensions"] == {"BackupVaultName": vault.inputs["name"]}
        assert alarm["alarmActions"] == [TOPIC]
    # One cluster's copies that never begin are behind no other's that come.
    for state, alarm in ended.items():
        assert alarm["metricName"] == f"NumberOfBackupJobs{state.title()}"
        assert (alarm["threshold"], alarm["treatMissingData"]) == (0, "notBreaching")
    rings_after_two_days(late)


def rings_after_two_days(late: dict[str, Any]) -> None:
    # What never ran has no datapoint.
    assert (late["treatMissingData"], late["comparisonOperator"]) == (
        "breaching",
        "LessThanThreshold",
    )
    # CloudWatch looks up to some periods further back: of an hour each that is nothing.
    assert late["period"] == 3_600
    assert late["period"] * late["evaluationPeriods"] == 2 * 86_400
    # A new stack's first night is yet to come.
    assert late["warmUpConfiguration"]["warmUpPeriodDurationInMinutes"] == 2 * 1_440


def test_a_drill_that_never_is_good_is_told_where_the_clock_drills(programs: Programs) -> None:
    fleet = {**PLAIN, "shop": site("shop", backup={"dumps": "nightly", "drill": "monthly"})}
    recording = programs.run(fleet, {"alarms": {"topic": TOPIC}})
    late = recording.named("cloudwatch:MetricAlarm", "base-drills-late").inputs
    assert (late["metricName"], late["statistic"], late["threshold"]) == ("DrillAge", "Maximum", 35)
    assert late["dimensions"] == {"BucketName": recording.exports["archive"]["bucket"]}
    # A site whose night doesn't come, another alarm's, says nothing of drills.
    assert late["treatMissingData"] == "notBreaching"
    assert late["alarmActions"] == [TOPIC]


def test_a_copy_that_another_vault_does_not_take_is_told(programs: Programs) -> None:
    vault = {"keepDays": 35, "copyTo": {"region": "eu-central-1"}}
    recording = programs.run(PLAIN, {**MAILBOX, "vault": vault})
    (away,) = json.loads(
        recording.named("cloudwatch:EventRule", "base-failed-copies").inputs["eventPattern"]
    )["detail"]["destinationBackupVaultArn"]
    assert away == recording.named("backup:Vault", "base-vault-copy").state["arn"]
    assert (
        recording.named("cloudwatch:EventTarget", "base-failed-copies").inputs["arn"] == OWN_TOPIC
    )
    policy = json.loads(recording.named("sns:TopicPolicy", "base-alarms").inputs["policy"])
    rules = [each["Condition"]["ArnLike"]["aws:SourceArn"] for each in policy["Statement"]][1]
    assert [arn.rpartition("/")[2] for arn in rules] == [
        "wordpress-test-failed-tasks",
        "wordpress-test-failed-copies",
    ]
    # No other vault, no copies.
    kept = programs.run(PLAIN, {**MAILBOX, "vault": {"keepDays": 35}})
    assert len(list(kept.of_type("cloudwatch:EventRule"))) == 1


def test_backups_that_all_stop_are_told_where_the_clock_makes_some(programs: Programs) -> None:
    nightly = {"dumps": "nightly"}
    fleet = {
        **PLAIN,
        "shop": site("shop", backup=nightly),
        "docs": site("docs", backup=nightly, state="paused"),
    }
    recording = programs.run(fleet, {"alarms": {"topic": TOPIC}})
    late = recording.named("cloudwatch:MetricAlarm", "base-backups-late").inputs
    rings_after_two_days(late)
    assert (late["namespace"], late["metricName"], late["statistic"]) == (
        METRICS_NAMESPACE,
        "Backups",
        "Sum",
    )
    assert late["dimensions"] == {"BucketName": recording.exports["archive"]["bucket"]}
    for quiet in ({"docs": fleet["docs"]}, PLAIN):
        assert list(alarms(programs.run(quiet, {"alarms": {"topic": TOPIC}}))) == [
            "wordpress-test-dead-letters"
        ]
