"""The provider's side of the engine's protocol."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator import World, protocol
from simulator.services.ec2.zones import zone_id
from simulator.values import UNKNOWN
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import Caller, Context, Made, RefusedError, pb, struct
from tests.engine.simulator.samples import Samples

PASSWORD = "random:index/randomPassword:RandomPassword"  # noqa: S105 - a type


def marked(struct_value: Any, name: str) -> bool:
    """Whether a property travels as a secret."""
    fields = struct_value.fields[name].struct_value.fields
    return fields[protocol.SIGNATURE].string_value == protocol.SECRET


def test_values_survive_the_way_there_and_back() -> None:
    value = {"a": 1, "b": 1.5, "c": True, "d": "x", "e": [1, [{}]], "f": {"g": []}, "h": UNKNOWN}
    assert protocol.decode(struct(value)) == value


def test_what_is_secret_travels_as_a_secret(world: World, samples: Samples) -> None:
    made = Made(PASSWORD, "pw", "", {}, {})
    request = pb.CreateRequest(urn=made.urn, properties=struct({"length": 20}))
    answer = Caller(world, "random").provider.Create(request, Context())
    assert marked(answer.properties, "result")
    assert marked(answer.properties, "bcryptHash")
    assert not marked(answer.properties, "length")
    version = Made(a.VERSION, "value", "", {}, {})
    inputs = {"secretId": samples.id(a.SECRET), "secretString": "hush"}
    request = pb.CreateRequest(urn=version.urn, properties=struct(inputs))
    answer = samples.aws.provider.Create(request, Context())
    assert marked(answer.properties, "secretString")


def test_a_secret_input_is_unwrapped(samples: Samples) -> None:
    secret = {protocol.SIGNATURE: protocol.SECRET, "value": "hush"}
    made = samples.make(a.VERSION, secretString=secret)
    found = samples.aws.world.get(a.VERSION, made.id)
    assert found is not None
    assert found.props["secretString"] == "hush"


def test_the_region_comes_from_the_settings_or_the_environment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(variable, raising=False)
    aws = Caller(world)
    with pytest.raises(RefusedError, match="missing region information"):
        aws.provider.Configure(pb.ConfigureRequest(), Context())
    variables = {"aws:config:region": "eu-west-1"}
    aws.provider.Configure(pb.ConfigureRequest(variables=variables), Context())
    made = aws.create(a.LOG_GROUP, "blog")
    assert made["region"] == "eu-west-1"
    assert made["arn"].startswith("arn:aws:logs:eu-west-1:123456789012:")
    monkeypatch.setenv("AWS_REGION", "ap-northeast-1")
    aws.provider.Configure(pb.ConfigureRequest(), Context())
    assert aws.create(a.LOG_GROUP, "shop")["region"] == "ap-northeast-1"
    assert aws.create(a.LOG_GROUP, "docs", region="us-west-2")["region"] == "us-west-2"


def test_default_tags_of_the_provider_show_in_tags_all(world: World) -> None:
    aws = Caller(world)
    settings = {
        "region": "us-east-1",
        "defaultTags": json.dumps({"tags": {"Project": "fleet", "Site": "none"}}),
    }
    aws.provider.Configure(pb.ConfigureRequest(args=struct(settings)), Context())
    made = aws.create(a.LOG_GROUP, "blog", tags={"Site": "blog"})
    assert made["tags"] == {"Site": "blog"}
    assert made["tagsAll"] == {"Project": "fleet", "Site": "blog"}


def test_another_region_replaces_the_provider(aws: Caller) -> None:
    def diff(old: str, new: str) -> Any:
        request = pb.DiffRequest(old_inputs=struct({"region": old}), news=struct({"region": new}))
        return aws.provider.DiffConfig(request, Context())

    assert list(diff("us-east-1", "eu-west-1").replaces) == ["region"]
    assert diff("us-east-1", "us-east-1").changes == pb.DiffResponse.DIFF_NONE


def test_what_the_real_plugin_says_of_itself(aws: Caller) -> None:
    hello = aws.provider.Handshake(pb.ProviderHandshakeRequest(), Context())
    assert hello.supports_autonaming_configuration
    assert aws.configured.supportsPreview
    assert aws.provider.GetPluginInfo(None, Context()).version == "0.0.0"
    assert json.loads(aws.provider.GetSchema(None, Context()).schema) == {"name": "aws"}
    assert aws.provider.CheckConfig(pb.CheckRequest(), Context()).failures == []
    aws.provider.Cancel(None, Context())


def test_functions(samples: Samples) -> None:
    aws = samples.aws
    assert aws.invoke("aws:index/getAvailabilityZones:getAvailabilityZones")["names"][:2] == [
        "us-east-1a",
        "us-east-1b",
    ]
    assert (
        aws.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == "123456789012"
    )
    assert aws.invoke("aws:index/getRegion:getRegion")["region"] == "us-east-1"
    assert aws.invoke("aws:index/getPartition:getPartition")["dnsSuffix"] == "amazonaws.com"
    subnet = samples.make(a.SUBNET)
    found = aws.invoke("aws:ec2/getSubnet:getSubnet", id=subnet.id)
    assert found["cidrBlock"] == subnet["cidrBlock"]
    vpc = aws.invoke("aws:ec2/getVpc:getVpc", id=samples.id(a.VPC))
    assert vpc["cidrBlock"] == "10.0.0.0/16"
    for function, code in (("Subnet", "InvalidSubnetID"), ("Vpc", "InvalidVpcID")):
        with pytest.raises(RefusedError, match=f"{code}.NotFound"):
            aws.invoke(f"aws:ec2/get{function}:get{function}", id="nothing")
    login = aws.invoke("aws:ecr/getAuthorizationToken:getAuthorizationToken")
    assert login["userName"] == "AWS"


def test_ids_of_zones() -> None:
    assert zone_id("us-east-1a") == "use1-az1"
    assert zone_id("ap-northeast-1c") == "apne1-az3"
    assert zone_id("eu-central-1b") == "euc1-az2"


def test_an_update_of_what_is_gone_fails(samples: Samples) -> None:
    group = samples.make(a.LOG_GROUP)
    samples.aws.delete(group)
    with pytest.raises(RefusedError, match="ResourceNotFoundException"):
        samples.aws.update(group, retentionInDays=7)


def test_an_argument_taken_out_goes_back_to_its_default(samples: Samples) -> None:
    group = samples.make(a.TARGET_GROUP, deregistrationDelay=30)
    assert samples.aws.update(group, deregistrationDelay=None)["deregistrationDelay"] == 300
    logs = samples.make(a.LOG_GROUP, kmsKeyId="arn:aws:kms:us-east-1:123456789012:key/x")
    assert "kmsKeyId" not in samples.aws.update(logs, kmsKeyId=None).outputs


def test_a_preview_of_an_update_keeps_what_is_known(samples: Samples) -> None:
    role = samples.one(a.ROLE)
    request = pb.UpdateRequest(
        id=role.id,
        urn=role.urn,
        olds=struct(role.outputs),
        old_inputs=struct(role.inputs),
        news=struct({**role.inputs, "description": "the blog's"}),
        preview=True,
    )
    shown = protocol.decode(samples.aws.provider.Update(request, Context()).properties)
    assert shown["arn"] == role["arn"]
    assert shown["description"] == "the blog's"
    found = samples.aws.world.get(a.ROLE, role.id)
    assert found is not None
    assert "description" not in found.props


def test_the_world_is_a_file_of_its_own(world: World, tmp_path: Path) -> None:
    Caller(world).create(a.LOG_GROUP, "blog")
    assert world.path.exists()
    assert World(tmp_path / "other.sqlite").resources() == []
