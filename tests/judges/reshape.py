"""What CloudFormation says in another shape than the provider, where a new name isn't enough."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.program.monitor import Recorded

Said = dict[str, Any]


def security_group(resource: Recorded, said: Said) -> Said:
    """A rule for each source or destination; the group itself by its id."""
    for key, peer in (("Ingress", "Source"), ("Egress", "Destination")):
        rules = [
            each
            for rule in said.pop(key, [])
            for each in _rules(rule, f"{peer}SecurityGroupId", resource.id)
        ]
        if rules:
            said[f"SecurityGroup{key}"] = rules
    return said


def _rules(rule: Said, peer: str, own: str) -> Iterator[Said]:
    # All protocols have all ports; the provider says 0 to 0 then.
    ports = () if rule["Protocol"] == "-1" else ("FromPort", "ToPort")
    common = {key: rule[key] for key in ("Description", *ports) if key in rule}
    common["IpProtocol"] = rule["Protocol"]
    groups = [*rule.get("SecurityGroups", []), *([own] if rule.get("Self") else [])]
    for target, values in (
        ("CidrIp", rule.get("CidrBlocks", [])),
        ("CidrIpv6", rule.get("Ipv6CidrBlocks", [])),
        (f"{peer[: -len('SecurityGroupId')]}PrefixListId", rule.get("PrefixListIds", [])),
        (peer, groups),
    ):
        yield from ({**common, target: value} for value in values)


def capacity_providers(resource: Recorded, said: Said) -> Said:
    """CloudFormation wants a default strategy, be it empty."""
    return {"DefaultCapacityProviderStrategy": [], **said}


def service(resource: Recorded, said: Said) -> Said:
    """A switch is a word there."""
    network = said["NetworkConfiguration"]["AwsvpcConfiguration"]
    network["AssignPublicIp"] = "ENABLED" if network["AssignPublicIp"] else "DISABLED"
    return said


def access_point(resource: Recorded, said: Said) -> Said:
    """Ids of users are texts there."""
    said["PosixUser"] = _texts(said["PosixUser"])
    root = said["RootDirectory"]
    root["CreationInfo"] = _texts(root["CreationInfo"])
    return said


def _texts(values: Mapping[str, Any]) -> Said:
    return {key: str(value) for key, value in values.items()}


def listener_certificate(resource: Recorded, said: Said) -> Said:
    """A list of one."""
    return {
        "ListenerArn": said["ListenerArn"],
        "Certificates": [{"CertificateArn": said["CertificateArn"]}],
    }


def listener_rule(resource: Recorded, said: Said) -> Said:
    """Each condition names its field."""
    for condition in said["Conditions"]:
        if "HostHeaderConfig" in condition:
            condition["Field"] = "host-header"
    return said


def record(resource: Recorded, said: Said) -> Said:
    """Its lifetime is text there, and a text is in the quotes that the provider puts around it."""
    found = {key: str(value) if key == "TTL" else value for key, value in said.items()}
    if said["Type"] == "TXT":
        found["ResourceRecords"] = [f'"{text}"' for text in said["ResourceRecords"]]
    return found


def parameter_group(resource: Recorded, said: Said) -> Said:
    """Parameters are a map there."""
    said["Parameters"] = {each["Name"]: each["Value"] for each in said["Parameters"]}
    return said


def scheduled_action(resource: Recorded, said: Said) -> Said:
    """A part of its target, which names the resource and dimension once."""
    kept = {
        {"Name": "ScheduledActionName"}.get(key, key): value
        for key, value in said.items()
        if key in ("Name", "Schedule", "Timezone", "ScalableTargetAction", "StartTime", "EndTime")
    }
    return {"ScheduledActions": [kept]}


def flow_log(resource: Recorded, said: Said) -> Said:
    """What it watches is told by an id and a kind."""
    return {"ResourceType": "VPC", **said}


def schedule(resource: Recorded, said: Said) -> Said:
    """A word for whether a task has a public address, as in a service."""
    network = said["Target"]["EcsParameters"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    network["AssignPublicIp"] = "ENABLED" if network.get("AssignPublicIp") else "DISABLED"
    return said


def web_acl(resource: Recorded, said: Said) -> Said:
    """The rules are written as in the API, where an ARN has capitals."""
    return json.loads(json.dumps(said).replace('"ARN":', '"Arn":'))


def topic_policy(resource: Recorded, said: Said) -> Said:
    """A list of topics, where the provider has one."""
    return {**said, "Topics": [said["Topics"]]}


def load_balancer(resource: Recorded, said: Said) -> Said:
    """A switch is a word there."""
    return {**said, "Scheme": "internal"} if said.pop("Internal", None) else said


def distribution(resource: Recorded, said: Said) -> Said:
    """All but its tags is one property there."""
    tags = {"Tags": said.pop("Tags")} if "Tags" in said else {}
    return {"DistributionConfig": said, **tags}


def response_headers_policy(resource: Recorded, said: Said) -> Said:
    """All of it is one property there."""
    return {"ResponseHeadersPolicyConfig": said}


def vpc_origin(resource: Recorded, said: Said) -> Said:
    """Its protocols are a plain list there."""
    config = said["VpcOriginEndpointConfig"]
    config["OriginSSLProtocols"] = config["OriginSSLProtocols"]["Items"]
    return said


def log_delivery(resource: Recorded, said: Said) -> Said:
    """Where it puts files in a bucket stands beside the rest there."""
    (files,) = said.pop("S3DeliveryConfigurations")
    said.pop("Region")
    return {
        **said,
        "S3SuffixPath": files["SuffixPath"],
        "S3EnableHiveCompatiblePath": files["EnableHiveCompatiblePath"],
    }


def event_target(resource: Recorded, said: Said) -> Said:
    """A part of its rule."""
    return {"Targets": [said]}


def alarm(resource: Recorded, said: Said) -> Said:
    """A list of dimensions."""
    dimensions = [{"Name": name, "Value": value} for name, value in said["Dimensions"].items()]
    return {**said, "Dimensions": dimensions}


def backup_vault(resource: Recorded, said: Said) -> Said:
    """Tags in a map."""
    tags = _map(said.pop("Tags"))
    return {**said, "BackupVaultTags": tags}


def backup_plan(resource: Recorded, said: Said) -> Said:
    """All but its tags is one property there."""
    tags = _map(said.pop("Tags"))
    return {"BackupPlan": said, "BackupPlanTags": tags}


def backup_selection(resource: Recorded, said: Said) -> Said:
    """All but the plan is one property there."""
    return {"BackupPlanId": said.pop("PlanId"), "BackupSelection": said}


def _map(tags: list[Said]) -> Said:
    return {tag["Key"]: tag["Value"] for tag in tags}
