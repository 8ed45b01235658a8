"""EFS's own rules, each broken once."""

from __future__ import annotations

import pytest

from simulator.services.efs import rules as efs
from simulator.services.efs.rules import DIRECTORY
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import InvalidError, RefusedError
from tests.engine.simulator.samples import Samples

KEY = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-4000-8000-000000000000"


def test_a_key_is_for_an_encrypted_file_system(samples: Samples) -> None:
    with pytest.raises(InvalidError, match="must be set to true"):
        samples.make(a.FILES, encrypted=None, kmsKeyId=KEY)


def test_provisioned_throughput_needs_a_number(samples: Samples) -> None:
    with pytest.raises(InvalidError, match="provisioned"):
        samples.make(a.FILES, throughputMode="provisioned")


def test_one_mount_target_a_zone(samples: Samples) -> None:
    first, second = samples.subnets()
    samples.make(a.MOUNT, subnetId=first)
    with pytest.raises(RefusedError, match="MountTargetConflict"):
        samples.make(a.MOUNT, subnetId=first)
    target = samples.make(a.MOUNT, subnetId=second)
    assert target["availabilityZoneName"] == "us-east-1b"
    files = samples.aws.read(samples.one(a.FILES))
    assert files is not None
    assert files["numberOfMountTargets"] == 2


def test_few_security_groups_a_mount_target(samples: Samples) -> None:
    groups = [samples.make(a.GROUP).id for _ in range(6)]
    with pytest.raises(RefusedError, match="SecurityGroupLimitExceeded"):
        samples.make(a.MOUNT, securityGroups=groups)


def test_so_many_access_points(samples: Samples, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(efs, "ACCESS_POINTS_A_FILE_SYSTEM", 2)
    samples.make(a.ACCESS_POINT)
    samples.make(a.ACCESS_POINT)
    with pytest.raises(RefusedError, match="AccessPointLimitExceeded"):
        samples.make(a.ACCESS_POINT)


def test_files_outlive_their_access_point_and_keep_their_owner(samples: Samples) -> None:
    samples.aws.delete(samples.make(a.ACCESS_POINT))
    owner = {"ownerUid": 2002, "ownerGid": 2002, "permissions": "0700"}
    samples.make(a.ACCESS_POINT, rootDirectory={"path": "/blog", "creationInfo": owner})
    (directory,) = samples.aws.world.resources(DIRECTORY)
    assert directory.props["path"] == "/blog"
    assert directory.props["ownerUid"] == 1001


def test_files_go_with_their_file_system(samples: Samples) -> None:
    samples.one(a.ACCESS_POINT)
    samples.aws.delete(samples.one(a.FILES))
    assert samples.aws.world.resources(DIRECTORY) == []
    assert samples.aws.read(samples.one(a.ACCESS_POINT)) is None
