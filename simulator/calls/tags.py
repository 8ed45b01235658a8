"""Tags as AWS's answers spell them."""

from simulator.world import Resource


def listed(resource: Resource) -> list[dict[str, str]]:
    """The resource's tags as a list of `Key` and `Value`."""
    tags = resource.props.get("tagsAll", {})
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
