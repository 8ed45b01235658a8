"""What holds for every component and every resource, over a fleet with every choice in it."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from dataclasses import replace
from inspect import get_annotations
from pathlib import Path

import pulumi
import pytest

import components
from components import SharedBase, WordPressSite
from components.base.context import BaseContext
from components.base.shared_base import PARTS as BASE_PARTS
from components.site.context import SiteContext
from components.site.wordpress_site import PARTS as SITE_PARTS
from fleet.names import PROJECT
from simulator.schema import schema_of
from tests.program.fleets import OWN, VARIED, Programs
from tests.program.monitor import Recorded
from tests.program.recording import STACK, Recording

FOLDER = Path(components.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
# Made by awsx too, though it gives it no parent.
PARENTLESS = "aws:ecr/lifecyclePolicy:LifecyclePolicy"


def component_classes() -> list[type[pulumi.ComponentResource]]:
    found = []
    for info in pkgutil.walk_packages(components.__path__, f"{components.__name__}."):
        module = importlib.import_module(info.name)
        found += [
            each
            for _, each in inspect.getmembers(module, inspect.isclass)
            if issubclass(each, pulumi.ComponentResource) and each.__module__ == info.name
        ]
    return found


def ours(varied: Recording) -> list[Recorded]:
    """What the program registers itself, which leaves out what awsx makes."""
    return [
        each
        for each in varied
        if each.type != PARENTLESS
        and not any(parent.type.startswith("awsx:") for parent in varied.lineage(each))
    ]


def test_every_part_takes_its_context_and_nothing_else() -> None:
    for context, parts in ((SiteContext, SITE_PARTS), (BaseContext, BASE_PARTS)):
        for part in parts:
            taken = get_annotations(part.__init__, eval_str=True)
            assert taken == {"context": context, "return": None}, part


def test_a_component_declares_each_output_that_its_parts_give(varied: Recording) -> None:
    """What is declared is what programs in other languages see."""
    for component in (SharedBase, WordPressSite):
        told = {key for each in varied.of_type(component.__name__) for key in each.outputs or {}}
        assert told - {"for_sites"} == component.__annotations__.keys()


def test_every_component_is_among_those_that_are_looked_at(varied: Recording) -> None:
    types = {importlib.import_module(each.__module__).TYPE for each in component_classes()}
    seen = {each.type for each in varied if each.type.startswith(f"{PROJECT}:")}
    assert seen == types
    assert all(type_.startswith(f"{PROJECT}:index:") for type_ in types)


def test_a_component_file_has_one_component_named_in_its_token() -> None:
    classes = component_classes()
    assert len({each.__module__ for each in classes}) == len(classes)
    for each in classes:
        module = importlib.import_module(each.__module__)
        assert f"{PROJECT}:index:{each.__name__}" == module.TYPE


def test_every_child_is_the_components_own(varied: Recording) -> None:
    stack = f"urn:pulumi:{STACK}::{PROJECT}::pulumi:pulumi:Stack::{PROJECT}-{STACK}"
    roots = {each.type for each in ours(varied) if each.parent == stack}
    assert roots == {f"{PROJECT}:index:SharedBase", f"{PROJECT}:index:WordPressSite"}
    for each in ours(varied):
        if each.type not in roots:
            parent = varied.resources[each.parent]
            assert parent.type.startswith(f"{PROJECT}:"), each.urn


def test_every_component_registers_its_outputs(varied: Recording) -> None:
    ours = [each for each in varied if each.type.startswith(f"{PROJECT}:")]
    assert [each.urn for each in ours if not each.outputs] == []


def test_no_provider_is_made_but_the_stacks_own(varied: Recording) -> None:
    assert {each.provider for each in varied} == {""}


def test_logical_names_begin_with_the_owners(varied: Recording) -> None:
    for each in ours(varied):
        owner = varied.owner(each) or "base"
        assert each.name == owner or each.name.startswith(f"{owner}-"), each.urn


def taggable(resource: Recorded) -> bool:
    """Whether the SDK's class takes tags, which is when AWS can tag the type."""
    schema = schema_of(resource.type) if resource.type.startswith("aws:") else None
    return schema is not None and "tags" in schema.inputs


def missing_tags(recording: Recording, expected: dict[str, str]) -> list[str]:
    """What lacks a tag: `expected`, `Name`, and a site's own name on all that is the site's."""
    problems = []
    for each in filter(taggable, recording):
        tags = each.inputs.get("tags", {})
        site = recording.owner(each)
        wanted = {**expected, **({"Site": site} if site else {})}
        if {**tags, **wanted} != tags or not tags.get("Name") or ("Site" in tags) != bool(site):
            problems.append(f"{each.urn}: {tags}")
    return problems


def test_everything_that_takes_tags_says_whose_it_is(varied: Recording) -> None:
    assert missing_tags(varied, {"Project": PROJECT, "Environment": STACK}) == []
    assert not any("Cell" in each.inputs.get("tags", {}) for each in varied)


def test_cell_and_users_tags_are_on_everything_too(programs: Programs) -> None:
    settings = {**OWN, "environment": "prod", "cell": "east", "tags": {"Owner": "web"}}
    fleet = {name: {**entry, "cell": "east"} for name, entry in VARIED.items()}
    run = programs.run(fleet, settings, stack="prod-east")
    identity = {"Project": PROJECT, "Environment": "prod", "Cell": "east", "Owner": "web"}
    assert missing_tags(run, identity) == []


def created_in_apply(tree: ast.AST) -> list[str]:
    """Calls of resource classes inside the functions that `apply` is given."""
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef,))}
    found = []
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        if call.func.attr != "apply":
            continue
        for argument in call.args:
            inside = (
                functions.get(argument.id, argument) if isinstance(argument, ast.Name) else argument
            )
            found += [ast.unparse(each) for each in ast.walk(inside) if makes_resource(each)]
    return found


def makes_resource(node: ast.AST) -> bool:
    """`aws.ecs.Service(…)`, or anything that is given `opts=`."""
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func)
    return name.startswith(("aws.", "awsx.", "random.")) or any(
        keyword.arg == "opts" for keyword in node.keywords
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_nothing_is_created_inside_apply(path: Path) -> None:
    assert created_in_apply(ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    "code",
    [
        "group.id.apply(lambda id: aws.ec2.SecurityGroup('a', vpc_id=id))",
        "def f(id):\n    return Secrets('a', opts=opts)\ngroup.id.apply(f)",
    ],
)
def test_a_resource_inside_apply_would_be_found(code: str) -> None:
    assert created_in_apply(ast.parse(code))


def test_no_component_hands_its_callers_options_down() -> None:
    """`opts` goes to `super().__init__` only; merged into a child it would move it out."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name == "__init__":
                assert uses_of_opts(node) <= 1, path


def uses_of_opts(function: ast.FunctionDef) -> int:
    return sum(
        isinstance(node, ast.Name) and node.id == "opts" and isinstance(node.ctx, ast.Load)
        for node in ast.walk(function)
    )


def test_a_missing_tag_would_be_found(varied: Recording) -> None:
    group = varied.named("lb:TargetGroup", "shop")
    for tag in ("Name", "Project", "Site"):
        tags = {key: value for key, value in group.inputs["tags"].items() if key != tag}
        tampered = replace(group, inputs={**group.inputs, "tags": tags})
        run = replace(varied, resources={**varied.resources, group.urn: tampered})
        assert len(missing_tags(run, {"Project": PROJECT})) == 1
