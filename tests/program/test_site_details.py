"""What is in the resources of a site that a plain one doesn't have, and in the plain one's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.task import CODE, EXEC_SCRATCH, SCRATCH
from tests.program.fleets import IMAGE, OTHER_IMAGE, PLAIN, Programs, site
from tests.program.recording import Recording, short_type


@pytest.fixture(scope="module")
def plain(programs: Programs) -> Recording:
    return programs.run(PLAIN)


def test_the_service_is_spread_guarded_and_reachable_by_exec(plain: Recording) -> None:
    service = plain.named("ecs:Service", "blog").inputs
    expected = {
        "name": "blog",
        "desiredCount": 2,
        "forceNewDeployment": True,
        "deploymentMinimumHealthyPercent": 100,
        "deploymentMaximumPercent": 200,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "availabilityZoneRebalancing": "ENABLED",
        "enableExecuteCommand": True,
        "propagateTags": "SERVICE",
        "capacityProviderStrategies": [
            {"capacityProvider": "FARGATE", "base": 1, "weight": 1},
            {"capacityProvider": "FARGATE_SPOT", "weight": 3},
        ],
    }
    assert {key: service[key] for key in expected} == expected


def test_the_service_waits_for_the_rules_that_attach_its_target_group(varied: Recording) -> None:
    for service in varied.of_type("ecs:Service"):
        rules = {
            rule.urn
            for rule in varied.site(service.name)
            if short_type(rule.type) == "lb:ListenerRule"
        }
        assert rules
        assert rules <= service.depends_on


def test_the_volume_is_the_access_point_over_tls_with_iam(plain: Recording) -> None:
    access_point = plain.named("efs:AccessPoint", "blog")
    content, *scratch = plain.named("ecs:TaskDefinition", "blog").inputs["volumes"]
    assert content == {
        "name": "content",
        "efsVolumeConfiguration": {
            "fileSystemId": access_point.inputs["fileSystemId"],
            "transitEncryption": "ENABLED",
            "authorizationConfig": {"accessPointId": access_point.id, "iam": "ENABLED"},
        },
    }
    assert scratch == [{"name": volume} for volume in (*SCRATCH, *CODE, *EXEC_SCRATCH)]


def test_files_belong_to_the_sites_own_user(varied: Recording) -> None:
    users = []
    for access_point in varied.of_type("efs:AccessPoint"):
        user = access_point.inputs["posixUser"]
        created = access_point.inputs["rootDirectory"]["creationInfo"]
        assert created == {
            "ownerUid": user["uid"],
            "ownerGid": user["gid"],
            "permissions": "0750",
        }
        users.append(user["uid"])
    assert len(set(users)) == len(users)


def test_the_database_is_encrypted_kept_and_without_a_password_of_ours(plain: Recording) -> None:
    cluster = plain.named("rds:Cluster", "blog-database").inputs
    expected = {
        "engine": "aurora-mysql",
        "storageEncrypted": True,
        "manageMasterUserPassword": True,
        "iamDatabaseAuthenticationEnabled": True,
        "deletionProtection": True,
        "skipFinalSnapshot": False,
        "copyTagsToSnapshot": True,
        "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 4},
        "enabledCloudwatchLogsExports": ["error", "slowquery"],
    }
    assert {key: cluster[key] for key in expected} == expected
    assert "masterPassword" not in cluster


def test_the_groups_of_a_databases_logs_are_there_before_it(plain: Recording) -> None:
    cluster = plain.named("rds:Cluster", "blog-database")
    for kind in cluster.inputs["enabledCloudwatchLogsExports"]:
        group = plain.named("cloudwatch:LogGroup", f"blog-database-{kind}")
        identifier = cluster.inputs["clusterIdentifier"]
        assert group.inputs["name"] == f"/aws/rds/cluster/{identifier}/{kind}"
        assert group.inputs["retentionInDays"] == 30
        assert group.urn in cluster.depends_on


def test_slow_queries_are_logged(plain: Recording) -> None:
    (group,) = plain.of_type("rds:ClusterParameterGroup")
    parameters = {each["name"]: each["value"] for each in group.inputs["parameters"]}
    assert (parameters["slow_query_log"], parameters["long_query_time"]) == ("1", "2")
    # Triggers and functions of a site go on where somebody turns the binary log on.
    assert parameters["log_bin_trust_function_creators"] == "1"


def test_a_database_stays_on_its_line_and_away_from_the_internet(plain: Recording) -> None:
    (instance,) = plain.of_type("rds:ClusterInstance")
    assert not instance.inputs["autoMinorVersionUpgrade"]
    assert not instance.inputs["publiclyAccessible"]
    assert "copyTagsToSnapshot" not in instance.inputs  # Aurora's is the cluster's


def test_every_rule_of_a_security_group_says_what_it_is_for(varied: Recording) -> None:
    for group in varied.of_type("ec2:SecurityGroup"):
        for rule in (*group.inputs["ingress"], *group.inputs.get("egress", [])):
            assert rule["description"], group.name


def test_the_fleets_own_image_runs_as_its_user_and_another_as_it_likes(
    programs: Programs,
) -> None:
    def users(run: Recording) -> set[Any]:
        text = run.named("ecs:TaskDefinition", "blog").inputs["containerDefinitions"]
        return {container.get("user") for container in json.loads(text)}

    blog = {"blog": site("blog")}
    assert users(programs.run(blog, {"image": ""})) == {"33:33"}
    assert users(programs.run(blog)) == {None}
    assert users(programs.run({"blog": site("blog", user="1000")})) == {"1000"}
    # The fleet's image, which makes the schema, is another one.
    own = {"blog": site("blog", user="1000", image=OTHER_IMAGE)}
    assert users(programs.run(own)) == {"1000", None}
    assert users(programs.run(own, {"image": ""})) == {"1000", "33:33"}


def test_a_final_snapshot_is_named_after_a_group_that_comes_and_goes(plain: Recording) -> None:
    group = plain.named("ec2:SecurityGroup", "blog-database").id.removeprefix("sg-")
    cluster = plain.named("rds:Cluster", "blog-database")
    assert cluster.inputs["finalSnapshotIdentifier"] == f"blog-database-final-{group}"


def test_readers_wait_for_the_writer(varied: Recording) -> None:
    writer, *readers = [
        instance
        for instance in varied.of_type("rds:ClusterInstance")
        if instance.name.startswith("shop-database")
    ]
    assert [reader.name for reader in readers] == ["shop-database-2", "shop-database-3"]
    assert all(writer.urn in reader.depends_on for reader in readers)
    assert [each.inputs["promotionTier"] for each in (writer, *readers)] == [0, 1, 2]


def test_more_than_five_domains_are_several_rules(varied: Recording) -> None:
    rules = {
        rule.name: rule.inputs["conditions"][0]["hostHeader"]["values"]
        for rule in varied.site("shop").of_type("lb:ListenerRule")
    }
    exact = [f"{n}.shop.example.com" for n in range(12)]
    assert rules == {
        "shop-hosts-1": exact[:5],
        "shop-hosts-2": exact[5:10],
        "shop-hosts-3": exact[10:],
        "shop-wildcards-3-1": ["*.shop.eu"],
        "shop-wildcards-4-1": ["*.shop.example.com"],
    }


def test_exact_hosts_win_over_wildcards_and_longer_wildcards_over_shorter(
    varied: Recording,
) -> None:
    priority = {rule.name: rule.inputs["priority"] for rule in varied.of_type("lb:ListenerRule")}
    exact = [number for name, number in priority.items() if "-hosts-" in name]
    assert max(exact) < priority["shop-wildcards-4-1"] < priority["shop-wildcards-3-1"]
    assert len(set(priority.values())) == len(priority)


def test_a_request_policy_watches_this_sites_target_group(varied: Recording) -> None:
    policy = varied.named("appautoscaling:Policy", "shop-requests").inputs
    tracking = policy["targetTrackingScalingPolicyConfiguration"]
    balancer = varied.named("lb:LoadBalancer", "base-alb").state["arnSuffix"]
    group = varied.named("lb:TargetGroup", "shop").state["arnSuffix"]
    assert tracking["targetValue"] == 600
    assert tracking["predefinedMetricSpecification"] == {
        "predefinedMetricType": "ALBRequestCountPerTarget",
        "resourceLabel": f"{balancer}/{group}",
    }


def test_a_schedule_moves_the_bounds_of_this_sites_service(varied: Recording) -> None:
    schedule = varied.named("appautoscaling:ScheduledAction", "shop--sale").inputs
    assert schedule["resourceId"] == "service/wordpress-test/shop"
    assert schedule["schedule"] == "cron(0 8 1 * ? *)"
    assert schedule["timezone"] == "UTC"
    assert schedule["scalableTargetAction"] == {"minCapacity": 8, "maxCapacity": 40}


# A fixed number of tasks is the program's to set; once autoscaling sets it, it is ignored.
@pytest.mark.parametrize(
    ("scaling", "ignored"),
    [
        ({"min": 2, "max": 2}, set()),
        ({"min": 2, "max": 3}, {"desiredCount"}),
        (
            {"min": 2, "max": 2, "schedules": {"day": {"cron": "0 8 * * ? *", "min": 4, "max": 4}}},
            {"desiredCount"},
        ),
    ],
    ids=["fixed", "a range", "fixed but for a schedule"],
)
def test_only_what_can_change_is_autoscaled(
    programs: Programs, scaling: dict[str, Any], ignored: set[str]
) -> None:
    run = programs.run({"blog": site("blog", scaling=scaling)})
    assert run.named("ecs:Service", "blog").ignore_changes == ignored
    assert bool(run.of_type("appautoscaling:Target")) == bool(ignored)


def test_two_sites_may_have_schedules_whose_names_run_together(programs: Programs) -> None:
    def scheduled(name: str, schedule: str) -> dict[str, Any]:
        bounds = {"cron": "0 22 * * ? *", "min": 1, "max": 1}
        return site(name, scaling={"schedules": {schedule: bounds}})

    run = programs.run({"a": scheduled("a", "b-night"), "a-b": scheduled("a-b", "night")})
    assert len(run.of_type("appautoscaling:ScheduledAction")) == 2


def test_a_policy_lets_ecs_pull_from_the_images_repository_only(programs: Programs) -> None:
    def pulls(run: Recording) -> dict[str, list[str]]:
        policy = json.loads(run.named("iam:RolePolicy", "blog-execution").inputs["policy"])
        return {
            action: statement["Resource"]
            for statement in policy["Statement"]
            for action in statement["Action"]
            if action.startswith("ecr:")
        }

    assert IMAGE.startswith("123456789012.dkr.ecr.us-east-1.")
    repository = "arn:aws:ecr:us-east-1:123456789012:repository/wordpress"
    assert pulls(programs.run(PLAIN)) == {
        "ecr:GetAuthorizationToken": ["*"],
        "ecr:BatchCheckLayerAvailability": [repository],
        "ecr:BatchGetImage": [repository],
        "ecr:GetDownloadUrlForLayer": [repository],
    }
    # The fleet's image, which makes the schema, is pulled whatever the site's is.
    other = programs.run({"blog": site("blog", image=OTHER_IMAGE)})
    assert pulls(other)["ecr:BatchGetImage"] == [repository]
    assert pulls(programs.run(PLAIN, {"image": OTHER_IMAGE})) == {}


def test_the_outputs_are_those_that_the_documentation_promises(varied: Recording) -> None:
    assert varied.exports.keys() == {
        *("sites", "load_balancer", "cluster", "file_system", "archive"),
    }
    shop = varied.exports["sites"]["shop"]
    assert shop == {
        "url": "https://0.shop.example.com",
        "domains": varied.exports["sites"]["shop"]["domains"],
        "state": "live",
        "protected": True,
        "service": "shop",
        "log_group": "/wordpress/test/shop",
        "tasks": {"min": 4, "max": 20},
        "spot_share": pytest.approx(19 * 0.75 / 20),
        "target_group_arn": varied.named("lb:TargetGroup", "shop").state["arn"],
        "database": {"placement": "dedicated", "min_acu": 2, "max_acu": 16},
        "database_endpoint": varied.named("rds:Cluster", "shop-database").state["endpoint"],
        "secret_arn": varied.named("secretsmanager:Secret", "shop").state["arn"],
    }
    assert len(shop["domains"]) == 14
    assert varied.exports["sites"]["docs"]["database"] == {"placement": "shared"}
    assert "service" not in varied.exports["sites"]["archive"]
