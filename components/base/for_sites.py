"""What a site needs to know of the base that it stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pulumi

from components.aurora import DatabaseAccess
from fleet.settings.model import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class BaseForSites:
    """The facts of one base. Nothing here depends on the list of sites."""

    settings: Settings
    image: pulumi.Input[str]
    """What a site without an image of its own runs."""
    vpc_id: pulumi.Input[str]
    task_subnet_ids: pulumi.Input[Sequence[str]]
    task_security_group_id: pulumi.Input[str]
    cluster_name: pulumi.Input[str]
    cluster_arn: pulumi.Input[str]
    listener_arn: pulumi.Input[str]
    load_balancer_arn_suffix: pulumi.Input[str]
    load_balancer_dns_name: pulumi.Input[str]
    load_balancer_zone_id: pulumi.Input[str]
    """Route 53's own of the load balancer, for alias records."""
    edge: Mapping[str, pulumi.Input[str]]
    """What the sites share at CloudFront (`components.base.edge`); empty without it."""
    zone_ids: Mapping[str, pulumi.Input[str]]
    """Those of the zones that the program may write, by name."""
    mail_arns: Mapping[str, pulumi.Input[str]]
    """Of SES's `identity` and `configuration_set`; empty where the stack sends no mail by it."""
    schedule_group_name: pulumi.Input[str]
    schedule_group_arn: pulumi.Input[str]
    dead_letters_arn: pulumi.Input[str]
    file_system_id: pulumi.Input[str]
    mounted_file_system_id: pulumi.Input[str]
    file_system_arn: pulumi.Input[str]
    archive_bucket_arn: pulumi.Input[str]
    database_subnet_group: pulumi.Input[str]
    database_parameter_group: pulumi.Input[str]
    shared_database: DatabaseAccess | None
    backup_plan: Mapping[str, pulumi.Input[str]]
    """`id` and `role_arn` of the vault's plan (`components.base.vault`); empty without it."""

    def registered(self) -> dict[str, Any]:
        """As what a component can register: settings as words, the shared database as a map."""
        shared = self.shared_database
        return {
            **_facts(self),
            "settings": self.settings.config(),
            "shared_database": None if shared is None else _facts(shared),
        }


def _facts(of: Any) -> Mapping[str, Any]:
    # `asdict` would copy outputs, which can't be copied.
    return {field.name: getattr(of, field.name) for field in fields(of)}
