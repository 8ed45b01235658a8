"""Tags: the rules that all of AWS shares ("Tag your AWS resources")."""

from __future__ import annotations

from typing import Any

from fleet.quotas import TAG_KEY_CHARACTERS, TAG_VALUE_CHARACTERS, TAGS_A_RESOURCE
from simulator.errors import AwsError
from simulator.world import Resource


def refuse_bad_tags(tags: dict[str, Any]) -> None:
    """AwsError for too many tags, too long ones, and those that only AWS may set."""
    if len(tags) > TAGS_A_RESOURCE:
        raise AwsError(
            "TagLimitExceeded", f"A resource has at most {TAGS_A_RESOURCE} tags: {len(tags)}"
        )
    for key, value in tags.items():
        if key.lower().startswith("aws:"):
            raise AwsError(
                "InvalidParameterValue", f"Tag keys starting with 'aws:' are reserved: {key}"
            )
        if not 1 <= len(key) <= TAG_KEY_CHARACTERS or len(str(value)) > TAG_VALUE_CHARACTERS:
            raise AwsError(
                "InvalidParameterValue",
                f"A tag's key has 1 to {TAG_KEY_CHARACTERS} characters and its value at most "
                f"{TAG_VALUE_CHARACTERS}: {key}",
            )


def listed(resource: Resource) -> list[dict[str, str]]:
    """A resource's tags as AWS's answers spell them: a list of `Key` and `Value`."""
    tags = resource.props.get("tagsAll", {})
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
