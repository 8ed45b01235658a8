"""The components from a program in another language: examples/yaml, as it stands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine import account
from tests.engine.checkout import ROOT, SECONDS, Checkout
from tests.engine.fleets import site
from tests.program import plugin_schema

EXAMPLE = Path("examples/yaml")
STACK = "dev"


@dataclass(frozen=True)
class Example:
    """The example beside the plugin, with an account and a state of its own."""

    checkout: Checkout

    @property
    def folder(self) -> Path:
        return self.checkout.folder / EXAMPLE

    def change(self, edit: Callable[[dict[str, Any]], object]) -> None:
        """Edits the program."""
        path = self.folder / "Pulumi.yaml"
        program = yaml.safe_load(path.read_text())
        edit(program)
        path.write_text(yaml.safe_dump(program))

    def pulumi(self, *arguments: str) -> str:
        """What the CLI says, which must succeed."""
        done = self.try_pulumi(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refused(self, *arguments: str) -> str:
        """All that the CLI says, which must fail without a traceback."""
        done = self.try_pulumi(*arguments)
        said = done.stdout + done.stderr
        assert done.returncode != 0, said
        assert "Traceback" not in said
        assert '.py"' not in said
        return said

    def try_pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.checkout.folder / ".venv/bin/pulumi", *arguments, "--stack", STACK],
            cwd=self.folder,
            env={**os.environ, **self.checkout.variables},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )


@pytest.fixture
def example(bare: Checkout) -> Example:
    for folder in (EXAMPLE, Path("plugin")):
        shutil.copytree(
            ROOT / folder, bare.folder / folder, ignore=shutil.ignore_patterns(".venv", "__*__")
        )
    shutil.copy(ROOT / "plugin/__main__.py", bare.folder / "plugin")
    # What `pulumi package add` makes of requirements.txt.
    (bare.folder / "plugin/.venv").symlink_to(ROOT / ".venv")
    found = Example(bare)
    found.pulumi("stack", "init")
    return found


def add_site(name: str, **fields: Any) -> Callable[[dict[str, Any]], None]:
    properties = {"base": "${base}", "site": site(name, **fields)}
    new = {"type": "wordpress-fleet:WordPressSite", "properties": properties}
    return lambda program: program["resources"].update({name: new})


def services(example: Example) -> dict[str, dict[str, Any]]:
    return {each.name: each.props for each in example.checkout.world.resources(account.SERVICE)}


def urls_in_the_environment(example: Example, name: str) -> set[str]:
    """What the running containers of a site have as BLOG_URL, which the blog's output gave."""
    task = example.checkout.world.named(account.TASK_DEFINITION, name)
    containers = json.loads(task.props["containerDefinitions"])
    return {
        variable["value"]
        for container in containers
        for variable in container["environment"]
        if variable["name"] == "BLOG_URL"
    }


def dependencies(example: Example, type_: str, name: str) -> str:
    """The URNs that a resource waits for."""
    state = json.loads(example.pulumi("stack", "export"))["deployment"]["resources"]
    urn = f"{type_}::{name}"
    return " ".join(
        each for row in state if row["urn"].endswith(urn) for each in row["dependencies"]
    )


def test_a_program_in_yaml_from_nothing_to_nothing(example: Example) -> None:
    example.pulumi("up", "--yes")
    assert services(example).keys() == {"blog", "docs"}
    assert services(example)["blog"]["tags"] == {
        "Name": "blog",
        "Project": "agency",
        "Environment": STACK,
        "Site": "blog",
    }
    assert urls_in_the_environment(example, "docs") == {"https://blog.example.com"}
    # Else a destruction might begin with what the sites still use.
    assert "SharedBase::base" in dependencies(example, "aws:lb/targetGroup:TargetGroup", "docs")
    assert "WordPressSite::blog" in dependencies(example, "index:WordPressSite", "docs")
    outputs = json.loads(example.pulumi("stack", "output", "--json"))
    assert outputs["blog"] == "https://blog.example.com"
    assert outputs["load_balancer"].endswith(".elb.amazonaws.com")
    example.pulumi("up", "--yes", "--expect-no-changes")

    before = account.contents(example.checkout.world)
    example.change(add_site("shop", scaling={"min": 3, "max": 3}))
    example.pulumi("up", "--yes")
    after = account.contents(example.checkout.world)
    assert services(example)["shop"]["desiredCount"] == 3
    assert {key: after[key] for key in before} == before

    example.pulumi("destroy", "--yes")
    assert account.types(example.checkout.world) == {account.SNAPSHOT}


def test_every_output_of_the_schema_arrives(example: Example) -> None:
    wanted = {
        f"{name}-{key}": f"${{{name}.{key}}}"
        for name, type_ in (("base", "SharedBase"), ("blog", "WordPressSite"))
        for key in plugin_schema.outputs(type_)
    }
    example.change(lambda program: program["resources"].pop("docs"))
    example.change(lambda program: program.update(outputs=wanted))
    example.pulumi("up", "--yes", "--skip-preview")
    outputs = json.loads(example.pulumi("stack", "output", "--json"))
    assert outputs.keys() == wanted.keys()
    assert [name for name, value in outputs.items() if value in (None, "")] == []
    assert outputs["base-cluster"]["name"] == f"wordpress-{STACK}"
    assert outputs["base-fileSystem"].keys() == {"arn", "id"}
    assert outputs["blog-tasks"] == {"min": 1, "max": 4}
    assert outputs["blog-database"] == {"placement": "dedicated", "minAcu": 0.5, "maxAcu": 4}


def test_everything_wrong_with_a_site_is_told(example: Example) -> None:
    example.change(add_site("shop", colour="red", scaling={"min": 5, "max": 2.5}))
    said = example.refused("preview")
    assert "site.colour: found the unknown key" in said
    assert "site.scaling.max: found the number 2.5" in said


def test_wrong_settings_are_told(example: Example) -> None:
    def edit(program: dict[str, Any]) -> None:
        program["resources"]["base"]["properties"]["settings"] = {"protectDatas": 1}

    example.change(edit)
    said = example.refused("up", "--yes", "--skip-preview")
    assert 'settings.protectDatas: found the unknown key "protectDatas"' in said
    assert "settings.certificateArn: found neither" in said
    assert account.contents(example.checkout.world) == {}


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        ({"base": "a base"}, "base: found no SharedBase"),
        ({"site": {"env": {"PASSWORD": {"fn::secret": "hunter2"}}}}, "found a secret"),
    ],
    ids=["no base", "secret"],
)
def test_what_a_site_cannot_take_is_told(
    example: Example, properties: dict[str, Any], told: str
) -> None:
    example.change(lambda program: program["resources"]["docs"]["properties"].update(properties))
    said = example.refused("preview")
    assert told in said
    assert "hunter2" not in said
