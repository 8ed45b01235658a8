"""The settings of one environment, from Pulumi.ENV.yaml or from Pulumi itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fleet.fields.doc import doc_at, fields_of, model_in
from fleet.fields.errors import problems_of
from fleet.names import PROJECT
from fleet.problems import FleetError, Problem
from fleet.settings.mail import SES_REGIONS
from fleet.settings.model import Settings
from fleet.settings.rules import settings_breaches
from fleet.yaml.compose import read_document
from fleet.yaml.document import Document, LocatedMap, dotted

_UNSET: tuple[Any, ...] = (None, "", "{}", {}, "[]", [])


class SettingsError(FleetError):
    """Wrong settings. `sound` has the others, `wrong` the Python names of the wrong ones."""

    def __init__(
        self, problems: tuple[Problem, ...], sound: Settings, wrong: frozenset[str]
    ) -> None:
        super().__init__(problems)
        self.sound = sound
        self.wrong = wrong


def load_settings(path: Path, environment: str) -> Settings:
    """The settings in a Pulumi.ENV.yaml, read without the engine. Raises FleetError.

    `environment` holds where the file has no key of that name.
    """
    document = _settings_in(path)
    return _settings(document.root, environment, document)


def parse_settings(values: Mapping[str, Any], *, environment: str, source: Path | None) -> Settings:
    """The settings from config values as Pulumi hands them over. Raises FleetError.

    Values are text, maps as JSON; "" and {} stand for unset. The positions of problems are those
    in `source`, the environment's Pulumi.ENV.yaml.
    """
    if source is None:
        document = Document(f"Pulumi.{environment}.yaml", LocatedMap())
    else:
        document = _settings_in(source)
    return _settings(values, environment, document)


def _settings_in(path: Path) -> Document:
    """The keys of the fleet in a Pulumi.ENV.yaml, without the project's name before them."""
    file = read_document(path)
    config = file.root.get("config")
    settings = LocatedMap()
    prefix = f"{PROJECT}:"
    if isinstance(config, LocatedMap):
        for key, value in config.items():
            if key.startswith(prefix):
                settings[key.removeprefix(prefix)] = value
                settings.spots[key.removeprefix(prefix)] = config.spots[key]
    # What is odd in other projects' keys is no business of the fleet.
    own = f"config.{prefix}"
    problems = [
        replace(problem, path=problem.path.removeprefix(own))
        for problem in file.problems
        if problem.path.startswith(own)
    ]
    region = config.get("aws:region") if isinstance(config, LocatedMap) else None
    document = Document(file.file, settings)
    problems += [*_without_ses(document, region), *_empty_maps(document)]
    return replace(document, problems=tuple(problems))


def _without_ses(settings: Document, region: object) -> Iterator[Problem]:
    """Mail can't be sent from where there is no SES."""
    if settings.root.get("mail") in _UNSET or not isinstance(region, str):
        return
    if region not in SES_REGIONS:
        yield Problem.of(
            settings.position(("mail",)),
            "mail",
            f"found it in the region {region}, where Amazon SES is not",
            "mail in a region that has SES, or `mail.smtp` at the sites",
            "aws:region: eu-west-1",
        )


def _empty_maps(settings: Document) -> Iterator[Problem]:
    """Empty ones count as unset, since Pulumi.yaml has them as defaults: where a map turns
    something on, whoever wrote an empty one may have meant that."""
    for key, field in fields_of(Settings).items():
        written = settings.root.get(key, key)
        if field.default is None and model_in(field.annotation) and written in _UNSET:
            expected = doc_at(Settings, (key,))
            yield Problem.of(
                settings.position((key,)),
                key,
                "found nothing in it, which turns nothing on",
                f"{expected.doc.allowed} with at least one of them, or no `{key}`",
                expected.example(),
            )


def _settings(values: Mapping[str, Any], environment: str, document: Document) -> Settings:
    given = {"environment": environment}
    given |= {key: value for key, value in values.items() if value not in _UNSET}
    problems = list(document.problems)
    wrong: frozenset[str] = frozenset()
    try:
        settings = Settings.model_validate(given, by_alias=True, by_name=False)
    except ValidationError as error:
        problems += problems_of(document, Settings, error)
        settings, wrong = _sound(given, error)
    for breach in settings_breaches(settings, wrong):
        path = breach.paths[0]
        problems.append(Problem.at(document.position(path), dotted(path), breach))
    if problems:
        raise SettingsError(tuple(problems), settings, wrong)
    return settings


def _sound(given: Mapping[str, Any], error: ValidationError) -> tuple[Settings, frozenset[str]]:
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    bad = {details["loc"][0] for details in errors}
    kept = {key: value for key, value in given.items() if key not in bad}
    settings = Settings.model_validate({"environment": "unknown", **kept}, by_name=False)
    fields = Settings.model_fields.items()
    return settings, frozenset(name for name, field in fields if field.alias in bad)
