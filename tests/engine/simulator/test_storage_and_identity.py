"""The own rules of IAM, S3, Secrets Manager, Logs and ECR, each broken once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator import World
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import Caller, InvalidError, Made, RefusedError
from tests.engine.simulator.names import EXPIRE, policy
from tests.engine.simulator.samples import Samples

BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
PUBLIC_ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
IMAGE = "docker-build:index:Image"


def documents(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"policy": json.dumps({"rules": rules})}


REFUSALS: dict[str, tuple[str, dict[str, Any], str]] = {
    "bucket in capitals": (a.BUCKET, {"bucket": "Blog"}, "InvalidBucketName"),
    "bucket like an address": (a.BUCKET, {"bucket": "10.0.0.1"}, "InvalidBucketName"),
    "policy of another bucket": (
        BUCKET_POLICY,
        {
            "policy": policy(
                Principal={"Service": "logs.amazonaws.com"},
                Action="s3:PutObject",
                Resource="arn:aws:s3:::other/*",
            )
        },
        "MalformedPolicy: Policy has invalid resource",
    ),
    "repository in capitals": (a.REPOSITORY, {"name": "Blog"}, "InvalidParameterException"),
    "rules of one priority": (LIFECYCLE, documents(EXPIRE, EXPIRE), "InvalidParameterException"),
    "rule in other words": (
        LIFECYCLE,
        documents({**EXPIRE, "action": {"type": "remove"}}),
        "InvalidParameterException.*action.type must be one of",
    ),
    "no value": (a.VERSION, {"secretString": None}, "InvalidRequestException: You must provide"),
    "value of 64 KiB and more": (a.VERSION, {"secretString": "x" * 65_537}, "ValidationException"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_aws_refuses(samples: Samples, case: str) -> None:
    token, arguments, words = REFUSALS[case]
    with pytest.raises(RefusedError, match=words):
        samples.make(token, **arguments)


def public(samples: Samples) -> str:
    arn = f"arn:aws:s3:::{samples.id(a.BUCKET)}/*"
    return policy(Principal="*", Action="s3:GetObject", Resource=arn)


def test_a_bucket_is_not_for_everybody_unless_that_is_allowed(samples: Samples) -> None:
    with pytest.raises(RefusedError, match=r"AccessDenied.*BlockPublicPolicy"):
        samples.make(BUCKET_POLICY, policy=public(samples))
    samples.make(PUBLIC_ACCESS, blockPublicPolicy=False)
    samples.make(BUCKET_POLICY, policy=public(samples))


def test_a_bucket_with_objects_stays_unless_it_may_go(samples: Samples) -> None:
    def filled(**arguments: Any) -> Made:
        bucket = samples.make(a.BUCKET, **arguments)
        samples.aws.world.update(a.BUCKET, bucket.id, _objects=["index.html"])
        return bucket

    with pytest.raises(RefusedError, match="BucketNotEmpty"):
        samples.aws.delete(filled())
    samples.aws.delete(filled(forceDestroy=True))


def test_all_policies_of_a_role_have_one_limit(samples: Samples) -> None:
    arns = [f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{n:0100}" for n in range(45)]
    text = policy(Action="secretsmanager:GetSecretValue", Resource=arns)
    samples.make(a.ROLE_POLICY, policy=text)
    with pytest.raises(RefusedError, match="LimitExceeded: Maximum policy size of 10240 bytes"):
        samples.make(a.ROLE_POLICY, policy=text)


def test_a_deleted_secrets_name_is_taken_until_its_window_is_over(samples: Samples) -> None:
    secret = samples.make(a.SECRET, name="blog", recoveryWindowInDays=7)
    samples.aws.delete(secret)
    (gone,) = samples.aws.world.resources(a.SECRET, gone=True)
    assert gone.key == secret.id
    with pytest.raises(RefusedError, match=r"InvalidRequestException.*scheduled for deletion"):
        samples.make(a.SECRET, name="blog")


def test_without_a_window_the_name_is_free_at_once(samples: Samples) -> None:
    samples.aws.delete(samples.make(a.SECRET, name="blog", recoveryWindowInDays=0))
    samples.make(a.SECRET, name="blog")


def test_the_window_is_one_that_aws_allows(samples: Samples) -> None:
    with pytest.raises(InvalidError, match="0 or in the range"):
        samples.make(a.SECRET, recoveryWindowInDays=3)


def test_a_new_value_becomes_the_current_one(samples: Samples) -> None:
    first, second = samples.make(a.VERSION), samples.make(a.VERSION)
    stages = {each.key: each.props["versionStages"] for each in _versions(samples.aws.world)}
    assert stages == {first.id: ["AWSPREVIOUS"], second.id: ["AWSCURRENT"]}


def _versions(world: World) -> list[Any]:
    return world.resources(a.VERSION)


def test_a_protected_log_group_stays(samples: Samples) -> None:
    group = samples.make(a.LOG_GROUP, deletionProtectionEnabled=True)
    with pytest.raises(RefusedError, match="deletion protection"):
        samples.aws.delete(group)


def test_skip_destroy_keeps_a_log_group(samples: Samples) -> None:
    group = samples.make(a.LOG_GROUP, skipDestroy=True)
    samples.aws.delete(group)
    assert samples.aws.read(group) is not None


def test_a_repository_with_images_stays_unless_it_may_go(samples: Samples, tmp_path: Path) -> None:
    docker = Caller(samples.aws.world, "docker-build")
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    context = {"location": str(tmp_path)}
    for forced in (False, True):
        repository = samples.make(a.REPOSITORY, forceDelete=forced)
        tag = f"{repository['repositoryUrl']}:1"
        image = docker.create(IMAGE, "app", push=True, tags=[tag], context=context)
        assert image["ref"] == f"{tag}@{image['digest']}"
        if not forced:
            with pytest.raises(RefusedError, match="RepositoryNotEmptyException"):
                samples.aws.delete(repository)
        else:
            samples.aws.delete(repository)


def test_a_changed_file_is_another_image(world: World, tmp_path: Path) -> None:
    docker = Caller(world, "docker-build")
    folder = tmp_path / "container"
    folder.mkdir()
    source = folder / "Dockerfile"
    source.write_text("FROM scratch\n")
    arguments = {
        "push": True,
        "tags": ["example.com/app:1"],
        "context": {"location": str(folder)},
    }
    image = docker.create(IMAGE, "app", **arguments)
    assert list(docker.diff(image, contextHash=None).diffs) == []
    source.write_text("FROM scratch\nUSER 33\n")
    assert list(docker.diff(image, contextHash=None).diffs) == ["contextHash"]
    updated = docker.update(image, contextHash=None)
    assert updated["digest"] != image["digest"]


def test_passwords_have_what_is_asked_for(world: World) -> None:
    aws = Caller(world, "random")
    token = "random:index/randomPassword:RandomPassword"  # noqa: S105 - a type
    with pytest.raises(InvalidError, match="must be at least 8"):
        aws.create(token, "short", length=4, minUpper=4, minNumeric=4)
    with pytest.raises(InvalidError, match="at least one of"):
        aws.create(token, "none", length=4, upper=False, lower=False, numeric=False, special=False)
    plain = aws.create(token, "plain", length=64, special=False)["result"]
    assert len(plain) == 64
    assert plain.isalnum()
    own = aws.create(token, "own", length=64, overrideSpecial="#", minSpecial=9)["result"]
    assert own.count("#") >= 9
