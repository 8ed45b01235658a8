"""RDS: Aurora clusters; instances and groups are in `rds_instances`."""

from __future__ import annotations

import re
import uuid
from typing import Any

from fleet.quotas import PAUSE_SECONDS
from simulator.errors import AwsError, ProviderError
from simulator.outputs import ACCOUNT, managed_key
from simulator.rules import Call, Rules, rules_for
from simulator.services.rds.instances import CLUSTER, INSTANCE
from simulator.world import Resource

SNAPSHOT = "aws:rds/clusterSnapshot:ClusterSnapshot"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type

# Versions of each engine that can be created; the first is the default. AWS offers more.
VERSIONS = {
    "aurora-mysql": [
        "8.0.mysql_aurora.3.10.6",
        "8.0.mysql_aurora.3.10.0",
        "8.0.mysql_aurora.3.04.4",
        "8.0.mysql_aurora.3.08.2",
        "8.0.mysql_aurora.3.10.1",
        "8.0.mysql_aurora.3.11.0",
    ],
    "aurora-postgresql": ["16.6", "15.10", "17.4"],
}
_PORTS = {"aurora-mysql": 3306, "aurora-postgresql": 5432}
_LOGS = {
    "aurora-mysql": {"audit", "error", "general", "slowquery", "iam-db-auth-error", "instance"},
    "aurora-postgresql": {"postgresql", "iam-db-auth-error", "instance"},
}
# "Scaling to zero ACUs": the first Aurora MySQL that can pause.
FIRST_TO_PAUSE = (3, 8)
IDENTIFIER_CHARACTERS = 63  # CreateDBCluster, DBClusterIdentifier


def aurora_version(version: str) -> tuple[int, int] | None:
    """`8.0.mysql_aurora.3.10.0` → (3, 10); None for another engine's notation."""
    match = re.search(r"mysql_aurora\.(\d+)\.(\d+)", version)
    return (int(match[1]), int(match[2])) if match else None


def _version_key(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


@rules_for(CLUSTER)
class Cluster(Rules):
    """An Aurora cluster."""

    def compute(self, call: Call) -> None:
        """What AWS decides from the engine and the account."""
        props = call.props
        prefix = props.get("clusterIdentifierPrefix")
        if props.get("clusterIdentifier") is None and prefix:
            props["clusterIdentifier"] = f"{prefix}{call.fresh(26)}"
        engine = str(props["engine"])
        versions = VERSIONS.get(engine, ["8.0"])
        props.setdefault("engineVersion", versions[0])
        props["engineVersionActual"] = props["engineVersion"]
        props.setdefault("port", _PORTS.get(engine, 3306))
        family = "8.0" if engine == "aurora-mysql" else props["engineVersion"].split(".")[0]
        props.setdefault("dbClusterParameterGroupName", f"default.{engine}{family}")
        zones = [f"{call.region}{letter}" for letter in "abc"]
        props.setdefault("availabilityZones", zones)
        if props.get("storageEncrypted"):
            props.setdefault("kmsKeyId", managed_key(call.region, "rds"))
        self._scaling(props)

    @staticmethod
    def _scaling(props: dict[str, Any]) -> None:
        scaling = props.get("serverlessv2ScalingConfiguration")
        if isinstance(scaling, dict) and scaling.get("minCapacity") == 0:
            scaling.setdefault("secondsUntilAutoPause", PAUSE_SECONDS[0])

    def create(self, call: Call) -> None:
        """A known version, credentials, a name that fits, and capacity that Aurora has."""
        props = call.props
        version, engine = props["engineVersion"], props["engine"]
        if engine in VERSIONS and version not in VERSIONS[engine]:
            raise AwsError(
                "InvalidParameterCombination", f"Cannot find version {version} for {engine}"
            )
        if len(props["clusterIdentifier"]) > IDENTIFIER_CHARACTERS:
            raise AwsError(
                "InvalidParameterValue",
                f"The parameter DBClusterIdentifier is not a valid identifier: at most "
                f"{IDENTIFIER_CHARACTERS} characters: {props['clusterIdentifier']}",
            )
        managed = props.get("manageMasterUserPassword")
        if not props.get("snapshotIdentifier") and not props.get("masterUsername"):
            raise AwsError("InvalidParameterValue", "The parameter MasterUsername must be provided")
        if not managed and not (props.get("masterPassword") or props.get("masterPasswordWo")):
            raise AwsError(
                "InvalidParameterValue", "The parameter MasterUserPassword must be provided"
            )
        if managed:
            self._managed_secret(call)
        _check_settings(props)

    def update(self, call: Call) -> None:
        """The same, and no way back to an older version."""
        self._scaling(call.props)
        if call.changed("engineVersion"):
            old, new = call.old["engineVersionActual"], call.props["engineVersion"]
            if _version_key(new) < _version_key(old)[: len(_version_key(new))]:
                raise AwsError(
                    "InvalidParameterCombination",
                    f"Cannot upgrade {call.props['engine']} from {old} to {new}",
                )
            call.props["engineVersionActual"] = new
        if call.props.get("manageMasterUserPassword") and not call.props["masterUserSecrets"]:
            self._managed_secret(call)
        _check_settings(call.props)

    @staticmethod
    def _managed_secret(call: Call) -> None:
        """RDS keeps the master password in a secret of its own."""
        name = f"rds!cluster-{uuid.UUID(call.fresh(32))}"
        arn = f"arn:aws:secretsmanager:{call.region}:{ACCOUNT}:secret:{name}-{call.fresh(6)}"
        key = call.props.get("masterUserSecretKmsKeyId") or managed_key(
            call.region, "secretsmanager"
        )
        call.props["masterUserSecretKmsKeyId"] = key
        call.props["masterUserSecrets"] = [
            {"kmsKeyId": key, "secretArn": arn, "secretStatus": "active"}
        ]
        owned = {
            "arn": arn,
            "name": name,
            "owningService": "rds",
            "_value": {"username": call.props["masterUsername"], "password": call.fresh(32)},
        }
        call.world.write(Resource(SECRET, arn, arn, call.name, owned))

    def read(self, call: Call, state: dict[str, Any]) -> None:
        """Members, and the version in the form in which the program wrote it."""
        members = call.world.find(INSTANCE, clusterIdentifier=call.key)
        call.props["clusterMembers"] = sorted(member.key for member in members)
        written, actual = str(state.get("engineVersion") or ""), call.props["engineVersionActual"]
        call.props["engineVersion"] = (
            written if written and str(actual).startswith(written) else actual
        )

    def delete(self, call: Call) -> None:
        """Not a protected one, not without a word about the last snapshot."""
        props = call.props
        if props.get("deletionProtection"):
            raise AwsError(
                "InvalidParameterCombination",
                "Cannot delete protected Cluster, please disable deletion protection and try "
                "again.",
            )
        if not props.get("skipFinalSnapshot"):
            self._final_snapshot(call)
        for secret in props.get("masterUserSecrets") or []:
            call.world.remove(SECRET, secret["secretArn"])

    @staticmethod
    def _final_snapshot(call: Call) -> None:
        name = call.props.get("finalSnapshotIdentifier")
        if not name:
            raise ProviderError(
                "RDS Cluster final_snapshot_identifier is required when skip_final_snapshot is "
                "false"
            )
        if call.world.get(SNAPSHOT, name):
            raise AwsError(
                "DBClusterSnapshotAlreadyExistsFault",
                f"Cannot create the cluster snapshot because one with the identifier {name} "
                "already exists.",
            )
        kept = ("engine", "engineVersionActual", "masterUsername", "kmsKeyId", "port", "tags")
        props = {name: call.props[name] for name in kept if name in call.props}
        arn = f"arn:aws:rds:{call.region}:{ACCOUNT}:cluster-snapshot:{name}"
        props |= {"arn": arn, "dbClusterIdentifier": call.key, "snapshotType": "manual"}
        props["dbClusterResourceId"] = call.props["clusterResourceId"]
        call.world.write(Resource(SNAPSHOT, name, name, call.name, props))


def _check_settings(props: dict[str, Any]) -> None:
    """What AWS checks at creation and at each change."""
    scaling = props.get("serverlessv2ScalingConfiguration")
    if scaling:
        _check_capacity(scaling, str(props["engineVersion"]))
    wrong = set(props.get("enabledCloudwatchLogsExports") or []) - _LOGS.get(
        str(props["engine"]), set()
    )
    if wrong:
        raise AwsError(
            "InvalidParameterCombination",
            f"You cannot use the log types '{', '.join(sorted(wrong))}' with engine version "
            f"{props['engine']} {props['engineVersion']}.",
        )
    if not 1 <= int(props["backupRetentionPeriod"]) <= 35:
        raise AwsError(
            "InvalidParameterValue",
            f"Invalid backup retention period: {props['backupRetentionPeriod']}. Retention period "
            "must be between 1 and 35.",
        )


def _check_capacity(scaling: dict[str, Any], version: str) -> None:
    """Capacity in halves of an ACU, and pausing from zero only."""
    low, high = float(scaling["minCapacity"]), float(scaling["maxCapacity"])
    if low * 2 % 1 or high * 2 % 1:
        raise AwsError(
            "InvalidParameterValue",
            f"Serverless v2 capacity must be a multiple of 0.5 ACU: {low} to {high}",
        )
    if low > high:
        raise AwsError(
            "InvalidParameterValue",
            f"Serverless v2 maximum capacity {high} must be at least the minimum capacity {low}",
        )
    number = aurora_version(version)
    if low == 0 and number is not None and number < FIRST_TO_PAUSE:
        raise AwsError(
            "InvalidParameterCombination",
            f"Engine version {version} doesn't support a Serverless v2 minimum capacity of 0",
        )
    if low > 0 and scaling.get("secondsUntilAutoPause") is not None:
        raise AwsError(
            "InvalidParameterCombination",
            "SecondsUntilAutoPause can be set only with a Serverless v2 minimum capacity of 0",
        )
