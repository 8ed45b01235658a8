"""What a vault of AWS Backup costs, and what may surprise about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.plan.lines import Line, Rates
from fleet.settings.model import Settings
from fleet.site.database import SHARED_BACKUP_DAYS
from fleet.site.model import Site

Path = tuple[str, ...]

DAYS_A_MONTH = 30.4


def vault_lines(
    settings: Settings, sites: Sequence[Site], tasks: int, rates: Rates
) -> Iterator[Line]:
    """Of files the vault has each change once; of a database a whole snapshot a day.

    Those within Aurora's own days of recovery cost nothing ("Understanding Amazon Aurora backup
    storage usage"). `tasks`: the most that write to files.
    """
    vault = settings.vault
    if vault is None:
        return
    given, prices = rates.assumptions, rates.region.backup
    files = len(sites) * given.efs_gb
    changed = tasks * given.efs_write_gb
    most = files + changed * vault.keep_days / DAYS_A_MONTH
    yield Line("Files in the vault", "GB", files, most, prices.efs_gb, "backup")
    size = given.database_gb
    paid = sum(size * max(0, vault.keep_days - _recovery_days(site)) for site in sites)
    yield Line("Snapshots in the vault", "GB", paid, paid, prices.aurora_gb, "backup")
    if vault.copy_to is None:
        return
    yield Line("Files in the second vault", "GB", files, most, prices.efs_gb, "backup")
    snapshots = len(sites) * size * vault.keep_days
    yield Line(
        "Snapshots in the second vault", "GB", snapshots, snapshots, prices.aurora_gb, "backup"
    )
    daily = len(sites) * size * DAYS_A_MONTH
    item = "Copies to the second vault"
    yield Line(item, "GB", daily, daily + changed, prices.copied_gb, "backup")


def _recovery_days(site: Site) -> int:
    own = site.database.placement == "dedicated"
    return site.database.backup_days if own else SHARED_BACKUP_DAYS


def vault_warnings(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Paths into the settings, and what to know."""
    vault = settings.vault
    if vault is None:
        return
    lock = vault.lock
    if lock is not None and lock.mode == "compliance":
        yield (
            ("vault", "lock"),
            f"CANNOT BE UNDONE: {lock.cooling_days} days after the first `up` with it nobody, not "
            "even AWS, can take this lock away or delete the vault; what it holds is paid for up "
            f"to {lock.most_days} days, also after `fleet destroy`; mode governance can be undone",
        )
    if vault.copy_to is not None and vault.copy_to.vault_arn and settings.kms_key_arn is None:
        yield (
            ("vault", "copyTo"),
            "AWS copies no snapshot of a database into another account while it is encrypted with "
            "AWS's own key: set kmsKeyArn, before the first `up`, and let that account use the key",
        )
