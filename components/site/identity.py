"""A site's two roles: the one ECS starts its tasks with, and the one its containers have."""

import json

import pulumi

from components import bucket_policies, policies
from components.parts import NO_OUTPUTS
from components.site.context import SiteContext
from components.site.database import Database
from components.site.edge import Edge
from components.site.logs import Logs
from components.site.mail import Mail
from components.site.roles import role_with_policy
from components.site.secrets import Secrets
from components.site.storage import Storage
from fleet.site.mail import addresses, mail_secret, tenant_name


class Identity:
    """Execution role and task role, each limited to the ARNs of this one site."""

    outputs = NO_OUTPUTS
    execution_role_arn: pulumi.Output[str]
    task_role_arn: pulumi.Output[str]

    def __init__(self, context: SiteContext) -> None:
        self._context = context
        name = context.site.name
        trust = context.part(Logs).arn.apply(lambda arn: json.dumps(policies.ecs_tasks_trust(arn)))
        self.execution_role_arn = role_with_policy(
            context, f"{name}-execution", trust, self._execution()
        )
        self.task_role_arn = role_with_policy(context, f"{name}-task", trust, self._task())

    def _execution(self) -> pulumi.Output[str]:
        context = self._context
        secret = mail_secret(context.site, context.settings)
        mail_secrets = [secret] if secret else []
        own = context.part(Secrets).secret_arn
        master = context.part(Database).access.master_secret_arn
        facts = (context.part(Logs).arn, context.image, context.base.image, own, master)
        return pulumi.Output.all(*facts).apply(
            lambda v: json.dumps(
                policies.task_execution(
                    log_group_arn=v[0],
                    images=v[1:3],
                    secret_arns=v[3:],
                    key_arn=context.settings.kms_key_arn,
                    user_secret_arns=[*context.site.secrets.values(), *mail_secrets],
                )
            )
        )

    def _task(self) -> pulumi.Output[str]:
        context = self._context
        access_point = context.part(Storage).access_point_arn
        distribution = context.part(Edge).distribution
        return pulumi.Output.all(
            context.base.file_system_arn,
            access_point,
            context.base.archive_bucket_arn,
            pulumi.Output.all(*context.part(Mail).sends_by),
            pulumi.Output.all(*([distribution.arn] if distribution else [])),
        ).apply(
            lambda v: json.dumps(
                policies.site_task(
                    file_system_arn=v[0],
                    access_point_arn=v[1],
                    archive=bucket_policies.site_archive(
                        v[2],
                        context.site.name,
                        context.settings.kms_key_arn,
                        # Else the site itself, or whoever broke into it, could.
                        deletes=context.site.backup.dumps == "never",
                    ),
                    sends_by=v[3],
                    purges=v[4],
                    sends_as=addresses(context.site, context.settings),
                    tenant=tenant_name(context.site.name, context.settings),
                )
            )
        )
