"""A site's own secret in Secrets Manager: its value, and the new one that a rotation brings.

The labels of its versions are the whole memory of a rotation, so one that was killed is found and
finished by whoever comes next.
"""

from __future__ import annotations

import json
import secrets
import string
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from fleet.operations.data.place import Place
from fleet.operations.problem import OperationError

Kind = Literal["database", "salts", "admin"]

CURRENT, PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"
# On the new version from its making to the end of the rotation.
ROTATING = "fleet-rotating"
# Secrets Manager forgets versions without a label once there are a hundred. Of the first one, which
# the stack knows, `refresh` would find it gone, and the next `up` make its value the current one.
FIRST = "fleet-first"
# Of the main container, in the site's task definition.
_REFERENCE = "WORDPRESS_DB_PASSWORD"
_BEGUN = "another rotation of this site has just begun; the same command goes on with it"
_PASSWORDS: Mapping[str, Kind] = {"database_password": "database", "admin_password": "admin"}


@dataclass(frozen=True, slots=True)
class SiteSecret:
    """The secret, and how it stood when it was read.

    `labels`: label -> the id of its version. `changed`: when anything about it changed last, the
    label CURRENT included.
    """

    client: Any
    arn: str
    labels: Mapping[str, str]
    changed: datetime

    @property
    def current(self) -> str:
        return self.labels[CURRENT]

    @property
    def rotating(self) -> str | None:
        """The version of a rotation that isn't done."""
        return self.labels.get(ROTATING)

    def values(self, label: str) -> dict[str, str]:
        """The JSON of a version; nothing where no version has the label."""
        if label not in self.labels:
            return {}
        found = self.client.get_secret_value(SecretId=self.arn, VersionId=self.labels[label])
        return json.loads(found["SecretString"])

    def changed_kinds(self) -> frozenset[Kind]:
        """What the newest value has other than the one before it."""
        is_current = self.rotating in (None, self.current)
        newest = self.values(CURRENT if is_current else ROTATING)
        before = self.values(PREVIOUS if is_current else CURRENT)
        return frozenset(kind_of(key) for key in before if before[key] != newest.get(key))

    def begin(self, kinds: Collection[Kind]) -> None:
        """Adds a version with other values of these kinds. Nobody gets it before `make_current`."""
        if FIRST not in self.labels:
            self._label(FIRST, self.current)
        values = self.values(CURRENT)
        fresh = {key: _other(old) for key, old in values.items() if kind_of(key) in kinds}
        # Of one value there is one successor, so of two who begin at once one does: AWS refuses
        # another text under the id of a version that is there.
        new = str(uuid.uuid5(uuid.NAMESPACE_URL, self.arn + self.current))
        try:
            if new in read_secret(self.client, self.arn).labels.values():
                raise OperationError(_BEGUN)
            self.client.put_secret_value(
                SecretId=self.arn,
                SecretString=json.dumps(values | fresh),
                VersionStages=[ROTATING],
                ClientRequestToken=new,
            )
        except self.client.exceptions.ResourceExistsException:
            raise OperationError(_BEGUN) from None

    def make_current(self) -> None:
        """From now on each task that starts gets the new values."""
        if self.rotating not in (None, self.current):
            self._label(CURRENT, str(self.rotating), RemoveFromVersionId=self.current)

    def end(self) -> None:
        """The rotation is done; another one who went on with it may have said so before."""
        if read_secret(self.client, self.arn).rotating != self.rotating:
            return
        self.client.update_secret_version_stage(
            SecretId=self.arn, VersionStage=ROTATING, RemoveFromVersionId=str(self.rotating)
        )

    def _label(self, label: str, version: str, **more: Any) -> None:
        self.client.update_secret_version_stage(
            SecretId=self.arn, VersionStage=label, MoveToVersionId=version, **more
        )


def kind_of(key: str) -> Kind:
    """Of a key of the secret: what isn't a password is one of WordPress's keys and salts."""
    return _PASSWORDS.get(key, "salts")


def _other(old: str) -> str:
    """Of the same length and, as components/site/secrets.py has it, of letters and digits."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in old)


def read_secret(client: Any, arn: str) -> SiteSecret:
    """The secret as it stands now."""
    found = client.describe_secret(SecretId=arn)
    labels = {
        label: version
        for version, its in found.get("VersionIdsToStages", {}).items()
        for label in its
    }
    return SiteSecret(client, arn, labels, found["LastChangedDate"])


def secret_arn(place: Place) -> str:
    """Of the site's secret, as its task definition tells it.

    Raises OperationError: a site that was never brought up, or by an older version, whose tasks
    would go on with the old value.
    """
    name, env = place.site.name, place.target.environment
    try:
        found = place.ecs.describe_task_definition(taskDefinition=place.family)["taskDefinition"]
    except place.ecs.exceptions.ClientException:
        raise OperationError(
            f"{place.target.stack}: {name} isn't there yet, so it has no secret; "
            f"fleet up --env {env}"
        ) from None
    references = (
        secret["valueFrom"]
        for container in found.get("containerDefinitions", [])
        for secret in container.get("secrets", [])
        if secret["name"] == _REFERENCE
    )
    arn, *_, version = next(references, ":::").rsplit(":", 3)
    if version or not arn:
        raise OperationError(
            f"{place.target.stack}: the task definition of {name} names one version of its secret; "
            f"fleet up --env {env} writes it anew"
        )
    return arn
