"""What must fit together in the settings of an environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pydantic.alias_generators import to_camel

from fleet.problems import Breach
from fleet.settings.alarms import one_listener
from fleet.settings.certificates import suffix_in_a_zone
from fleet.settings.edge import certificate_at_edge, edge_over_https
from fleet.settings.model import Settings
from fleet.settings.vault import compliance_in_so_many_words, lock_lets_copies_in, one_copy

# A load balancer and a database's subnet group each ask for two zones.
FEWEST_SUBNETS = 2

_OF_A_NEW_VPC = ("cidr", "availability_zones", "nat_gateways", "flow_logs")
_SUBNETS = ("public_subnet_ids", "private_subnet_ids", "isolated_subnet_ids")
_EXISTING = (
    "network: {vpcId: vpc-0a1b2c3d, publicSubnetIds: [subnet-0a1b2c3d, subnet-1a1b2c3d], "
    "privateSubnetIds: [subnet-2a1b2c3d, subnet-3a1b2c3d]}"
)


def settings_breaches(settings: Settings, wrong: frozenset[str]) -> Iterator[Breach]:
    """Every broken rule, but those that read a wrong field. Paths are those of the file."""
    for reads, rule in RULES:
        if wrong.isdisjoint(reads):
            yield from rule(settings)


def _some_listener(settings: Settings) -> Iterator[Breach]:
    if settings.certificate_arn is None and not settings.zones and not settings.allow_http:
        yield Breach(
            (("certificateArn",),),
            "found neither a certificate, nor zones to make one in, nor leave to serve plain HTTP",
            "certificateArn, zones, or allowHttp: true",
            "certificateArn: arn:aws:acm:eu-west-1:123456789012:certificate/"
            "12345678-1234-1234-1234-123456789012",
        )


def _shared_capacity(settings: Settings) -> Iterator[Breach]:
    shared = settings.shared_database
    if shared is not None and shared.min_acu > shared.max_acu:
        yield Breach(
            (("sharedDatabase", "minAcu"),),
            f"found minAcu {shared.min_acu:g} above maxAcu {shared.max_acu:g}",
            "minAcu up to maxAcu",
            f"sharedDatabase: {{minAcu: {shared.max_acu:g}, maxAcu: {shared.min_acu:g}}}",
        )


def _new_or_existing_vpc(settings: Settings) -> Iterator[Breach]:
    written = settings.network.model_fields_set
    if settings.network.vpc_id is None:
        alien, beside, allowed = _SUBNETS, "without vpcId", "subnet ids of an existing vpcId"
    else:
        alien, beside, allowed = _OF_A_NEW_VPC, "beside vpcId", "what describes an existing VPC"
    for name in alien:
        if name in written:
            key = to_camel(name)
            yield Breach((("network", key),), f"found {key} {beside}", allowed, _EXISTING)


def _enough_subnets(settings: Settings) -> Iterator[Breach]:
    network = settings.network
    if network.vpc_id is None:
        return
    subnets = {
        "publicSubnetIds": network.public_subnet_ids,
        "isolatedSubnetIds": network.isolated_subnet_ids or network.private_subnet_ids,
    }
    for name, ids in subnets.items():
        if len(set(ids)) < FEWEST_SUBNETS:
            yield Breach(
                (("network", name),),
                f"found {len(set(ids))} of {name} for the existing VPC",
                f"{FEWEST_SUBNETS} or more, in different zones",
                _EXISTING,
            )


def _zones_once(settings: Settings) -> Iterator[Breach]:
    for index, zone in enumerate(settings.zones):
        if zone in settings.zones[:index]:
            yield Breach(
                (("zones", index),),
                f"found {zone} a second time",
                "each zone once",
                "zones: [example.com, example.org]",
            )


# The fields that a rule reads, and the rule.
RULES: tuple[tuple[tuple[str, ...], Callable[[Settings], Iterator[Breach]]], ...] = (
    (("certificate_arn", "zones", "allow_http"), _some_listener),
    (("certificate_arn", "zones", "allow_http", "domain_suffix"), suffix_in_a_zone),
    (("shared_database",), _shared_capacity),
    (("network",), _new_or_existing_vpc),
    (("network",), _enough_subnets),
    (("zones",), _zones_once),
    (("edge", "zones", "certificate_arn", "allow_http"), edge_over_https),
    (("edge", "certificate_arn"), certificate_at_edge),
    (("alarms",), one_listener),
    (("vault",), one_copy),
    (("vault",), lock_lets_copies_in),
    (("vault",), compliance_in_so_many_words),
)
