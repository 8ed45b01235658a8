"""What each setting of an environment changes in the program."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fleet.names import archive_bucket_name
from fleet.settings.model import Settings
from simulator.outputs import ACCOUNT
from tests.program.difference import NOTHING, difference
from tests.program.fleets import (
    CERTIFICATE,
    KEY,
    OTHER_IMAGE,
    PLAIN,
    Programs,
    site,
)
from tests.program.monitor import REGION
from tests.program.recording import Recording


def run(programs: Programs, **settings: Any) -> Recording:
    return programs.run(PLAIN, settings)


def ingress(recording: Recording, group: str) -> list[tuple[int, int]]:
    rules = recording.named("ec2:SecurityGroup", group).inputs["ingress"]
    return [(rule["fromPort"], rule["toPort"]) for rule in rules]


def actions(recording: Recording) -> dict[str, Any]:
    return {
        listener.name: listener.inputs["defaultActions"][0]
        for listener in recording.of_type("lb:Listener")
    }


def test_with_a_certificate_http_redirects_and_an_unknown_host_is_not_found(
    programs: Programs,
) -> None:
    recording = run(programs)
    https = recording.named("lb:Listener", "base-alb-https")
    found = actions(recording)
    assert https.inputs["certificateArn"] == CERTIFICATE
    assert https.inputs["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2")
    assert found["base-alb-http"]["redirect"]["statusCode"] == "HTTP_301"
    assert found["base-alb-https"]["fixedResponse"]["statusCode"] == "404"
    assert ingress(recording, "base-alb") == [(80, 80), (443, 443)]
    rule = recording.named("lb:ListenerRule", "blog-hosts-1")
    assert rule.inputs["listenerArn"] == https.state["arn"]


def test_without_one_sites_are_served_over_http_where_that_is_allowed(programs: Programs) -> None:
    recording = run(programs, certificateArn="", allowHttp=True)
    found = actions(recording)
    assert found.keys() == {"base-alb-http"}
    assert found["base-alb-http"]["fixedResponse"]["statusCode"] == "404"
    assert ingress(recording, "base-alb") == [(80, 80)]
    assert recording.exports["sites"]["blog"]["url"] == "http://blog.example.com"


def test_allow_http_changes_nothing_beside_a_certificate(programs: Programs) -> None:
    assert difference(run(programs), run(programs, allowHttp=True)) == NOTHING


@pytest.mark.parametrize(
    ("architecture", "platform"), [("arm64", "linux/arm64"), ("x86_64", "linux/amd64")]
)
def test_image_and_tasks_have_the_same_architecture(
    programs: Programs, architecture: str, platform: str
) -> None:
    recording = run(programs, image="", architecture=architecture)
    (image,) = recording.of_type("index:Image")
    task = recording.named("ecs:TaskDefinition", "blog").inputs
    assert image.inputs["platforms"] == [platform]
    assert task["runtimePlatform"]["cpuArchitecture"] == architecture.upper()


def test_an_image_is_built_into_a_repository_only_if_none_is_named(programs: Programs) -> None:
    assert run(programs).of_type("ecr:Repository") == []
    assert run(programs, image=OTHER_IMAGE).of_type("ecr:Repository") == []
    recording = run(programs, image="")
    (repository,) = [
        each for each in recording.of_type("ecr:Repository") if each.type.startswith("aws:")
    ]
    (built,) = recording.of_type("index:Image")
    uri = f"{repository.state['repositoryUrl']}@{built.state['digest']}"
    assert uri in recording.named("ecs:TaskDefinition", "blog").inputs["containerDefinitions"]
    assert repository.inputs["imageScanningConfiguration"] == {"scanOnPush": True}
    # By awsx's default all but one of the images that services may still run would expire.
    (lifecycle,) = recording.of_type("ecr:LifecyclePolicy")
    (rule,) = json.loads(lifecycle.inputs["policy"])["rules"]
    assert (rule["selection"]["tagStatus"], rule["selection"]["countNumber"]) == ("untagged", 50)
    # awsx would name the image after the folder that this checkout lies in.
    assert built.name == "fleet"


def test_a_shared_database_stands_only_where_it_is_asked_for(programs: Programs) -> None:
    shared = {"minAcu": 1, "maxAcu": 8, "readers": 1}
    found = difference(run(programs), run(programs, sharedDatabase=shared))
    assert (found.removed, found.changed) == (set(), {})
    assert found.added == {
        "cloudwatch:LogGroup base-database-shared-error",
        "cloudwatch:LogGroup base-database-shared-slowquery",
        "ec2:SecurityGroup base-database-shared",
        "rds:Cluster base-database-shared",
        "rds:ClusterInstance base-database-shared-1",
        "rds:ClusterInstance base-database-shared-2",
    }


@pytest.mark.parametrize("protect", [True, False])
def test_protect_data_guards_what_all_sites_stand_on(programs: Programs, protect: bool) -> None:
    shared = {"minAcu": 0.5, "maxAcu": 4}
    base = run(programs, sharedDatabase=shared, image="", protectData=protect).base()
    assert base.named("efs:FileSystem", "base-files").protect == protect
    assert base.named("rds:Cluster", "base-database-shared").protect == protect
    assert base.named("lb:LoadBalancer", "base-alb").inputs["enableDeletionProtection"] == protect
    for name in ("base-access-logs", "base-archive"):
        assert base.named("s3:Bucket", name).inputs["forceDestroy"] == (not protect)
    assert base.named("s3:Bucket", "base-archive").protect == protect


def test_how_long_archives_are_kept_is_told_to_those_who_make_them(programs: Programs) -> None:
    """By age alone no object may go, since archives share them."""
    assert difference(run(programs), run(programs, archiveDays=7)) == NOTHING
    rules = run(programs).named("s3:BucketLifecycleConfiguration", "base-archive").inputs["rules"]
    assert "expiration" not in rules[0]


def test_a_verb_knows_the_bucket_of_archives_by_its_name(programs: Programs) -> None:
    found = programs.run(PLAIN, stack="qa").exports["archive"]["bucket"]
    assert found == archive_bucket_name("qa", None, ACCOUNT, REGION)
    longest = archive_bucket_name("e" * 16, "c" * 16, ACCOUNT, "ap-northeast-1")
    assert len(longest) <= 63
    others = [("qa", "east", ACCOUNT, REGION), ("qa", None, "210987654321", REGION)]
    assert len({found, *(archive_bucket_name(*each) for each in others)}) == 3


def test_logs_are_kept_as_long_as_the_settings_say(programs: Programs) -> None:
    assert difference(run(programs), run(programs, logRetentionDays=7)).changed == {
        "cloudwatch:LogGroup blog retentionInDays": 7,
        "cloudwatch:LogGroup blog-database-error retentionInDays": 7,
        "cloudwatch:LogGroup blog-database-slowquery retentionInDays": 7,
        "s3:BucketLifecycleConfiguration base-access-logs rules.0.expiration.days": 7,
    }


def test_the_load_balancer_waits_as_long_as_the_settings_say(programs: Programs) -> None:
    found = difference(run(programs), run(programs, idleTimeoutSeconds=600))
    assert found.changed == {"lb:LoadBalancer base-alb idleTimeout": 600}


def test_databases_are_maintained_when_the_settings_say(programs: Programs) -> None:
    window = "sun:02:00-sun:03:00"
    shared = {"sharedDatabase": {"minAcu": 0.5, "maxAcu": 4}}
    found = difference(run(programs, **shared), run(programs, maintenanceWindow=window, **shared))
    assert found.changed == {
        f"rds:{kind} {name} preferredMaintenanceWindow": window
        for name in ("blog-database", "base-database-shared")
        for kind, name in (("Cluster", name), ("ClusterInstance", f"{name}-1"))
    }


def test_a_key_of_ones_own_encrypts_all_that_can_have_one(programs: Programs) -> None:
    shared = {"image": "", "sharedDatabase": {"minAcu": 0.5, "maxAcu": 4}}
    recording = run(programs, kmsKeyArn=KEY, **shared)
    encrypted = ("cloudwatch:LogGroup", "rds:Cluster", "efs:FileSystem", "secretsmanager:Secret")
    for each in (each for type_ in encrypted for each in recording.of_type(type_)):
        assert each.inputs["kmsKeyId"] == KEY, each.urn
    for cluster in recording.of_type("rds:Cluster"):
        assert cluster.inputs["masterUserSecretKmsKeyId"] == KEY
    (encryption,) = recording.of_type("s3:BucketServerSideEncryptionConfiguration")
    (rule,) = encryption.inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == KEY
    task = json.loads(recording.named("iam:RolePolicy", "blog-task").inputs["policy"])
    (use,) = [each for each in task["Statement"] if "kms:GenerateDataKey" in each["Action"]]
    assert use["Resource"] == [KEY]
    (repository,) = [r for r in recording.of_type("ecr:Repository") if not r.is_component]
    assert repository.inputs["encryptionConfigurations"] == [
        {"encryptionType": "KMS", "kmsKey": KEY}
    ]
    secret = recording.exports["sites"]["blog"]["secret_arn"]
    policy = json.loads(recording.named("iam:RolePolicy", "blog-execution").inputs["policy"])
    (statement,) = [each for each in policy["Statement"] if each["Action"] == ["kms:Decrypt"]]
    assert statement["Resource"] == [KEY]
    context = statement["Condition"]["StringEquals"]["kms:EncryptionContext:SecretARN"]
    assert secret in context


def test_a_domain_suffix_takes_the_place_of_the_sites_own_domains(programs: Programs) -> None:
    recording = run(programs, domainSuffix="dev.example.com")
    assert recording.exports["sites"]["blog"]["domains"] == ["blog.dev.example.com"]


def test_the_first_administrators_address_is_the_environments(programs: Programs) -> None:
    found = difference(run(programs), run(programs, adminEmail="ops@example.com"))
    assert list(found.changed.values()) == ["ops@example.com"]


def test_names_that_people_type_tell_stacks_apart(programs: Programs) -> None:
    fleet = {"blog": site("blog"), "shop": site("shop", cell="east")}
    recording = programs.run(
        fleet, {"environment": "staging", "cell": "east"}, stack="staging-east"
    )
    assert list(recording.exports["sites"]) == ["shop"]
    assert recording.exports["cluster"]["name"] == "wordpress-staging-east"
    assert recording.exports["sites"]["shop"]["log_group"] == "/wordpress/staging-east/shop"
    task = recording.named("ecs:TaskDefinition", "shop").inputs
    assert task["family"] == "staging-east-shop"


def test_the_environment_is_the_stacks_name_unless_it_is_set(programs: Programs) -> None:
    assert programs.run(PLAIN, stack="qa").exports["cluster"]["name"] == "wordpress-qa"
    assert run(programs, environment="qa").exports["cluster"]["name"] == "wordpress-qa"


def test_a_stack_without_a_cell_takes_the_sites_without_one(programs: Programs) -> None:
    fleet = {"blog": site("blog"), "shop": site("shop", cell="east")}
    assert list(programs.run(fleet).exports["sites"]) == ["blog"]


def test_no_setting_is_left_out_here() -> None:
    seen_above = {
        *("sites_file", "environment", "domain_suffix", "admin_email", "image", "architecture"),
        *("cell", "network", "certificate_arn", "allow_http", "protect_data"),
        *("log_retention_days", "shared_database", "idle_timeout_seconds", "maintenance_window"),
        *("kms_key_arn", "archive_days"),
    }
    # test_alarms, test_edge, test_mail, test_contract, test_dns, test_vault
    assert set(Settings.model_fields) - seen_above == {
        "alarms",
        "edge",
        "edge_policies",
        "mail",
        "tags",
        "vault",
        "waf",
        "zones",
    }
