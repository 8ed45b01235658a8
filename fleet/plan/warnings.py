"""Settings that are allowed and may not do what their author expects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fleet.names import environment_type
from fleet.plan.edge_warnings import edge_warnings
from fleet.plan.job_warnings import job_warnings
from fleet.plan.vault import vault_warnings
from fleet.settings.mail import sends_by_ses
from fleet.settings.model import Settings
from fleet.site.database import RESUME_SECONDS, max_connections, workers_at_most
from fleet.site.group import Found
from fleet.site.groups import GROUPS
from fleet.site.mail import way_of
from fleet.site.model import Site

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """`site` is None for a setting of the environment; `path` leads to the field to blame."""

    site: str | None
    path: Path
    message: str


def plan_warnings(sites: Sequence[Site], settings: Settings) -> tuple[PlanWarning, ...]:
    """What to think about before an `up`, the environment's own first, then by site."""
    found = [
        *_environment(settings),
        *_one_gateway(settings),
        *_own_key(settings),
        *_shared_pause(settings),
        *_mail(sites, settings),
        *_no_backup(sites, settings),
    ]
    found += _shared_connections(sites, settings)
    found += (PlanWarning(None, *each) for each in job_warnings(sites, settings))
    found += (PlanWarning(None, *each) for each in edge_warnings(sites, settings))
    found += (PlanWarning(None, *each) for each in vault_warnings(settings))
    for site in sites:
        for rule in RULES if site.state == "live" else RULES_AT_REST:
            found += [PlanWarning(site.name, path, message) for path, message in rule(site)]
    return tuple(found)


def _environment(settings: Settings) -> Iterator[PlanWarning]:
    if settings.scheme == "http":
        text = "without a certificate passwords cross the internet in clear text"
        yield PlanWarning(None, ("allowHttp",), text)
    if not settings.protect_data:
        text = "databases, files and secrets are not protected: destroy deletes them"
        yield PlanWarning(None, ("protectData",), text)


def _own_key(settings: Settings) -> Iterator[PlanWarning]:
    if settings.kms_key_arn is not None:
        text = (
            "its policy must let CloudWatch Logs use it; whoever disables or deletes it takes "
            "databases, files and secrets away; access logs stay under S3's key, as AWS asks"
        )
        yield PlanWarning(None, ("kmsKeyArn",), text)


def _one_gateway(settings: Settings) -> Iterator[PlanWarning]:
    network = settings.network
    made = settings.protect_data and not network.vpc_id and network.nat_gateways == "single"
    if made and not network.interface_endpoints:
        text = (
            "one NAT gateway: while its zone is down no task starts anywhere; per-zone outlasts "
            "it, interfaceEndpoints let tasks start without"
        )
        yield PlanWarning(None, ("network", "natGateways"), text)


def _shared_pause(settings: Settings) -> Iterator[PlanWarning]:
    shared = settings.shared_database
    if shared is not None and shared.min_acu == 0:
        text = f"the shared database pauses: the first visitor then waits {RESUME_SECONDS} s"
        yield PlanWarning(None, ("sharedDatabase",), text)


def _mail(sites: Sequence[Site], settings: Settings) -> Iterator[PlanWarning]:
    """Until somebody misses a mail, nothing shows that none is sent."""
    silent = [
        site.name
        for site in sites
        if site.state == "live" and site.mail.send == "auto" and way_of(site, settings) == "off"
    ]
    if silent:
        text = (
            f"{len(silent)} of {len(sites)} sites send no mail, not even for a lost password; "
            "mail: {domain: mail.example.com} sends by SES (docs/mail.md)"
        )
        yield PlanWarning(None, ("mail",), text)
    if sends_by_ses(settings):
        text = (
            "a new account sends to verified addresses only, 200 mails a day, until AWS lifts it; "
            "`fleet status` says whether it has (docs/mail.md)"
        )
        yield PlanWarning(None, ("mail",), text)


def _no_backup(sites: Sequence[Site], settings: Settings) -> Iterator[PlanWarning]:
    """In production: of a copy there is the original."""
    without = [site.name for site in sites if site.state == "live" and site.backup.dumps == "never"]
    if without and environment_type(settings.environment) == "production":
        text = (
            f"{len(without)} of {len(sites)} sites have no backup of their own; what Aurora and "
            "EFS keep comes back for all sites of a cluster or a file system at once; "
            "backup: {dumps: nightly} in defaults dumps each (docs/backups.md)"
        )
        yield PlanWarning(None, ("backup",), text)


def _shared_connections(sites: Sequence[Site], settings: Settings) -> Iterator[PlanWarning]:
    """A shared cluster for each cell: its sites' workers together against its connections."""
    shared = settings.shared_database
    if shared is None:
        return
    allowed = max_connections(shared.min_acu, shared.max_acu)
    wanted: dict[str | None, int] = {}
    for site in sites:
        if site.database.placement == "shared":
            wanted[site.cell] = wanted.get(site.cell, 0) + workers_at_most(site)
    for cell, workers in wanted.items():
        if workers > allowed:
            where = f" in cell {cell}" if cell else ""
            text = (
                f"sites{where} may open {workers:,} connections to the shared database, which "
                f"takes {allowed:,} with maxAcu {shared.max_acu:g}"
            )
            yield PlanWarning(None, ("sharedDatabase",), text)


def _moving_image(site: Site) -> Found:
    image = site.image or ""
    if image.endswith(":latest") and "@" not in image:
        yield (
            ("image",),
            "`latest` may be another image each time a task starts; a digest or version stays",
        )


RULES = (*(rule for group in GROUPS for rule in group.warnings), _moving_image)
RULES_AT_REST = tuple(rule for group in GROUPS for rule in group.warnings_at_rest)
