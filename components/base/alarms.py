"""Who hears of what fails while nobody watches: tasks of the clock, mail, and what doesn't come."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from components import policies
from components.base.archive import Archive
from components.base.context import BaseContext
from components.base.failures import Failure, failures
from components.base.schedules import Schedules
from components.parts import NO_OUTPUTS
from fleet.names import METRICS_NAMESPACE, cluster_name
from fleet.settings.alarms import VAULT_STATES
from fleet.settings.mail import sends_by_ses
from fleet.site.backup import DRILL_LATE_DAYS
from fleet.site.mail import configuration_set_name

PERIOD_SECONDS = 300
# Shares at which AWS reviews who sends: "Amazon SES sending review process FAQs".
MAIL_RATES = {"Bounce": 0.05, "Complaint": 0.001}
HOUR_SECONDS, DAY_SECONDS = 3_600, 86_400
# In short periods, since CloudWatch looks some of them further back for datapoints than it is told:
# with two of a day each it rang days later.
LATE_HOURS = 48


class Alarms:
    """Alarms on dead letters, mail that comes back, backups, drills and the vault, and rules for
    what fails.

    They tell a topic: of the stack's own, with a mailbox, or the one that the settings name.
    Nothing without the setting `alarms`.
    """

    outputs = NO_OUTPUTS

    def __init__(self, context: BaseContext) -> None:
        settings = context.settings
        if settings.alarms is None:
            return
        self._context = context
        # Fixed names: a mail of CloudWatch's says the alarm's.
        self._prefix = cluster_name(settings.environment, settings.cell)
        rules = [(each, self._rule(each)) for each in failures(context)]
        arns = [rule.arn for _, rule in rules]
        topic = pulumi.Output.from_input(settings.alarms.topic or self._topic(arns))
        for failure, rule in rules:
            self._tell(failure, rule, topic)
        self._dead_letters(topic)
        if sends_by_ses(settings):
            for kind, rate in MAIL_RATES.items():
                self._mail(kind, rate, topic)
        if context.backed_up:
            self._backups(topic)
        if context.drilled:
            self._drills(topic)
        if settings.vault is not None:
            self._vault(topic)

    def _topic(self, rule_arns: list[pulumi.Output[str]]) -> pulumi.Output[str]:
        """The ARN of a topic with a mailbox."""
        context, name = self._context, f"{self._context.name}-alarms"
        topic = aws.sns.Topic(name, name=f"{self._prefix}-alarms", opts=context.child)
        policy = aws.sns.TopicPolicy(
            name,
            arn=topic.arn,
            policy=pulumi.Output.all(topic.arn, *rule_arns).apply(
                lambda v: json.dumps(
                    policies.alarm_topic(
                        topic_arn=v[0],
                        alarm_prefix=_alarms_beside(v[0], self._prefix),
                        rule_arns=v[1:],
                    )
                )
            ),
            opts=context.child,
        )
        assert context.settings.alarms is not None
        aws.sns.TopicSubscription(
            name,
            topic=topic.arn,
            protocol="email",
            endpoint=context.settings.alarms.email or "",
            opts=context.child,
        )
        return pulumi.Output.all(topic.arn, policy.id).apply(lambda v: v[0])

    def _rule(self, failure: Failure) -> aws.cloudwatch.EventRule:
        return aws.cloudwatch.EventRule(
            f"{self._context.name}-{failure.name}",
            name=f"{self._prefix}-{failure.name}",
            description=failure.description,
            event_pattern=failure.pattern.apply(json.dumps),
            opts=self._context.child,
        )

    def _tell(
        self, failure: Failure, rule: aws.cloudwatch.EventRule, topic: pulumi.Output[str]
    ) -> None:
        aws.cloudwatch.EventTarget(
            f"{self._context.name}-{failure.name}",
            rule=rule.name,
            target_id="alarms",
            arn=topic,
            input_transformer={
                "input_paths": failure.paths,
                "input_template": json.dumps(failure.words),
            },
            opts=self._context.child,
        )

    def _dead_letters(self, topic: pulumi.Output[str]) -> None:
        self._alarm(
            "dead-letters",
            topic,
            alarm_description="A task could not be started by the clock; docs/alarms.md",
            namespace="AWS/SQS",
            # Not how many lie there, which would say nothing of the next.
            metric_name="NumberOfMessagesSent",
            dimensions={"QueueName": self._context.part(Schedules).dead_letters_name},
            statistic="Sum",
            threshold=0,
            period=PERIOD_SECONDS,
        )

    def _mail(self, kind: str, rate: float, topic: pulumi.Output[str]) -> None:
        self._alarm(
            f"mail-{kind.lower()}s",
            topic,
            alarm_description=f"More than {rate:.1%} of the mails; docs/mail.md",
            namespace="AWS/SES",
            metric_name=f"Reputation.{kind}Rate",
            dimensions={"ses:configuration-set": configuration_set_name(self._context.settings)},
            statistic="Average",
            threshold=rate,
            period=HOUR_SECONDS,
        )

    def _backups(self, topic: pulumi.Output[str]) -> None:
        """On sites' nights of which none comes: where the clock stands still, nothing fails."""
        self._late(
            "backups-late",
            topic,
            alarm_description="No site's backup came for two days; docs/backups.md",
            namespace=METRICS_NAMESPACE,
            metric_name="Backups",
            dimensions={"BucketName": self._context.part(Archive).bucket_name},
        )

    def _drills(self, topic: pulumi.Output[str]) -> None:
        """On a site that the clock drills and that had no good one: each night tells how long."""
        self._alarm(
            "drills-late",
            topic,
            alarm_description=f"No good drill for {DRILL_LATE_DAYS} days; docs/backups.md",
            namespace=METRICS_NAMESPACE,
            metric_name="DrillAge",
            dimensions={"BucketName": self._context.part(Archive).bucket_name},
            statistic="Maximum",
            threshold=DRILL_LATE_DAYS,
            period=DAY_SECONDS,
        )

    def _vault(self, topic: pulumi.Output[str]) -> None:
        """On copies that fail, and on none at all: where nothing starts, nothing fails."""
        vault: dict[str, Any] = {
            "namespace": "AWS/Backup",
            "dimensions": {"BackupVaultName": self._prefix},
        }
        for state in VAULT_STATES:
            self._alarm(
                f"vault-{state}",
                topic,
                alarm_description=f"A copy into the vault: {state}; docs/vault.md",
                metric_name=f"NumberOfBackupJobs{state.title()}",
                statistic="Sum",
                threshold=0,
                period=HOUR_SECONDS,
                **vault,
            )
        self._late(
            "vault-late",
            topic,
            alarm_description="No copy came into the vault for two days; docs/vault.md",
            metric_name="NumberOfBackupJobsCompleted",
            **vault,
        )

    def _late(self, name: str, topic: pulumi.Output[str], **metric: Any) -> None:
        """On what comes each night and didn't for two days: one night's may end late."""
        self._alarm(
            name,
            topic,
            statistic="Sum",
            comparison_operator="LessThanThreshold",
            threshold=1,
            period=HOUR_SECONDS,
            evaluation_periods=LATE_HOURS,
            treat_missing_data="breaching",
            # None is late before the first night.
            warm_up_configuration={
                "warm_up_period_duration_in_minutes": LATE_HOURS * 60,
                "only_start_evaluating_after_warm_up_period_ends": True,
            },
            **metric,
        )

    def _alarm(self, name: str, topic: pulumi.Output[str], **what: Any) -> None:
        usual: dict[str, Any] = {
            "comparison_operator": "GreaterThanThreshold",
            "evaluation_periods": 1,
            "treat_missing_data": "notBreaching",
        }
        aws.cloudwatch.MetricAlarm(
            f"{self._context.name}-{name}",
            name=f"{self._prefix}-{name}",
            alarm_actions=[topic],
            opts=self._context.child,
            **(usual | what),
        )


def _alarms_beside(arn: str, prefix: str) -> str:
    """How the ARNs of the stack's alarms begin."""
    _, partition, _, region, account, _ = arn.split(":")
    return f"arn:{partition}:cloudwatch:{region}:{account}:alarm:{prefix}-"
