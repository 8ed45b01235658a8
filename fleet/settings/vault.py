"""Copies of databases and files in a vault of AWS Backup, and who can still delete them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from fleet.fields.doc import Doc, keys_of, whole
from fleet.fields.references import backup_vault_arn
from fleet.fields.types import SettingsModel
from fleet.problems import Breach
from fleet.quotas import VAULT_COOLING_DAYS, VAULT_DAYS

if TYPE_CHECKING:
    from fleet.settings.model import Settings

_REGION = r"^[a-z]{2}(-[a-z]+)+-[0-9]$"
_COMPLIANCE = (
    "lock: {mode: compliance, leastDays: 35, mostDays: 365, coolingDays: 14, forGood: true}"
)


class VaultLock(SettingsModel):
    """From when on copies outlast whoever may delete them."""

    mode: Annotated[
        Literal["governance", "compliance"],
        Doc(
            "governance: until somebody with the right to do so takes the lock away; compliance: "
            "for good, nobody can, neither the account's root nor AWS",
            "governance or compliance",
            "governance",
        ),
    ] = "governance"
    least_days: Annotated[
        int | None,
        Field(ge=VAULT_DAYS[0], le=VAULT_DAYS[1]),
        Doc(
            "days before which no copy goes",
            f"{whole(*VAULT_DAYS)}, at most `keepDays`",
            7,
            built_in="keepDays",
        ),
    ] = None
    most_days: Annotated[
        int | None,
        Field(ge=VAULT_DAYS[0], le=VAULT_DAYS[1]),
        Doc(
            "days after which each has to go",
            f"{whole(*VAULT_DAYS)}, at least `keepDays`",
            365,
            built_in="none",
        ),
    ] = None
    cooling_days: Annotated[
        int | None,
        Field(ge=VAULT_COOLING_DAYS[0], le=VAULT_COOLING_DAYS[1]),
        Doc(
            "days for which a lock of mode compliance can still be taken away",
            whole(*VAULT_COOLING_DAYS),
            14,
            built_in="none",
        ),
    ] = None
    for_good: Annotated[
        bool,
        Doc(
            "says that you know what compliance means: what the vault holds is paid for until it "
            "is over, whatever happens",
            "true with mode compliance",
            True,
        ),
    ] = False


class CopyTo(SettingsModel):
    """Where each copy is copied to."""

    region: Annotated[
        Annotated[str, Field(pattern=_REGION)] | None,
        Doc(
            "another region of the account, in which `up` makes a vault with the same lock",
            "a region of AWS",
            "eu-central-1",
            built_in="none",
        ),
    ] = None
    vault_arn: Annotated[
        Annotated[str, AfterValidator(backup_vault_arn)] | None,
        Doc(
            "a vault that is there, in another account too, whose policy has to let this one in",
            "the ARN of a vault of AWS Backup",
            "arn:aws:backup:eu-central-1:210987654321:backup-vault:fleets",
            built_in="none",
        ),
    ] = None


class VaultSettings(SettingsModel):
    """One vault a stack: all of its files, and each cluster, once a day."""

    keep_days: Annotated[
        int,
        Field(ge=VAULT_DAYS[0], le=VAULT_DAYS[1]),
        Doc("days that each copy is kept", whole(*VAULT_DAYS), 90),
    ] = 35
    lock: Annotated[
        VaultLock | None,
        Doc(
            "keeps copies from everybody who would delete them",
            f"a map of {keys_of(VaultLock)}",
            {"mode": "governance"},
            built_in="none",
        ),
    ] = None
    copy_to: Annotated[
        CopyTo | None,
        Doc(
            "a second vault, for the day on which the region or the account is lost",
            f"a map of {keys_of(CopyTo)}",
            {"region": "eu-central-1"},
            built_in="none",
        ),
    ] = None


VaultSetting = Annotated[
    VaultSettings | None,
    Doc(
        "copies the file system and all databases into a vault of AWS Backup each day; in place of "
        "EFS's own daily backup",
        f"a map of {keys_of(VaultSettings)}",
        {"keepDays": 35, "lock": {"mode": "governance"}},
        built_in="none",
    ),
]


def least_days(vault: VaultSettings) -> int:
    """Before how many days the lock lets nothing go."""
    assert vault.lock is not None
    return vault.keep_days if vault.lock.least_days is None else vault.lock.least_days


def vault_regions(vault: VaultSettings) -> tuple[str | None, ...]:
    """The regions in which the stack has a vault; None is its own."""
    away = vault.copy_to.region if vault.copy_to else None
    return (None, away) if away else (None,)


def one_copy(settings: Settings) -> Iterator[Breach]:
    """A region or a vault."""
    copy = settings.vault.copy_to if settings.vault else None
    if copy is not None and (copy.region is None) == (copy.vault_arn is None):
        found = "neither region nor vaultArn" if copy.region is None else "region and vaultArn"
        yield Breach(
            (("vault", "copyTo"),),
            f"found {found}",
            "one of both",
            "copyTo: {region: eu-central-1}",
        )


def lock_lets_copies_in(settings: Settings) -> Iterator[Breach]:
    """AWS Backup makes no copy whose days the lock doesn't allow: each night would fail."""
    vault = settings.vault
    if vault is None or vault.lock is None:
        return
    least, most = least_days(vault), vault.lock.most_days
    if vault.keep_days < least or (most is not None and vault.keep_days > most):
        limits = f"leastDays {least}" + (f" and mostDays {most}" if most is not None else "")
        yield Breach(
            (("vault", "keepDays"), ("vault", "lock")),
            f"found keepDays {vault.keep_days} with a lock of {limits}, into which no copy comes",
            "keepDays from leastDays to mostDays",
            f"vault: {{keepDays: {max(least, min(vault.keep_days, most or least))}, "
            f"lock: {{mode: {vault.lock.mode}, leastDays: {least}}}}}",
        )


def compliance_in_so_many_words(settings: Settings) -> Iterator[Breach]:
    """What can't be undone is asked for twice, and leaves no limit to a built-in value."""
    lock = settings.vault.lock if settings.vault else None
    if lock is None:
        return
    said = {
        "leastDays": lock.least_days,
        "mostDays": lock.most_days,
        "coolingDays": lock.cooling_days,
        "forGood: true": lock.for_good or None,
    }
    missing = [name for name, value in said.items() if value is None]
    if lock.mode == "compliance" and missing:
        yield Breach(
            (("vault", "lock"),),
            f"found mode compliance without {', '.join(missing)}: after coolingDays nobody can "
            "take this lock away, shorten a copy's days or delete the vault, and what it holds is "
            "paid for until it is over",
            "mode governance, or compliance with all of them",
            _COMPLIANCE,
        )
    if lock.mode == "governance" and lock.cooling_days is not None:
        yield Breach(
            (("vault", "lock", "coolingDays"), ("vault", "lock")),
            "found coolingDays with mode governance, which AWS would take for compliance",
            "coolingDays with mode compliance",
            _COMPLIANCE,
        )
