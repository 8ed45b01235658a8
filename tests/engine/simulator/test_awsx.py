"""How awsx divides a VPC's addresses, and its lifecycle policies."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.awsx.ecr import lifecycle_policy
from simulator.awsx.subnets import layout

SPECS = [{"type": "Public"}, {"type": "Private"}, {"type": "Isolated"}]


def cidrs(*arguments: Any) -> dict[str, str]:
    return {subnet.name: subnet.cidr for subnet in layout("net", *arguments)}


def test_equal_parts_of_each_zone_in_the_order_of_the_specs() -> None:
    assert cidrs("10.0.0.0/16", 2, SPECS, None) == {
        "net-public-1": "10.0.0.0/19",
        "net-private-1": "10.0.32.0/19",
        "net-isolated-1": "10.0.64.0/19",
        "net-public-2": "10.0.128.0/19",
        "net-private-2": "10.0.160.0/19",
        "net-isolated-2": "10.0.192.0/19",
    }


def test_masks_are_aligned_and_gaps_are_left() -> None:
    specs = [{"type": "Public", "cidrMask": 24}, {"type": "Private", "cidrMask": 20}]
    assert cidrs("10.0.0.0/16", 1, specs, None) == {
        "net-public-1": "10.0.0.0/24",
        "net-private-1": "10.0.16.0/20",
    }
    unused = [{"type": "Unused", "cidrMask": 24}, {"type": "Public", "cidrMask": 24}]
    assert cidrs("10.0.0.0/16", 1, unused, None) == {"net-public-1": "10.0.1.0/24"}


def test_without_specs_a_larger_private_and_a_smaller_public_one() -> None:
    assert cidrs("10.0.0.0/16", 2, None, None) == {
        "net-public-1": "10.0.64.0/19",
        "net-private-1": "10.0.0.0/18",
        "net-public-2": "10.0.192.0/19",
        "net-private-2": "10.0.128.0/18",
    }


def test_public_subnets_come_first_since_private_ones_need_their_gateways() -> None:
    kinds = [subnet.kind for subnet in layout("net", "10.0.0.0/16", 2, SPECS[::-1], None)]
    assert kinds == ["public", "private", "isolated"] * 2


def test_blocks_of_the_program() -> None:
    specs = [{"type": "Public", "name": "web", "cidrBlocks": ["10.0.8.0/24", "10.0.9.0/24"]}]
    assert cidrs("10.0.0.0/16", 2, specs, None) == {
        "net-web-1": "10.0.8.0/24",
        "net-web-2": "10.0.9.0/24",
    }


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        layout("net", "10.0.0.0/24", 2, [{"type": "Public", "cidrMask": 24}], None)
    with pytest.raises(ValueError, match="at least /26"):
        layout("net", "10.0.0.0/26", 2, None, None)


def test_a_repository_keeps_one_untagged_image_by_default() -> None:
    (rule,) = lifecycle_policy(None)["rules"]
    assert rule["selection"] == {
        "tagStatus": "untagged",
        "countType": "imageCountMoreThan",
        "countNumber": 1,
    }


def test_the_rule_for_any_image_comes_last() -> None:
    rules = [
        {"tagStatus": "any", "maximumAgeLimit": 30},
        {"tagPrefixList": ["v"], "maximumNumberOfImages": 9, "description": "releases"},
    ]
    first, last = lifecycle_policy(rules)["rules"]
    assert first["selection"]["tagStatus"] == "tagged"
    assert first["description"] == "releases"
    assert (last["rulePriority"], last["selection"]["countUnit"]) == (2, "days")
