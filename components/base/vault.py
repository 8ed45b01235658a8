"""A vault of AWS Backup with a copy a day of the stack's files and databases."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components import vault_policies
from components.base.context import BaseContext
from components.base.database import Database
from components.base.file_system import FileSystem
from components.parts import NO_OUTPUTS
from components.vault_selection import select
from fleet.names import cluster_hash, cluster_name
from fleet.settings.vault import least_days, vault_regions

# Before the sites' own dumps, which begin at one.
SCHEDULE = "cron(30 0 * * ? *)"
START_MINUTES = 60
# As AWS has it: the first copy of a large file system takes days. The provider's is three hours.
COMPLETION_MINUTES = 7 * 24 * 60


class Vault:
    """Vault, plan, and a selection of what the base has; nothing without the setting `vault`.

    No continuous backup: AWS Backup would then own the days of Aurora's own recovery, which
    `database.backup_days` says. Each site adds its own cluster to the plan.
    """

    outputs = NO_OUTPUTS
    plan: Mapping[str, pulumi.Input[str]]
    """`id` of the plan and `role_arn` with which it copies; empty without the setting."""
    copied_to: list[pulumi.Output[str]]
    """The ARNs of the vaults that each copy is copied to."""

    def __init__(self, context: BaseContext) -> None:
        self.plan, self.copied_to = {}, []
        vault = context.settings.vault
        if vault is None:
            return
        self._context, self._name, self._settings = context, f"{context.name}-vault", vault
        vaults = [self._vault(region) for region in vault_regions(vault)]
        given = vault.copy_to.vault_arn if vault.copy_to else None
        arns = [each.arn for each in vaults] + ([pulumi.Output.from_input(given)] if given else [])
        self.copied_to = arns[1:]
        plan = self._plan(vaults[0], self.copied_to)
        self.plan = {"id": plan.id, "role_arn": self._role(arns)}
        shared = context.part(Database).shared
        select(
            self._name,
            self.plan,
            [context.part(FileSystem).arn, *([shared.cluster_arn] if shared else [])],
            context.child,
        )

    def _vault(self, region: str | None) -> aws.backup.Vault:
        """A `destroy` takes the copies along, unless data is protected."""
        context, settings = self._context, self._context.settings
        away = "" if region is None else "-copy"
        name = f"{self._name}{away}"
        made = aws.backup.Vault(
            name,
            # Fixed, so that a verb knows it without asking.
            name=cluster_name(settings.environment, settings.cell) + away,
            # A key is of its region.
            kms_key_arn=settings.kms_key_arn if region is None else None,
            force_destroy=not context.protect,
            region=region,
            opts=context.keeper,
        )
        lock = self._settings.lock
        if lock is not None:
            aws.backup.VaultLockConfiguration(
                name,
                backup_vault_name=made.name,
                min_retention_days=least_days(self._settings),
                max_retention_days=lock.most_days,
                changeable_for_days=lock.cooling_days,
                region=region,
                opts=context.child,
            )
        return made

    def _plan(self, vault: aws.backup.Vault, copies: list[pulumi.Output[str]]) -> aws.backup.Plan:
        lifecycle: aws.backup.PlanRuleLifecycleArgsDict = {"delete_after": self._settings.keep_days}
        return aws.backup.Plan(
            self._name,
            name=cluster_name(self._context.settings.environment, self._context.settings.cell),
            rules=[
                {
                    "rule_name": "daily",
                    "target_vault_name": vault.name,
                    "schedule": SCHEDULE,
                    "start_window": START_MINUTES,
                    "completion_window": COMPLETION_MINUTES,
                    "lifecycle": lifecycle,
                    "recovery_point_tags": self._context.tags,
                    "copy_actions": [
                        {"destination_vault_arn": arn, "lifecycle": {**lifecycle}} for arn in copies
                    ],
                }
            ],
            opts=self._context.child,
        )

    def _role(self, vault_arns: list[pulumi.Output[str]]) -> pulumi.Output[str]:
        """What AWS Backup copies with, known once it may."""
        context, settings = self._context, self._context.settings
        account = aws.get_caller_identity_output().account_id
        role = aws.iam.Role(
            self._name,
            assume_role_policy=account.apply(lambda v: json.dumps(vault_policies.backup_trust(v))),
            opts=context.child,
        )
        clusters = f"*-{cluster_hash(settings.environment, settings.cell)}"
        copies = len(vault_arns) > 1
        attached = aws.iam.RolePolicy(
            self._name,
            # Fixed, so that the call that puts it is repeatable.
            name="vault",
            role=role.name,
            policy=pulumi.Output.all(context.part(FileSystem).arn, *vault_arns).apply(
                lambda v: json.dumps(
                    vault_policies.backups(
                        file_system_arn=v[0], clusters=clusters, vault_arns=v[1:], copies=copies
                    )
                )
            ),
            opts=context.child,
        )
        return pulumi.Output.all(role.arn, attached.id).apply(lambda v: v[0])
