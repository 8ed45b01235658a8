"""ECR: what a repository holds."""

from __future__ import annotations

import json
import re
from typing import Any

from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for

# CreateRepository, repositoryName.
_NAME = re.compile(r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*")

# "Lifecycle policy properties in Amazon ECR".
_WORDS = {
    ("selection", "tagStatus"): ("tagged", "untagged", "any"),
    ("selection", "countType"): (
        *("imageCountMoreThan", "sinceImagePushed"),
        *("sinceImagePulled", "sinceImageTransitioned"),
    ),
    ("action", "type"): ("expire", "transition"),
}


@rules_for("aws:ecr/repository:Repository")
class Repository(Rules):
    """A repository of images."""

    def create(self, call: Call) -> None:
        """A name in lower case."""
        name = call.props["name"]
        if not _NAME.fullmatch(name) or not 2 <= len(name) <= 256:
            raise AwsError(
                "InvalidParameterException",
                f"Invalid parameter at 'repositoryName' failed to satisfy constraint: '{name}'",
            )

    def delete(self, call: Call) -> None:
        """Not with images in it, unless they may go too."""
        if call.props.get("_images") and not call.props.get("forceDelete"):
            raise AwsError(
                "RepositoryNotEmptyException",
                f"The repository with name '{call.key}' cannot be deleted because it still "
                "contains images",
            )


@rules_for("aws:ecr/lifecyclePolicy:LifecyclePolicy")
class LifecyclePolicy(Rules):
    """Which images expire."""

    def create(self, call: Call) -> None:
        """Rules in ECR's own words, each with a priority of its own."""
        rules: list[dict[str, Any]] = json.loads(call.props["policy"]).get("rules") or []
        priorities = [rule.get("rulePriority") for rule in rules]
        if not rules or None in priorities or len(set(priorities)) < len(priorities):
            raise _invalid("rulePriority must be unique")
        for rule in rules:
            for (part, name), allowed in _WORDS.items():
                if (rule.get(part) or {}).get(name) not in allowed:
                    raise _invalid(f"{part}.{name} must be one of {', '.join(allowed)}")


def _invalid(reason: str) -> AwsError:
    return AwsError(
        "InvalidParameterException",
        "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle "
        f"policy validation failure: {reason}'",
    )
