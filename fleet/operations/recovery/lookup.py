"""Asking AWS through the provider's functions, outside of any program.

The Automation API has no call for a function alone, so a program of nothing but calls is previewed
in a stack that lives in a temporary folder. The provider is the one that the real stack uses, with
its configuration, be it AWS or the simulator.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pulumi
from pulumi import automation

from fleet.operations.engine.workspace import find_cli

PASSPHRASE = "lookup"  # noqa: S105 nothing is kept


@dataclass(frozen=True, slots=True)
class Question:
    """A function of the AWS provider and its arguments."""

    function: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the function gave; `error` when it failed, mostly since there is no such thing."""

    value: Mapping[str, Any]
    error: str | None = None


def ask(stack: automation.Stack, questions: Sequence[Question]) -> list[Answer]:
    """The answers, in order. Takes some seconds: the provider is started for it.

    Raises CommandError when the provider can't be had or configured.
    """
    answers: list[Answer] = []
    if not questions:
        return answers
    options = pulumi.InvokeOptions(version=version("pulumi-aws"))

    def program() -> None:
        answers.extend(_answer(question, options) for question in questions)

    config = {key: value for key, value in stack.get_all_config().items() if key[:4] == "aws:"}
    with tempfile.TemporaryDirectory(prefix="fleet-lookup-") as folder:
        scratch = _scratch_stack(stack, program, Path(folder))
        scratch.set_all_config(config)
        scratch.preview()
    return answers


def _answer(question: Question, options: pulumi.InvokeOptions) -> Answer:
    try:
        call = pulumi.runtime.invoke(question.function, dict(question.arguments), options)
    except Exception as error:  # noqa: BLE001 the SDK raises no type of its own
        return Answer({}, str(error))
    return Answer(call.value or {})


def _scratch_stack(
    stack: automation.Stack, program: automation.PulumiFn, folder: Path
) -> automation.Stack:
    workspace = stack.workspace
    variables = {
        **workspace.env_vars,
        "PULUMI_BACKEND_URL": folder.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
    }
    options = automation.LocalWorkspaceOptions(
        work_dir=str(folder),
        env_vars=variables,
        # The stack's own command would bring the stack's settings, and their encryption.
        pulumi_command=find_cli(Path(workspace.work_dir)),
        project_settings=automation.ProjectSettings(name="fleet-lookup", runtime="python"),
    )
    return automation.create_stack("lookup", "fleet-lookup", program, opts=options)
