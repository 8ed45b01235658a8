"""How the program knows which cell of which environment its stack holds."""

from __future__ import annotations

import pulumi
import pytest

from tests.program.fleets import Programs, site

SITES = {"blog": site("blog"), "shop": site("shop", cell="east")}


@pytest.mark.parametrize(
    ("stack", "settings", "sites"),
    [
        ("prod", {"environment": "prod"}, ["blog"]),
        ("prod-east", {"environment": "prod"}, ["shop"]),
        ("prod-west", {"environment": "prod"}, []),
        ("anything", {"environment": "prod", "cell": "east"}, ["shop"]),
        ("prod-east", {}, ["blog"]),  # an environment of that name: no Pulumi.prod.yaml here
    ],
)
def test_the_cell_follows_from_the_stacks_name(
    programs: Programs, stack: str, settings: dict[str, str], sites: list[str]
) -> None:
    assert list(programs.run(SITES, settings, stack=stack).exports["sites"]) == sites


@pytest.mark.parametrize("stack", ["dev-east", "dev-east-2"])
def test_a_cell_that_does_not_know_its_environment_is_refused(
    programs: Programs, stack: str
) -> None:
    """It would deploy the sites without a cell once more: Pulumi.dev.yaml is beside the program."""
    with pytest.raises(pulumi.RunError) as refusal:
        programs.run(SITES, stack=stack)
    assert programs.registered == []
    assert str(refusal.value) == (
        f"Pulumi.dev.yaml:1:1: environment: found no environment for the stack {stack}; "
        f"allowed is dev for a stack that holds one of its cells, or {stack} in Pulumi.{stack}.yaml"
        " for an environment of its own; for example wordpress-fleet:environment: dev"
    )
