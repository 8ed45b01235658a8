"""The verbs that read and edit files, as the `fleet` command: real processes, no AWS."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import typer.main

from fleet.cli.main import app

SAMPLE = Path(__file__).with_name("sample")
PRICES = Path(__file__).parents[2] / "fleet" / "plan" / "prices.yaml"
FLEET = Path(sys.executable).with_name("fleet")
COLUMNS = 80
VERBS = sorted(vars(typer.main.get_command(app))["commands"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A fleet of four sites with two environments."""
    for name in ("sites.yaml", "Pulumi.dev.yaml", "Pulumi.local.yaml"):
        shutil.copy(SAMPLE / name, tmp_path / name)
    return tmp_path


# All but those that read no file of the fleet's.
READS_FILES = set(VERBS) - {"schema", "policy"}


def fleet(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "COLUMNS": str(COLUMNS), **(env or {})}
    for name in ("FORCE_COLOR", "AWS_REGION", "AWS_DEFAULT_REGION"):
        if name not in (env or {}):
            variables.pop(name, None)
    return subprocess.run(
        [FLEET, *arguments], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )


def output(folder: Path, *arguments: str) -> str:
    done = fleet(folder, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    return done.stdout


def error(folder: Path, *arguments: str) -> str:
    done = fleet(folder, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("arguments", [(), *((verb,) for verb in VERBS)])
def test_help_fits_eighty_columns(folder: Path, arguments: tuple[str, ...]) -> None:
    text = output(folder, *arguments, "--help")
    assert max(len(line) for line in text.splitlines()) <= COLUMNS
    if arguments and READS_FILES.issuperset(arguments):
        assert "--file" in text
        assert "--env" in text


def test_plan_tells_sites_cells_money_and_warnings(folder: Path) -> None:
    text = output(folder, "plan", "--env", "dev")
    for pattern in (
        r"^blog +blog\.dev\..* 1 live +0\.5-4 ACU +2-4 38%-56% +76\.88 +406\.30$",
        r"^dev +4 +142 +4 +4 +4 28\.80 +319\.34 1,457\.71$",
        r"^A new site goes to the stack without a cell: dev has the most room: 12% used\.$",
        r"^Fargate vCPUs on Spot, at most +16\.5 +6 over: ask AWS for more$",
        r"^us-east-1 \(this\) arm64 +319\.34 1,457\.71$",
        r"^Spot saves 60\.56 \(16%\) at the least",
        r"^Pulumi\.dev\.yaml:12: allowHttp: without a certificate",
        r"^database\.readers: shop: 4 tasks at least, and one database instance",
        r"^Not in it: data transfer",
    ):
        assert re.search(pattern, text, re.M), pattern
    tables = text.split("Warnings")[0].splitlines()
    assert [line for line in tables if len(line) > COLUMNS and "Spot saves" not in line] == []


def test_plan_says_who_is_over_and_names_a_new_cell(folder: Path) -> None:
    sites = (f"  s{n}: {{domains: [s{n}.example.com], profile: own}}" for n in range(101))
    head = "version: 1\nprofiles: {own: {scaling: {min: 1}}}\nsites:\n"
    (folder / "sites.yaml").write_text(head + "\n".join(sites) + "\n")
    text = output(folder, "plan", "--env", "dev")
    assert "dev is over: 2,381 resources of 1,200; move sites or raise it." in text
    assert "dev is over: 101 target groups of 100; move sites to another cell." in text
    assert "A new site goes to a new cell, such as cell-2: every cell is full." in text
    # What a profile brings about is told once.
    assert "sites.yaml:2: scaling.min: s0, s1, s10, s100, s11 and 96 more: one task:" in text


def test_plan_tells_cells_that_are_as_full_as_one_another_in_one_line(folder: Path) -> None:
    cells = [f"c{number}" for number in (10, 2, 1)]
    sites = (
        f"  {cell}-{n}: {{domains: [{cell}-{n}.example.com], cell: {cell}, state: paused}}"
        for cell in cells
        for n in range(101)
    )
    (folder / "sites.yaml").write_text("version: 1\nsites:\n" + "\n".join(sites) + "\n")
    over = [line for line in output(folder, "plan", "--env", "dev").splitlines() if "over:" in line]
    assert over[1:3] == [
        "dev-c1, dev-c2 and dev-c10 are over: each 101 target groups of 100; move sites to another "
        "cell.",
        "dev-c1, dev-c2 and dev-c10 are over: each 101 rules of 100; move sites or raise it.",
    ]


def test_plan_as_json_says_the_same(folder: Path) -> None:
    plan = json.loads(output(folder, "plan", "--env", "dev", "--json"))
    assert plan["cost"] == {"at_min": 319.34, "at_max": 1457.71}
    assert [site["site"] for site in plan["sites"]] == ["archive", "blog", "docs", "shop"]
    assert plan["sites"][2]["database"] == {"placement": "shared"}
    assert plan["warnings"][0]["file"] == "Pulumi.dev.yaml"
    assert {each["what"] for each in plan["quotas"] if each["over"]} == {
        "Fargate vCPUs on demand, at most",
        "Fargate vCPUs on Spot, at most",
    }


def test_explain_prints_quantity_price_amount_and_source(folder: Path) -> None:
    text = output(folder, "plan", "--env", "dev", "--explain", "blog")
    assert re.search(r"Aurora capacity \(ACU-hours\) +365 +2,920 +0.12 +43.80 350.40", text)
    assert re.search(r"^Sum +76.88 +406.30$", text, re.M)
    assert "https://aws.amazon.com/rds/aurora/pricing/" in text
    lines = json.loads(output(folder, "plan", "--env", "dev", "--explain", "blog", "--json"))
    assert lines["explained"]["lines"][0]["source"] == "https://aws.amazon.com/fargate/pricing/"
    assert re.search(r"\* cron.task: serving +730 +0.00 +0 +0.00 +\+0", text)
    assert [way["task"] for way in lines["explained"]["cron"]] == ["serving", "own"]


def test_a_newer_list_of_prices(folder: Path) -> None:
    text = PRICES.read_text()
    (folder / "prices.yaml").write_text(text.replace("acu_hour: 0.12", "acu_hour: 0.24"))
    arguments = ("plan", "--env", "dev", "--explain", "blog", "--prices", "prices.yaml")
    assert re.search(r"Aurora capacity .* 0.24 +87.60 +700.80", output(folder, *arguments))
    (folder / "prices.yaml").write_text(text.replace("acu_hour: 0.12", "acu_hour: cheap"))
    told = error(folder, *arguments)
    assert re.search(r"prices\.yaml:\d+:24: regions\.us-east-1\.aurora\.acu_hour", told)


def test_a_region_without_prices_and_no_region_at_all(folder: Path) -> None:
    settings = folder / "Pulumi.dev.yaml"
    text = settings.read_text()
    settings.write_text(text.replace("us-east-1", "eu-west-9", 1))
    assert "allowed is ap-northeast-1 or us-east-1, or --prices FILE" in error(
        folder, "plan", "--env", "dev"
    )
    settings.write_text(text.replace("  aws:region: us-east-1\n", ""))
    assert "aws:region: found no region" in error(folder, "plan", "--env", "dev")
    given = {"AWS_REGION": "ap-northeast-1"}
    assert "dev in ap-northeast-1" in fleet(folder, "plan", "--env", "dev", env=given).stdout


def test_show_says_where_each_setting_was_written(folder: Path) -> None:
    text = output(folder, "show", "shop", "--env", "dev")
    assert re.search(r"^size.cpu +1024 +sites.yaml:8 *$", text, re.M)
    assert re.search(r"^admin.email +webmaster@example.com +Pulumi.dev.yaml:7 *$", text, re.M)
    assert re.search(r"^port +8080 +built in *$", text, re.M)
    record = json.loads(output(folder, "show", "shop", "--json"))
    by_name = {each["setting"]: each for each in record["settings"]}
    assert (by_name["scaling.max"]["value"], by_name["scaling.max"]["line"]) == (20, 9)
    assert by_name["port"]["file"] is None


def test_cells(folder: Path) -> None:
    output(folder, "add", "news", "--domain", "news.example.com", "--cell", "west")
    assert re.search(r"^west +dev-west +news *$", output(folder, "cells", "--env", "dev"), re.M)
    assert json.loads(output(folder, "cells", "--env", "dev", "--json")) == [
        {"cell": None, "stack": "dev", "sites": ["archive", "blog", "docs", "shop"]},
        {"cell": "west", "stack": "dev-west", "sites": ["news"]},
    ]
    for cell, names in (("west", ["news"]), ("-", ["archive", "blog", "docs", "shop"])):
        only = json.loads(output(folder, "plan", "--env", "dev", "--cell", cell, "--json"))
        assert [site["site"] for site in only["sites"]] == names
        assert [each["cell"] for each in only["cells"]] == [None if cell == "-" else cell]


def test_add_pause_resume_retire(folder: Path) -> None:
    before = (folder / "sites.yaml").read_text()
    added = output(
        folder, "add", "news", "--domain", "news.example.com", "--domain", "n.example.com"
    )
    assert "+    domains: [news.example.com, n.example.com]" in added
    assert "fleet preview --env ENV; do it: fleet up --env ENV" in added
    text = output(folder, "pause", "news", "--env", "dev")
    assert "+    environments: {dev: {state: paused}}" in text
    assert "fleet up --env dev" in text
    output(folder, "resume", "news", "--env", "dev")
    assert "entry of news can be removed" in output(folder, "retire", "news")
    assert "Nothing to change" in output(folder, "retire", "news")
    assert (folder / "sites.yaml").read_text().startswith(before)


def test_mistakes_are_lines_and_exit_status_1(folder: Path) -> None:
    assert 'did you mean "blog"?' in error(folder, "pause", "blgo")
    assert 'did you mean "dev"?' in error(folder, "plan", "--env", "dve")
    assert 'did you mean "shop"?' in error(folder, "plan", "--env", "dev", "--explain", "shp")
    assert 'found no cell "west"; allowed is -' in error(
        folder, "plan", "--env", "dev", "--cell", "west"
    )
    assert "sites.yaml:16:3: sites.blog: found a site blog already" in error(
        folder, "add", "blog", "--domain", "new.example.com"
    )
    output(folder, "add", "news", "--domain", "news.example.com", "--cell", "west")
    for options in ((), ("--json",)):
        said = error(
            folder, "plan", "--env", "dev", "--cell", "west", "--explain", "blog", *options
        )
        assert "found blog in the cell -, which the plan leaves out" in said
    assert "other.yaml:1:1" in error(folder, "show", "blog", "--file", "other.yaml")


def test_the_file_that_an_environment_names(folder: Path) -> None:
    """`fleet up` takes it; what says or writes something of another file would mislead."""
    (folder / "sites.yaml").rename(folder / "few.yaml")
    settings = folder / "Pulumi.dev.yaml"
    settings.write_text(
        settings.read_text().replace("config:", "config:\n  wordpress-fleet:sitesFile: few.yaml")
    )
    (folder / "sites.yaml").write_text((folder / "few.yaml").read_text())
    for arguments in (("plan",), ("cells",), ("show", "blog"), ("pause", "blog")):
        assert "for example --file few.yaml" in error(folder, *arguments, "--env", "dev")
        output(folder, *arguments, "--env", "dev", "--file", "few.yaml")


def test_a_file_of_sites_below_its_project(folder: Path) -> None:
    """Its environments are the project's, from wherever the command is run."""
    (folder / "Pulumi.yaml").write_text("name: wordpress-fleet\nruntime: python\n")
    (folder / "team").mkdir()
    (folder / "sites.yaml").rename(folder / "team" / "sites.yaml")
    settings = folder / "Pulumi.dev.yaml"
    where = "config:\n  wordpress-fleet:sitesFile: team/sites.yaml"
    settings.write_text(settings.read_text().replace("config:", where))
    for place, options in ((folder, ("--file", "team/sites.yaml")), (folder / "team", ())):
        for arguments in (("plan",), ("cells",), ("show", "blog"), ("pause", "blog")):
            output(place, *arguments, "--env", "dev", *options)
    added = output(
        folder, "add", "news", "--domain", "news.example.com", "--file", "team/sites.yaml"
    )
    assert "fleet up --env ENV --file team/sites.yaml" in added
    assert "Pulumi.dve.yaml" in error(folder / "team", "plan", "--env", "dve")
    assert "is not the file of sites of dev" in error(
        folder, "status", "--env", "dev", "--file", "few.yaml"
    )


def test_no_color_is_honoured_where_colour_is_forced(folder: Path) -> None:
    """On a terminal, which FORCE_COLOR stands for, NO_COLOR leaves weight and slant alone."""
    arguments = ("plan", "--env", "dev")
    colour = re.compile(r"\x1b\[(?:\d;)*3\d")
    assert colour.search(fleet(folder, *arguments, env={"FORCE_COLOR": "1"}).stdout)
    plain = fleet(folder, *arguments, env={"FORCE_COLOR": "1", "NO_COLOR": "1"})
    assert not colour.search(plain.stdout)


def test_policy_is_documents_that_iam_takes(folder: Path) -> None:
    lines = output(folder, "policy", "--env", "dev", "--account", "123456789012", "--json")
    documents = [json.loads(line) for line in lines.splitlines()]
    assert {each["Version"] for each in documents} == {"2012-10-17"}
    resources = {arn for d in documents for s in d["Statement"] for arn in s["Resource"]}
    assert "arn:aws:ecs:us-east-1:123456789012:cluster/wordpress-dev" in resources
    assert "arn:aws:ecs:us-east-1:123456789012:cluster/wordpress-dev-*" in resources


def test_policy_in_words_says_what_is_unknown(folder: Path) -> None:
    done = fleet(folder, "policy", "--env", "dev")
    assert done.returncode == 0
    assert "dev: region us-east-1, account *" in done.stdout
    assert "give --account" in done.stderr
    assert "account 123456789012" in output(folder, "policy", "--env", "local")


def test_policy_of_an_unknown_environment(folder: Path) -> None:
    assert "found no environment" in error(folder, "policy", "--env", "prodd")
