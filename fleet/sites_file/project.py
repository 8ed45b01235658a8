"""Where the files of a project are, and what a person may name in them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from fleet.names import PROJECT, USUAL_FILE
from fleet.problems import FleetError, Position, Problem
from fleet.settings.load import load_settings
from fleet.settings.model import Settings
from fleet.sites_file.known import known_environment
from fleet.yaml.compose import read_document
from fleet.yaml.document import Document


def project_folder(file: Path) -> Path:
    """The folder of the project that a file belongs to: the nearest one above with Pulumi's files.

    Without any it is the file's own.
    """
    for folder in Path(os.path.abspath(file)).parents:
        if any(folder.glob("Pulumi*.yaml")):
            # As seen from where the user is, where that is possible.
            return folder if file.is_absolute() else Path(os.path.relpath(folder))
    return file.parent


def settings_file(sites_file: Path, environment: str) -> Path:
    """The Pulumi.ENV.yaml of an environment of the file's project."""
    return project_folder(sites_file) / f"Pulumi.{environment}.yaml"


def named_file(sites_file: Path, settings: Settings) -> Path:
    """The file of sites that an environment of the file's project names."""
    return project_folder(sites_file) / settings.sites_file


def project_environments(sites_file: Path) -> frozenset[str]:
    """The environments of the file's project: those that have a Pulumi.ENV.yaml."""
    files = project_folder(sites_file).glob("Pulumi.*.yaml")
    return frozenset(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)


class OtherFileError(FleetError):
    """The environment has its sites in another file than the one that was asked for."""


def environment_settings(sites_file: Path, environment: str) -> Settings:
    """The settings of an environment of the file's project. Raises FleetError."""
    path = settings_file(sites_file, environment)
    known_environment(environment, project_environments(sites_file), str(path))
    settings = load_settings(path, environment)
    named = named_file(sites_file, settings)
    # A file of another name is a draft that somebody asked for; this one is what no --file means.
    if sites_file.name == USUAL_FILE and named.resolve() != sites_file.resolve():
        raise OtherFileError([_other_file(sites_file, path, settings)])
    return settings


def _other_file(sites_file: Path, path: Path, settings: Settings) -> Problem:
    position = read_document(path).position(("config", f"{PROJECT}:sitesFile"))
    found = f"found {settings.sites_file}, and not the {sites_file.name} that is looked at"
    allowed = "to look at the environment's own file"
    return Problem.of(position, "sitesFile", found, allowed, f"--file {settings.sites_file}")


def region_of(sites_file: Path, environment: str) -> tuple[str | None, Position]:
    """The environment's `aws:region`, None where it is not set, and where it stands.

    Raises FleetError for a file that can't be read.
    """
    document = read_document(settings_file(sites_file, environment))
    path = ("config", "aws:region")
    found = value_at(document, path)
    return found if isinstance(found, str) else None, document.position(path)


def value_at(document: Document, path: Iterable[str | int]) -> object:
    """What the file says at `path`, None where it says nothing."""
    node: object = document.root
    for step in path:
        if isinstance(node, dict):
            node = cast("dict[object, object]", node).get(step)
        else:
            return None
    return node
