"""awsx:ecr:Repository and awsx:ecr:Image."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_docker_build as docker_build
from pulumi import InvokeOptions, ResourceOptions

# What awsx applies when the program gives no rules: only the newest untagged image stays.
_DEFAULT_RULES = [
    {
        "description": "remove untagged images",
        "tagStatus": "untagged",
        "maximumNumberOfImages": 1,
    }
]
_PASSED_ON = {
    "encryptionConfigurations": "encryption_configurations",
    "forceDelete": "force_delete",
    "imageScanningConfiguration": "image_scanning_configuration",
    "imageTagMutability": "image_tag_mutability",
    "imageTagMutabilityExclusionFilters": "image_tag_mutability_exclusion_filters",
    "name": "name",
    "tags": "tags",
}


class Repository(pulumi.ComponentResource):
    """A repository and its lifecycle policy."""

    def __init__(
        self, name: str, inputs: Mapping[str, Any], opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("awsx:ecr:Repository", name, {}, opts)
        lower = name.lower()
        repository = aws.ecr.Repository(
            lower,
            opts=ResourceOptions(parent=self),
            **{
                argument: inputs[given] for given, argument in _PASSED_ON.items() if given in inputs
            },
        )
        self.outputs: dict[str, Any] = {"repository": repository, "url": repository.repository_url}
        lifecycle = inputs.get("lifecyclePolicy") or {}
        if not lifecycle.get("skip"):
            # Without a parent, as in the real component.
            self.outputs["lifecyclePolicy"] = aws.ecr.LifecyclePolicy(
                lower,
                repository=repository.name,
                policy=pulumi.Output.json_dumps(lifecycle_policy(lifecycle.get("rules"))),
            )
        self.register_outputs(self.outputs)


def lifecycle_policy(rules: list[dict[str, Any]] | None) -> dict[str, Any]:
    """ECR's document for awsx's rules; the rule for any image comes last, as ECR asks."""
    ordered = sorted(rules or _DEFAULT_RULES, key=lambda rule: rule.get("tagStatus") == "any")
    return {"rules": [_rule(rule, index) for index, rule in enumerate(ordered, start=1)]}


def _rule(rule: dict[str, Any], priority: int) -> dict[str, Any]:
    selection: dict[str, Any] = {"tagStatus": rule.get("tagStatus") or "tagged"}
    if selection["tagStatus"] == "tagged":
        selection["tagPrefixList"] = rule["tagPrefixList"]
    if rule.get("maximumNumberOfImages") is not None:
        selection |= {"countType": "imageCountMoreThan"}
        selection |= {"countNumber": rule["maximumNumberOfImages"]}
    else:
        selection |= {"countType": "sinceImagePushed", "countUnit": "days"}
        selection |= {"countNumber": rule["maximumAgeLimit"]}
    described = {"description": rule["description"]} if rule.get("description") else {}
    return {
        "rulePriority": priority,
        **described,
        "selection": selection,
        "action": {"type": "expire"},
    }


class Image(pulumi.ComponentResource):
    """An image built from a folder and pushed to a repository."""

    def __init__(
        self, name: str, inputs: Mapping[str, Any], opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("awsx:ecr:Image", name, {}, opts)
        tag = inputs.get("imageName") or inputs.get("imageTag") or _unique_name(inputs)
        url = pulumi.Output.from_input(inputs["repositoryUrl"])
        canonical = url.apply(lambda url: f"{url}:{tag}")
        registry = inputs.get("registryId") or url.apply(lambda url: url.split(".")[0])
        login = aws.ecr.get_authorization_token_output(
            registry_id=registry, opts=InvokeOptions(parent=self)
        )
        dockerfile, platform = inputs.get("dockerfile"), inputs.get("platform")
        cached = inputs.get("cacheFrom") or [canonical]
        image = docker_build.Image(
            tag,
            push=True,
            tags=[canonical],
            build_args=inputs.get("args"),
            cache_from=[{"registry": {"ref": ref}} for ref in cached],
            cache_to=[{"inline": {}}],
            context={"location": inputs.get("context") or "."},
            dockerfile={"location": dockerfile} if dockerfile else None,
            platforms=[platform] if platform else [],
            target=inputs.get("target"),
            registries=[
                {
                    "address": login.proxy_endpoint,
                    "username": login.user_name,
                    "password": login.password,
                }
            ],
            opts=ResourceOptions(parent=self),
        )
        uri = pulumi.Output.all(url, image.digest).apply(lambda both: f"{both[0]}@{both[1]}")
        self.outputs = {"imageUri": uri}
        self.register_outputs(self.outputs)


def _unique_name(inputs: Mapping[str, Any]) -> str:
    """A name that changes with the way the image is built, as awsx makes it."""
    signature = str(inputs.get("context") or ".")
    if inputs.get("dockerfile"):
        signature += f";dockerfile={inputs['dockerfile']}"
    for key, value in (inputs.get("args") or {}).items():
        signature += f";arg[{key}]={value}"
    digest = hashlib.sha1((signature + pulumi.get_stack()).encode(), usedforsecurity=False)
    return f"{digest.hexdigest()}-container"
