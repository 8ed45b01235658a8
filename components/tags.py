"""The one mechanism that tags everything below a component."""

from collections.abc import Mapping

import pulumi

# It names what it makes after the place in the network; a `Name` of its own would override that.
_NAMES_ITS_CHILDREN = "awsx:ec2:Vpc"


def identity_tags(environment: str, cell: str | None, site: str | None = None) -> dict[str, str]:
    """The tags that say whose a resource is. `Cell` and `Site` only where there is one."""
    tags = {"Project": pulumi.get_project(), "Environment": environment}
    if cell is not None:
        tags["Cell"] = cell
    if site is not None:
        tags["Site"] = site
    return tags


def tagging(tags: Mapping[str, str]) -> pulumi.ResourceTransformation:
    """A transformation that tags every taggable resource below the component that carries it.

    A generated resource class puts `tags` among its properties exactly when AWS can tag the
    type, so no list of types is kept here. What awsx makes it makes in its plugin's process, out
    of a transformation's reach, but it hands on the tags that it is given. `Name` is the logical
    name: the console shows it, and a resource whose creation was interrupted is found by it.
    """

    def transform(
        args: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        if "tags" not in args.props:
            return None
        name = {} if args.type_ == _NAMES_ITS_CHILDREN else {"Name": args.name}
        return pulumi.ResourceTransformationResult(
            {**args.props, "tags": {**tags, **name}}, args.opts
        )

    return transform
