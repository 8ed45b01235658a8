"""What is wrong with the sites of one environment, once their layers are merged."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.document import Document, dotted
from fleet.effective import Effective
from fleet.layers import Step, origin
from fleet.model import Site
from fleet.problems import Breach, Position, Problem
from fleet.rules import Case, breaches
from fleet.settings import Settings
from fleet.wording import listing, quoted
from fleet.words import words_at


class Judge:
    """Collects the broken rules of an environment's sites."""

    def __init__(
        self, document: Document, settings: Settings | None, wrong_settings: frozenset[str]
    ) -> None:
        self._document = document
        self._settings = settings
        self._wrong_settings = frozenset(f"settings.{name}" for name in wrong_settings)
        # A breach in a profile concerns many sites. It is told once, with their names.
        self._concerned: dict[tuple[Position, str, Breach], list[str]] = {}
        self._domains: dict[str, Position] = {}
        self._without_email: list[str] = []
        self._problems: list[Problem] = []

    def hear(self, name: str, site: Effective) -> None:
        """Judges one site."""
        wrong = site.wrong | self._wrong_settings
        for breach in breaches(Case(site.fields, site.layers, self._settings, wrong)):
            self._file(name, site, breach)
        for path in site.missing:
            self._missing(name, site, path)
        self._domains_once(name, site)
        if wrong.isdisjoint(("admin", "settings.admin_email")) and not site.fields.admin.email:
            self._without_email.append(name)

    def verdict(self) -> Iterator[Problem]:
        """All that was found wrong."""
        yield from self._problems
        for (position, path, breach), names in self._concerned.items():
            suffix = f", for {listing(names, last='and')}" if names else ""
            yield Problem.of(position, path, breach.found + suffix, breach.allowed, breach.example)
        if self._settings is not None and self._without_email:
            yield self._no_email(self._settings.environment)

    def _file(self, name: str, site: Effective, breach: Breach) -> None:
        """Blames the strongest layer that has a word on what the rule reads."""
        origins = [found for path in breach.paths if (found := origin(site.layers, path))]
        if not origins:
            place = ("sites", name, *breach.paths[0])
            self._concerned[self._document.position(place), dotted(place), breach] = []
            return
        blamed = max(origins, key=lambda found: found.rank)
        key = (self._document.position(blamed.path), dotted(blamed.path), breach)
        names = self._concerned.setdefault(key, [])
        if blamed.path[:2] != ("sites", name):
            names.append(name)

    def _missing(self, name: str, site: Effective, path: tuple[Step, ...]) -> None:
        expected = words_at(Site, path)
        above = origin(site.layers, path[:-1])
        place = above.path if above else ("sites", name)
        self._problems.append(
            Problem.of(
                self._document.key_position(place),
                dotted((*place, path[-1])),
                f"found no `{path[-1]}`",
                expected.words.allowed,
                expected.example(),
            )
        )

    def _domains_once(self, name: str, site: Effective) -> None:
        if site.site is None:
            return
        written = origin(site.layers, ("domains",))
        above = written.path if written else ("sites", name)
        for index, domain in enumerate(site.site.domains):
            path = (*above, index)
            position = self._document.position(path)
            first = self._domains.setdefault(domain, position)
            if first is not position:
                self._problems.append(
                    Problem.of(
                        position,
                        dotted(path),
                        f"found {quoted(domain)} a second time, first in line {first.line}",
                        "each domain once in the fleet",
                        f"{name}.example.com",
                    )
                )

    def _no_email(self, environment: str) -> Problem:
        path = ("sites", self._without_email[0], "admin", "email")
        return Problem.of(
            self._document.position(path),
            dotted(path),
            f"found no mail address of the administrator for "
            f"{listing(self._without_email, last='and')} in environment {environment}",
            "an address in the setting `adminEmail`, in `defaults` or at the site",
            f"adminEmail: web@example.com in Pulumi.{environment}.yaml",
        )
