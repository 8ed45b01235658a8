"""RDS's own rules, each broken once."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import happenings
from simulator.services.rds.rules import SNAPSHOT
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import RefusedError
from tests.engine.simulator.samples import Samples


def capacity(low: float, high: float, **more: Any) -> dict[str, Any]:
    return {"serverlessv2ScalingConfiguration": {"minCapacity": low, "maxCapacity": high, **more}}


OLD = {"engineVersion": "8.0.mysql_aurora.3.04.4"}
CLUSTER_REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "quarter of an ACU": (capacity(0.25, 4), "InvalidParameterValue: .* multiple of 0.5"),
    "maximum under minimum": (capacity(4, 2), "InvalidParameterValue: .* at least the minimum"),
    "zero on an old engine": ({**capacity(0, 4), **OLD}, "InvalidParameterCombination: .* of 0"),
    "pause above zero": (
        capacity(0.5, 4, secondsUntilAutoPause=600),
        "InvalidParameterCombination: SecondsUntilAutoPause",
    ),
    "unknown version": (
        {"engineVersion": "8.0.mysql_aurora.9.9.9"},
        "InvalidParameterCombination: Cannot find version",
    ),
    "no user": ({"masterUsername": None}, "MasterUsername must be provided"),
    "no password": ({"manageMasterUserPassword": None}, "MasterUserPassword must be provided"),
    "logs of another engine": (
        {"enabledCloudwatchLogsExports": ["postgresql"]},
        "InvalidParameterCombination: You cannot use the log types 'postgresql'",
    ),
    "no day of backups": ({"backupRetentionPeriod": 0}, "InvalidParameterValue: .* retention"),
    "identifier of 64 characters": (
        {"clusterIdentifier": "x" * 64},
        "InvalidParameterValue: .* at most 63",
    ),
}


@pytest.mark.parametrize("case", CLUSTER_REFUSALS)
def test_create_db_cluster_refuses(samples: Samples, case: str) -> None:
    arguments, words = CLUSTER_REFUSALS[case]
    with pytest.raises(RefusedError, match=words):
        samples.make(a.DATABASE, **arguments)


INSTANCE_REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "another engine": ({"engine": "aurora-postgresql"}, "InvalidParameterCombination: The engine"),
    "monitoring without a role": (
        {"monitoringInterval": 60},
        "InvalidParameterCombination: A MonitoringRoleARN",
    ),
    "identifier of 64 characters": (
        {"identifier": "x" * 64},
        "InvalidParameterValue: .* at most 63",
    ),
}


@pytest.mark.parametrize("case", INSTANCE_REFUSALS)
def test_create_db_instance_refuses(samples: Samples, case: str) -> None:
    arguments, words = INSTANCE_REFUSALS[case]
    with pytest.raises(RefusedError, match=words):
        samples.make(a.INSTANCE, **arguments)


def test_serverless_instances_need_a_serverless_cluster(samples: Samples) -> None:
    cluster = samples.make(a.DATABASE, serverlessv2ScalingConfiguration=None)
    with pytest.raises(RefusedError, match="Set the Serverless v2 scaling configuration"):
        samples.make(a.INSTANCE, clusterIdentifier=cluster.id)


def test_fifteen_readers_a_cluster(samples: Samples) -> None:
    for _ in range(16):
        samples.make(a.INSTANCE)
    with pytest.raises(RefusedError, match="InstanceQuotaExceeded"):
        samples.make(a.INSTANCE)


def test_the_first_instance_writes_and_the_cluster_knows_them(samples: Samples) -> None:
    writer, reader = samples.make(a.INSTANCE), samples.make(a.INSTANCE)
    assert (writer["writer"], reader["writer"]) == (True, False)
    assert writer["engineVersion"] == "8.0.mysql_aurora.3.10.0"
    cluster = samples.aws.read(samples.one(a.DATABASE))
    assert cluster is not None
    assert cluster["clusterMembers"] == sorted([writer.id, reader.id])


def test_a_protected_cluster_stays(samples: Samples) -> None:
    cluster = samples.make(a.DATABASE, deletionProtection=True)
    with pytest.raises(RefusedError, match="InvalidParameterCombination: Cannot delete protected"):
        samples.aws.delete(cluster)
    samples.aws.delete(samples.aws.update(cluster, deletionProtection=False))


def test_a_last_snapshot_needs_a_name_that_is_free(samples: Samples) -> None:
    nameless = samples.make(a.DATABASE, skipFinalSnapshot=False)
    with pytest.raises(RefusedError, match="final_snapshot_identifier is required"):
        samples.aws.delete(nameless)
    named = {"skipFinalSnapshot": False, "finalSnapshotIdentifier": "blog-final"}
    first, second = samples.make(a.DATABASE, **named), samples.make(a.DATABASE, **named)
    samples.aws.delete(first)
    with pytest.raises(RefusedError, match="DBClusterSnapshotAlreadyExistsFault"):
        samples.aws.delete(second)
    (snapshot,) = samples.aws.world.resources(SNAPSHOT)
    assert snapshot.key == "blog-final"
    assert snapshot.props["engine"] == "aurora-mysql"


def test_a_managed_password_is_a_secret_that_goes_with_its_cluster(samples: Samples) -> None:
    cluster = samples.make(a.DATABASE)
    (master,) = cluster["masterUserSecrets"]
    found = samples.aws.world.get(a.SECRET, master["secretArn"])
    assert found is not None
    assert found.props["_value"]["username"] == "fleet"
    assert "password" not in str(cluster.outputs).replace("manageMasterUserPassword", "")
    samples.aws.delete(cluster)
    assert samples.aws.world.resources(a.SECRET) == []


def test_a_minor_upgrade_by_aws_is_no_diff_for_a_shorter_version(samples: Samples) -> None:
    cluster = samples.one(a.DATABASE)
    short = {**cluster.inputs, "engineVersion": "8.0.mysql_aurora.3.10"}
    happenings.upgrade_cluster(samples.aws.world, cluster.id, "8.0.mysql_aurora.3.10.1")
    written = type(cluster)(cluster.token, cluster.name, cluster.id, short, short)
    read = samples.aws.read(written)
    assert read is not None
    assert read.inputs["engineVersion"] == "8.0.mysql_aurora.3.10"
    assert read["engineVersionActual"] == "8.0.mysql_aurora.3.10.1"


def test_a_full_version_would_take_an_upgrade_back_and_rds_refuses(samples: Samples) -> None:
    cluster = samples.one(a.DATABASE)
    happenings.upgrade_cluster(samples.aws.world, cluster.id, "8.0.mysql_aurora.3.10.1")
    read = samples.aws.read(cluster)
    assert read is not None
    assert read.inputs["engineVersion"] == "8.0.mysql_aurora.3.10.1"
    assert list(samples.aws.diff(read, "engineVersion", engineVersion="x").diffs) == []
    with pytest.raises(RefusedError, match=r"Cannot upgrade aurora-mysql from \S+1 to \S+0"):
        samples.aws.update(read, engineVersion="8.0.mysql_aurora.3.10.0")


def test_pausing_takes_five_minutes_unless_said_otherwise(samples: Samples) -> None:
    cluster = samples.make(a.DATABASE, **capacity(0, 4))
    assert cluster["serverlessv2ScalingConfiguration"]["secondsUntilAutoPause"] == 300
    later = samples.make(a.DATABASE, **capacity(0, 4, secondsUntilAutoPause=600))
    assert later["serverlessv2ScalingConfiguration"]["secondsUntilAutoPause"] == 600


def test_endpoints_and_keys(samples: Samples) -> None:
    cluster = samples.make(a.DATABASE, clusterIdentifier="blog", storageEncrypted=True)
    assert cluster["endpoint"].startswith("blog.cluster-c")
    assert cluster["readerEndpoint"].startswith("blog.cluster-ro-c")
    assert cluster["endpoint"].endswith(".us-east-1.rds.amazonaws.com")
    assert cluster["port"] == 3306
    assert cluster["kmsKeyId"].startswith("arn:aws:kms:us-east-1:")


def test_subnet_groups_cover_two_zones(samples: Samples) -> None:
    with pytest.raises(RefusedError, match="DBSubnetGroupDoesNotCoverEnoughAZs"):
        samples.make(a.SUBNET_GROUP, subnetIds=samples.subnets()[:1])
    assert samples.make(a.SUBNET_GROUP)["vpcId"] == samples.id(a.VPC)


def test_parameter_groups_are_of_a_family(samples: Samples) -> None:
    with pytest.raises(RefusedError, match="is not a valid parameter group family"):
        samples.make(a.PARAMETERS, family="mysql8.0")
