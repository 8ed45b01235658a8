"""What is wrong with sites.yaml as it stands, in all its parts and for every environment."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pydantic import ValidationError

from fleet.fields.errors import problems_of
from fleet.fields.hosts import is_wildcard
from fleet.problems import Problem
from fleet.site.scaling import Schedule
from fleet.sites_file.model import SitesFile
from fleet.wording import did_you_mean, listing, nearest, plain, quoted
from fleet.yaml.document import Document, dotted, is_list, map_at

Path = tuple[str, ...]


def file_problems(document: Document, environments: Collection[str]) -> Iterator[Problem]:
    """Every mistake that can be seen without merging the layers of a site.

    `environments` are those whose settings are known.
    """
    yield from document.problems
    try:
        SitesFile.model_validate(document.root)
    except ValidationError as error:
        yield from problems_of(document, SitesFile, error, partial=(Schedule,))
    yield from _unknown_profiles(document)
    yield from _misspelt_environments(document, environments)
    yield from _canonical_wildcards(document)


def _unknown_profiles(document: Document) -> Iterator[Problem]:
    profiles = map_at(document.root, "profiles")
    for name in map_at(document.root, "sites"):
        profile = map_at(document.root, "sites", name).get("profile")
        if not isinstance(profile, str) or profile in profiles:
            continue
        guess = nearest(profile, profiles)
        found = f"found the unknown profile {quoted(profile)}{did_you_mean(guess)}"
        known = (
            listing(map(plain, profiles)) if profiles else "a name under `profiles`, which has none"
        )
        example = f"profile: {plain(guess or next(iter(profiles), 'shop'))}"
        path = ("sites", name, "profile")
        yield Problem.of(document.position(path), dotted(path), found, known, example)


def _misspelt_environments(document: Document, known: Collection[str]) -> Iterator[Problem]:
    """An override for `prodution` where there is a Pulumi.production.yaml would never apply.

    A name that is near to none may belong to an environment whose settings are elsewhere.
    """
    overrides: list[Path] = [("environments",)]
    overrides += [("sites", name, "environments") for name in map_at(document.root, "sites")]
    for path in overrides:
        for environment in map_at(document.root, *path):
            if environment in known or (guess := nearest(environment, known, 0.8)) is None:
                continue
            place = (*path, environment)
            yield Problem.of(
                document.key_position(place),
                dotted(place),
                f"found the unknown environment {quoted(environment)}{did_you_mean(guess)}",
                f"an environment that has settings: {listing(sorted(known))}",
                f"{guess}:, or a file Pulumi.{plain(environment)}.yaml",
            )


def _canonical_wildcards(document: Document) -> Iterator[Problem]:
    for name in map_at(document.root, "sites"):
        entry: Path = ("sites", name)
        environments = map_at(document.root, *entry, "environments")
        for above in (entry, *((*entry, "environments", key) for key in environments)):
            domains = map_at(document.root, *above).get("domains")
            first = domains[0] if is_list(domains) and domains else None
            if isinstance(first, str) and is_wildcard(first):
                path = (*above, "domains", 0)
                yield Problem.of(
                    document.position(path),
                    dotted(path),
                    f"found the wildcard {quoted(first)} as the first domain, the canonical one",
                    "a host name without a * as the first",
                    f"domains: [{plain(first.removeprefix('*.'))}, {quoted(first)}]",
                )
