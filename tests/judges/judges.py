"""The judges: each reads templates and says what is wrong, in its own words.

cfn-lint (AWS's resource schemas and rules) and checkov (security) run once for all templates, in
the environment that the set-up made for them. parliament judges the policies, botocore's models
the calls that make the resources.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.judges import documents, requests
from tests.judges.template import Template

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".local" / "judges" / "bin"
MISSING = f"{TOOLS.relative_to(ROOT)} is missing; make setup installs it"


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """What a judge says against one resource."""

    judge: str
    check: str
    template: str
    resource: str
    """The logical id."""
    type: str
    """CloudFormation's."""
    words: str

    def __str__(self) -> str:
        return f"{self.template}: {self.resource} ({self.type}): {self.check} {self.words}"


def judge(templates: Mapping[str, Template], folder: Path) -> list[Finding]:
    """Everything that all judges have against templates; `folder` is for the files they read."""
    assert TOOLS.exists(), MISSING
    files = [f"{name}.json" for name in templates]
    for file, template in zip(files, templates.values(), strict=True):
        (folder / file).write_text(json.dumps(template))
    started = {command: _start(command, folder) for command in ((*_CFN_LINT, *files), _CHECKOV)}
    found = [
        Finding(judge, check, name, resource, said["Type"], words)
        for name, template in templates.items()
        for resource, said in template["Resources"].items()
        for judge, problems in (("parliament", documents.problems), ("botocore", requests.problems))
        for check, words in problems(said)
    ]
    linted, checked = (_answer(command, process) for command, process in started.items())
    found += [_linted(each, templates) for each in linted]
    found += [
        _checked(each, templates)
        for report in ([checked] if isinstance(checked, dict) else checked)
        for each in report.get("results", {}).get("failed_checks", [])
    ]
    return sorted(found)


_CFN_LINT = ("cfn-lint", "--regions", "us-east-1", "--format", "json", "--")
# --skip-download: it would ask its vendor for guidelines.
_CHECKOV = (
    *("checkov", "--directory", ".", "--framework", "cloudformation", "--output", "json"),
    *("--quiet", "--compact", "--skip-download"),
)


def _start(command: tuple[str, ...], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [TOOLS / command[0], *command[1:]],
        cwd=folder,
        env={**os.environ, "LOG_LEVEL": "ERROR", "ANSI_COLORS_DISABLED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _answer(command: tuple[str, ...], process: subprocess.Popen[str]) -> Any:
    """What a judge printed: it ends with an error when it found something, too."""
    out, errors = process.communicate()
    try:
        return json.loads(out)
    except ValueError:
        raise AssertionError(
            f"{' '.join(command)}: no JSON\n{out[-2000:]}{errors[-2000:]}"
        ) from None


def _linted(entry: Mapping[str, Any], templates: Mapping[str, Template]) -> Finding:
    name = Path(entry["Filename"]).stem
    path = [str(part) for part in entry["Location"]["Path"] or []]
    resource = path[1] if path[:1] == ["Resources"] and len(path) > 1 else ""
    said = templates[name]["Resources"].get(resource, {"Type": ""})
    where = ".".join(path[3:])
    words = f"{where}: {entry['Message']}" if where else entry["Message"]
    return Finding("cfn-lint", entry["Rule"]["Id"], name, resource, said["Type"], words)


def _checked(entry: Mapping[str, Any], templates: Mapping[str, Template]) -> Finding:
    name = Path(entry["file_path"]).stem
    resource = entry["resource"].rpartition(".")[2]
    type_ = templates[name]["Resources"][resource]["Type"]
    return Finding("checkov", entry["check_id"], name, resource, type_, entry["check_name"])
