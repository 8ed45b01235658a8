"""Estimates against sums done by hand from the printed prices.

us-east-1, ARM: 0.03238 USD a vCPU-hour and 0.00356 a GB-hour, Spot 70 % less, 730 hours a month.
"""

from __future__ import annotations

import pytest

from fleet.plan.estimate import Estimate, estimate_base, estimate_site, on_demand_only
from fleet.plan.lines import Rates
from fleet.plan.prices import Architecture, read_prices
from fleet.settings.model import Settings
from tests.unit.fleets import settings, site


def rates(
    given: Settings | None = None,
    region: str = "us-east-1",
    architecture: Architecture = "arm64",
) -> Rates:
    prices = read_prices()
    return Rates(
        prices.regions[region],
        prices.assumptions,
        architecture,
        (given or settings()).network.public_tasks,
    )


def amounts(estimate: Estimate) -> dict[str, tuple[float, float]]:
    return {line.item: (line.amount_min, line.amount_max) for line in estimate.lines}


def test_a_vault_line_by_line() -> None:
    """Two sites of 5 GB of files and 2 GB of tables, 2 to 4 tasks each that write 1 GB a month."""
    given = settings(vault={"keepDays": 35, "copyTo": {"region": "eu-central-1"}})
    found = amounts(estimate_base(given, [site("blog"), site("shop")], rates(given)))
    assert {item: sums for item, sums in found.items() if "vault" in item} == {
        # 10 GB x 0.05; and 8 tasks' changes of 35 days, 8 x 35 / 30.4 = 9.21 GB.
        "Files in the vault": (0.50, 0.96),
        # 28 of 35 days are beyond Aurora's own 7: 2 x 2 GB x 28 x 0.021.
        "Snapshots in the vault": (2.35, 2.35),
        "Files in the second vault": (0.50, 0.96),
        "Snapshots in the second vault": (2.94, 2.94),  # 2 x 2 GB x 35 x 0.021
        # 2 x 2 GB x 30.4 days x 0.02; and 8 GB of changes.
        "Copies to the second vault": (2.43, 2.59),
    }


def test_a_plain_site_line_by_line() -> None:
    """2 to 4 tasks of half a vCPU and 1 GB; one on demand, of the others a quarter."""
    estimate = estimate_site(site(), rates())
    assert amounts(estimate) == {
        # 2 tasks: 1 + 1/4 on demand, 3/4 on Spot. 4 tasks: 1 + 3/4 and 9/4.
        # 1.25 x 0.5 x 730 = 456.25 vCPU-hours x 0.03238; 1.75 x 0.5 x 730 = 638.75.
        "Fargate vCPU, on demand": (14.77, 20.68),
        # 0.75 x 0.5 x 730 = 273.75 x 0.009714; 2.25 x 0.5 x 730 = 821.25.
        "Fargate vCPU, Spot": (2.66, 7.98),
        # 1.25 x 730 = 912.5 GB-hours x 0.00356; 1.75 x 730 = 1,277.5.
        "Fargate memory, on demand": (3.25, 4.55),
        # 0.75 x 730 = 547.5 x 0.001068; 2.25 x 730 = 1,642.5.
        "Fargate memory, Spot": (0.58, 1.75),
        "Logs": (1.00, 2.00),  # 1 GB a task x 0.50
        "EFS storage": (1.50, 1.50),  # 5 GB x 0.30
        "EFS reads": (0.30, 0.60),  # 5 GB a task x 0.03
        "EFS writes": (0.12, 0.24),  # 1 GB a task x 0.06
        "Aurora I/O": (0.40, 0.80),  # 1 million a task x 0.20
        "Aurora storage": (0.20, 0.20),  # 2 GB x 0.10
        "Aurora capacity": (43.80, 350.40),  # 0.5 and 4 ACU x 730 x 0.12
        "Secrets": (0.80, 0.80),  # the site's and its cluster's x 0.40
        "Alarms of autoscaling": (0.20, 0.20),  # two of one policy x 0.10
    }
    assert (estimate.at_min, estimate.at_max) == (69.58, 391.70)


def test_a_plain_site_on_demand_only() -> None:
    """What Spot saves of a site is the difference to the same site without it."""
    estimate = estimate_site(on_demand_only(site()), rates())
    compute = {item: sums for item, sums in amounts(estimate).items() if "Fargate" in item}
    assert compute == {
        "Fargate vCPU, on demand": (23.64, 47.27),  # 2 and 4 x 0.5 x 730 x 0.03238
        "Fargate memory, on demand": (5.20, 10.40),  # 2 and 4 x 730 x 0.00356
    }


def test_a_plain_site_in_tokyo_on_x86() -> None:
    estimate = amounts(estimate_site(site(), rates(region="ap-northeast-1", architecture="x86_64")))
    # 456.25 x 0.05056 and 638.75 x 0.05056.
    assert estimate["Fargate vCPU, on demand"] == (23.07, 32.30)
    # 547.5 and 1,642.5 x 0.00553 x 0.3.
    assert estimate["Fargate memory, Spot"] == (0.91, 2.72)
    assert estimate["Aurora capacity"] == (73.00, 584.00)  # 365 and 2,920 x 0.20
    assert estimate["Logs"] == (1.52, 3.04)  # x 0.76


def test_a_site_in_the_shared_database_pays_storage_and_requests_only() -> None:
    estimate = amounts(estimate_site(site(database={"placement": "shared"}), rates()))
    assert "Aurora capacity" not in estimate
    assert estimate["Aurora storage"] == (0.20, 0.20)
    assert estimate["Secrets"] == (0.40, 0.40)


def test_readers_cost_what_the_writer_costs() -> None:
    database = {"min_acu": 1, "max_acu": 2, "readers": 2}
    estimate = amounts(estimate_site(site(database=database), rates()))
    # Three instances: 3 x 730 x 0.12 = 262.80 at 1 ACU.
    assert estimate["Aurora capacity"] == (262.80, 525.60)


def test_a_pausing_database_costs_its_storage_at_the_least() -> None:
    estimate = amounts(estimate_site(site(database={"min_acu": 0, "max_acu": 1}), rates()))
    assert estimate["Aurora capacity"] == (0.00, 87.60)  # 730 x 0.12


@pytest.mark.parametrize("state", ["paused", "retired"])
def test_a_site_at_rest_costs_its_data(state: str) -> None:
    estimate = estimate_site(site(state=state), rates())
    assert amounts(estimate) == {
        "EFS storage": (1.50, 1.50),
        "Aurora storage": (0.20, 0.20),
        "Aurora capacity": (43.80, 43.80),
        "Secrets": (0.80, 0.80),
    }
    assert estimate.at_min == estimate.at_max == 46.30


def test_schedules_widen_the_range() -> None:
    night = {"cron": "0 22 * * ? *", "min": 0, "max": 1}
    sale = {"cron": "0 8 1 * ? *", "min": 8, "max": 40}
    scaling = {"schedules": {"night": night, "sale": sale}, "requests": 600}
    estimate = amounts(estimate_site(site(scaling=scaling), rates()))
    assert estimate["Logs"] == (0.00, 20.00)  # 0 and 40 tasks x 0.50
    assert estimate["Alarms of autoscaling"] == (0.40, 0.40)  # two policies


def test_a_fixed_number_of_tasks_needs_no_alarms() -> None:
    estimate = amounts(estimate_site(site(scaling={"min": 2, "max": 2}), rates()))
    assert "Alarms of autoscaling" not in estimate


def test_tasks_without_nat_have_addresses_of_their_own() -> None:
    given = settings(network={"natGateways": "none"})
    estimate = amounts(estimate_site(site(), rates(given)))
    assert estimate["Public IPv4 addresses of tasks"] == (7.30, 14.60)  # 2, 4 x 730 x 0.005


def test_the_base_of_one_plain_site() -> None:
    given = settings()
    estimate = estimate_base(given, [site()], rates(given))
    assert amounts(estimate) == {
        "Load balancer": (16.43, 16.43),  # 730 x 0.0225 = 16.425
        "Load balancer capacity": (1.17, 2.34),  # 0.1 a task: 146 and 292 x 0.008
        "Public IPv4 addresses of the load balancer": (7.30, 7.30),  # 2 zones x 730 x 0.005
        "NAT gateways": (65.70, 65.70),  # 2 zones x 730 x 0.045
        "Public IPv4 addresses of NAT gateways": (7.30, 7.30),
        "Data through NAT gateways": (0.45, 0.90),  # 5 GB a task x 0.045
        "Archives of sites in S3": (0, 0.14),  # nothing moves, or one archive of 6 GB x 0.023
    }
    assert (estimate.at_min, estimate.at_max) == (98.35, 100.11)


def test_a_gateway_a_zone() -> None:
    given = settings(network={"natGateways": "per-zone", "availabilityZones": 3})
    estimate = amounts(estimate_base(given, [site()], rates(given)))
    assert estimate["NAT gateways"] == (98.55, 98.55)
    assert estimate["Public IPv4 addresses of the load balancer"] == (10.95, 10.95)


def test_interface_endpoints_cost_by_service_and_zone() -> None:
    given = settings(network={"interfaceEndpoints": True})
    estimate = amounts(estimate_base(given, [site()], rates(given)))
    assert estimate["Interface endpoints"] == (87.60, 87.60)  # 6 x 2 zones x 730 x 0.01


def test_the_shared_database_belongs_to_the_base() -> None:
    given = settings(sharedDatabase={"minAcu": 0.5, "maxAcu": 4})
    idle = amounts(estimate_base(given, [site()], rates(given)))
    assert idle["Aurora capacity"] == (43.80, 43.80)
    used = amounts(estimate_base(given, [site(database={"placement": "shared"})], rates(given)))
    assert used["Aurora capacity"] == (43.80, 350.40)
    assert used["Secrets"] == (0.40, 0.40)


def test_printed_lines_add_up() -> None:
    for each in (estimate_site(site(), rates()), estimate_base(settings(), [site()], rates())):
        assert each.at_min == round(sum(line.amount_min for line in each.lines), 2)
        assert each.at_max == round(sum(line.amount_max for line in each.lines), 2)
