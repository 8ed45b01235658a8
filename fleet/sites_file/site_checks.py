"""What is wrong with the sites of one environment, once their layers are merged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fleet.fields.doc import doc_at
from fleet.problems import Breach, Position, Problem
from fleet.settings.model import Settings
from fleet.site.group import Case
from fleet.site.mail import way_of
from fleet.site.model import Site
from fleet.sites_file.effective import Effective
from fleet.sites_file.layers import Step, origin
from fleet.sites_file.rules import breaches
from fleet.wording import listing, plain, quoted
from fleet.yaml.document import Document, dotted


@dataclass(frozen=True, slots=True)
class _Claim:
    """A site's claim on a domain: the higher the rank, the more particular the layer."""

    site: str
    rank: int
    path: tuple[Step, ...]
    position: Position


class SiteChecks:
    """Collects the broken rules of an environment's sites."""

    def __init__(
        self, document: Document, settings: Settings | None, wrong_settings: frozenset[str]
    ) -> None:
        self._document = document
        self._settings = settings
        self._wrong_settings = frozenset(f"settings.{name}" for name in wrong_settings)
        # A breach in a profile concerns many sites. It is told once, with their names.
        self._concerned: dict[tuple[Position, str, Breach], list[str]] = {}
        self._claims: dict[str, _Claim] = {}
        self._mail_claims: dict[str, _Claim] = {}
        # Original -> its copies; None -> sites that are none.
        self._copies: dict[str | None, list[str]] = {}
        self._names: dict[str, _Claim] = {}
        self._without_email: list[str] = []
        self._problems: list[Problem] = []

    def add(self, name: str, site: Effective) -> None:
        """Checks one site."""
        wrong = site.wrong | self._wrong_settings
        for breach in breaches(Case(site.fields, site.domains, site.layers, self._settings, wrong)):
            self._file(name, site, breach)
        for path in site.missing:
            self._missing(name, site, path)
        self._domains_once(name, site)
        self._mail_domain_once(name, site)
        self._copies.setdefault(site.fields.staging.of, []).append(name)
        self._names[name] = self._claim(name, site, ("staging", "of"))
        if wrong.isdisjoint(("admin", "settings.admin_email")) and not site.fields.admin.email:
            self._without_email.append(name)

    def problems(self) -> Iterator[Problem]:
        """All that was found wrong."""
        yield from self._problems
        yield from self._wrong_originals()
        for (position, path, breach), names in self._concerned.items():
            suffix = f", for {_names(names)}" if names else ""
            yield Problem.of(position, path, breach.found + suffix, breach.allowed, breach.example)
        if self._settings is not None and self._without_email:
            yield self._no_email(self._settings.environment)

    def _file(self, name: str, site: Effective, breach: Breach) -> None:
        """Blames the strongest layer that has a word on what the rule reads."""
        origins = (origin(site.layers, path) for path in breach.paths)
        written = [found for found in origins if found is not None]
        blamed = max(written, key=lambda found: found.rank, default=None)
        path = blamed.path if blamed else ("sites", name)
        key = (self._document.position(path), dotted(path), breach)
        names = self._concerned.setdefault(key, [])
        if path[:2] != ("sites", name):
            names.append(name)

    def _missing(self, name: str, site: Effective, path: tuple[Step, ...]) -> None:
        expected = doc_at(Site, path)
        above = origin(site.layers, path[:-1])
        place = above.path if above else ("sites", name)
        self._problems.append(
            Problem.of(
                self._document.key_position(place),
                dotted((*place, path[-1])),
                f"found no `{path[-1]}`",
                expected.doc.allowed,
                expected.example(),
            )
        )

    def _domains_once(self, name: str, site: Effective) -> None:
        for index, domain in enumerate(site.site.domains if site.site else site.domains):
            if domain is None:
                continue
            claim = self._claim(name, site, ("domains", index))
            first = self._claims.setdefault(domain, claim)
            if first is not claim:
                self._problems.append(self._conflict(domain, first, claim))

    def _mail_domain_once(self, name: str, site: Effective) -> None:
        """SES has a domain once an account, and only one site's role may send as it."""
        wrong = site.wrong | self._wrong_settings
        if self._settings is None or not wrong.isdisjoint(("mail", "settings.mail")):
            return
        domain = site.fields.mail.own_domain
        if domain is None or way_of(site.fields, self._settings) != "ses":
            return
        claim = self._claim(name, site, ("mail", "from"))
        first = self._mail_claims.setdefault(domain, claim)
        if first is not claim:
            self._problems.append(
                Problem.of(
                    claim.position,
                    dotted(claim.path),
                    f"found an address at {domain}, from which {plain(first.site)} sends, in line "
                    f"{first.position.line}",
                    "each domain at one site",
                    f"no `from` at {plain(name)}, or a mail server of its own: mail.smtp",
                )
            )

    def _wrong_originals(self) -> Iterator[Problem]:
        """A copy is of a site of the same environment, which is none itself."""
        for original, copies in self._copies.items():
            if original is None or original in self._copies.get(None, []):
                continue
            for copy in copies:
                claim = self._names[copy]
                said = "which is a copy itself" if original in self._names else "which is no site"
                example = next(iter(self._copies.get(None, [])), "shop")
                yield Problem.of(
                    claim.position,
                    dotted(claim.path),
                    f"found {plain(original)}, {said}",
                    "the name of a site that is no copy",
                    f"staging: {{of: {plain(example)}}}",
                )

    def _claim(self, name: str, site: Effective, field: tuple[Step, ...]) -> _Claim:
        written = origin(site.layers, field)
        if written is None:  # The settings' domain suffix or its own address.
            path = ("sites", name)
            return _Claim(name, 0, path, self._document.key_position(path))
        return _Claim(name, written.rank, written.path, self._document.position(written.path))

    def _conflict(self, domain: str, first: _Claim, second: _Claim) -> Problem:
        blamed, other = (first, second) if first.rank > second.rank else (second, first)
        return Problem.of(
            blamed.position,
            dotted(blamed.path),
            f"found {quoted(domain)} a second time, also in line {other.position.line}",
            "each domain once in the fleet",
            f"{plain(blamed.site)}.{domain.removeprefix('*.')}",
        )

    def _no_email(self, environment: str) -> Problem:
        site = ("sites", self._without_email[0])
        return Problem.of(
            self._document.key_position(site),
            dotted((*site, "admin", "email")),
            f"found no mail address of the administrator for {_names(self._without_email)} "
            f"in environment {environment}",
            "an address in the setting `adminEmail`, in `defaults` or at the site",
            f"adminEmail: web@example.com in Pulumi.{environment}.yaml",
        )


def _names(sites: list[str]) -> str:
    return listing(map(plain, sites), last="and")
