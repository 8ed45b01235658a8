"""A plan for programs: the same facts as the tables, as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fleet.plan.cells import Usage
from fleet.plan.estimate import NOT_INCLUDED, Estimate
from fleet.plan.from_files import PlannedFile
from fleet.plan.lines import Line
from fleet.plan.plan import CellPlan, Plan, SitePlan
from fleet.plan.prices import PriceList
from fleet.site.database import Database


def plan_record(planned: PlannedFile, explained: str | None = None) -> dict[str, Any]:
    """The plan; with the lines of the estimates of one site and its base when it is explained."""
    plan = planned.plan
    return {
        "environment": plan.environment,
        "region": plan.region,
        "architecture": plan.architecture,
        "currency": "USD",
        "sites": [_site(each) for each in plan.sites],
        "cells": [_cell(each) for each in plan.cells],
        "quotas": [_usage(usage) for usage in plan.region_usages],
        "new_site": asdict(plan.advice),
        "cost": asdict(plan.cost),
        "saved_by_spot": asdict(plan.saved_by_spot),
        "elsewhere": [asdict(each) for each in plan.elsewhere],
        "warnings": _warnings(planned),
        "prices": {"date": plan.prices.date, **plan.prices.model_dump(include={"assumptions"})},
        "not_included": list(NOT_INCLUDED),
        **({} if explained is None else {"explained": _explained(plan, explained)}),
    }


def _site(each: SitePlan) -> dict[str, Any]:
    site = each.site
    return {
        "site": site.name,
        "cell": site.cell,
        "domains": list(site.domains),
        "state": site.state,
        "tasks": {"min": each.fewest.count, "max": each.most.count},
        "spot_share": {"min": each.fewest.spot_share, "max": each.most.spot_share},
        "size": site.size.model_dump(),
        "database": _database(site.database),
        "cost": _sums(each.estimate),
    }


def _database(database: Database) -> dict[str, Any]:
    """The environment sizes the shared cluster; the other keys mean nothing there."""
    shared = database.placement == "shared"
    return database.model_dump(include={"placement"} if shared else None)


def _cell(each: CellPlan) -> dict[str, Any]:
    cell = each.cell
    return {
        "cell": cell.name,
        "stack": cell.stack,
        "sites": [site.name for site in cell.sites],
        "usages": [_usage(usage) for usage in cell.usages],
        "clusters": cell.clusters,
        "base": _sums(each.base),
        "cost": asdict(each.cost),
    }


def _usage(usage: Usage) -> dict[str, Any]:
    return {**asdict(usage), "over": usage.over}


def _sums(estimate: Estimate) -> dict[str, float]:
    return {"at_min": estimate.at_min, "at_max": estimate.at_max}


def _warnings(planned: PlannedFile) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for each in planned.plan.warnings:
        position = planned.written.position(each.site, each.path)
        found.append(
            {
                "site": each.site,
                "setting": ".".join(each.path),
                "message": each.message,
                "file": position.file if position else None,
                "line": position.line if position else None,
            }
        )
    return found


def _explained(plan: Plan, name: str) -> dict[str, Any]:
    (site,) = (each for each in plan.sites if each.site.name == name)
    (cell,) = (each for each in plan.cells if each.cell.name == site.site.cell)
    return {
        "site": name,
        "lines": [_line(line, plan.prices) for line in site.estimate.lines],
        "cron": [{**asdict(way), "usd": way.usd} for way in site.cron],
        "base": [_line(line, plan.prices) for line in cell.base.lines],
    }


def _line(line: Line, prices: PriceList) -> dict[str, Any]:
    return {
        **asdict(line),
        "amount_min": line.amount_min,
        "amount_max": line.amount_max,
        "source": prices.sources.of(line.service),
    }
