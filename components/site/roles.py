"""A role with one policy, as each of a site's parts makes them."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.site.context import SiteContext

# A fixed name makes the call that puts the policy repeatable: an interrupted `up` leaves no twin.
POLICY_NAME = "site"


def role_with_policy(
    context: SiteContext, name: str, trust: pulumi.Input[str], policy: pulumi.Input[str]
) -> pulumi.Output[str]:
    """The role's ARN, known once its policy is attached: what takes it must not start before."""
    role = aws.iam.Role(name, assume_role_policy=trust, opts=context.child)
    attached = aws.iam.RolePolicy(
        name, name=POLICY_NAME, role=role.name, policy=policy, opts=context.child
    )
    return pulumi.Output.all(role.arn, attached.id).apply(lambda v: v[0])
