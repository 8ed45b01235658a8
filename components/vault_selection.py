"""How the base and each site add what they have to the plan of a vault."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws


def select(
    name: str,
    plan: Mapping[str, pulumi.Input[str]],
    arns: Sequence[pulumi.Input[str]],
    opts: pulumi.ResourceOptions,
) -> None:
    """Adds what has these ARNs to the plan of a vault."""
    aws.backup.Selection(
        name,
        # Fixed: a plan takes a name once.
        name=name,
        plan_id=plan["id"],
        iam_role_arn=plan["role_arn"],
        resources=arns,
        opts=opts,
    )
