"""Where an environment is deployed, as far as its settings say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fleet.sites_file.project import environment_settings, region_of

UNKNOWN = "*"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where an environment is deployed; `*` for a region or an account that isn't known."""

    environment: str
    region: str = UNKNOWN
    account: str = UNKNOWN
    key: str | None = None
    """ARN of the KMS key of the environment's own."""

    @property
    def partition(self) -> str:
        """AWS's part of the world that the region belongs to."""
        for prefix, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
            if self.region.startswith(prefix):
                return partition
        return "aws"


def place_of(sites_file: Path, environment: str, account: str | None = None) -> Place:
    """The place of an environment of the file's project. Raises FleetError.

    The account is that of the certificate where none is given: nothing else in the files has it.
    """
    settings = environment_settings(sites_file, environment)
    region, _ = region_of(sites_file, environment)
    if account is None and settings.certificate_arn is not None:
        account = settings.certificate_arn[0].split(":")[4]
    return Place(
        environment=environment,
        region=region or UNKNOWN,
        account=account or UNKNOWN,
        key=settings.kms_key_arn,
    )
