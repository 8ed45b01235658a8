"""A site's two roles: the one ECS starts its tasks with, and the one its containers have."""

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components import policies

TYPE = "wordpress-fleet:index:Identity"

# A fixed name makes the call that puts the policy repeatable: an interrupted `up` leaves no twin.
POLICY_NAME = "site"


class Identity(pulumi.ComponentResource):
    """Execution role and task role, each limited to the ARNs of this one site."""

    execution_role_arn: pulumi.Output[str]
    task_role_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        site: str,
        image: pulumi.Input[str],
        log_group_arn: pulumi.Input[str],
        secret_arns: Sequence[pulumi.Input[str]],
        user_secret_arns: Sequence[str],
        file_system_arn: pulumi.Input[str],
        access_point_arn: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(TYPE, name, {}, opts)
        trust = pulumi.Output.from_input(log_group_arn).apply(
            lambda arn: json.dumps(policies.ecs_tasks_trust(arn))
        )
        execution = pulumi.Output.all(log_group_arn, image, *secret_arns).apply(
            lambda v: json.dumps(
                policies.task_execution(
                    log_group_arn=v[0],
                    image=v[1],
                    secret_arns=v[2:],
                    user_secret_arns=user_secret_arns,
                )
            )
        )
        task = pulumi.Output.all(file_system_arn, access_point_arn).apply(
            lambda v: json.dumps(policies.site_task(file_system_arn=v[0], access_point_arn=v[1]))
        )
        self.execution_role_arn = self._role(f"{site}-execution", trust, execution)
        self.task_role_arn = self._role(f"{site}-task", trust, task)
        self.register_outputs({"task_role_arn": self.task_role_arn})

    def _role(
        self, name: str, trust: pulumi.Input[str], policy: pulumi.Input[str]
    ) -> pulumi.Output[str]:
        """The role's ARN, known once its policy is attached: a task must not start before."""
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(name, assume_role_policy=trust, opts=child)
        attached = aws.iam.RolePolicy(
            name, name=POLICY_NAME, role=role.name, policy=policy, opts=child
        )
        return pulumi.Output.all(role.arn, attached.id).apply(lambda v: v[0])
