"""A site's files: its access point on the shared file system."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.parts import NO_OUTPUTS
from components.site.context import SiteContext

ROOT_MODE = "0750"


def root_directory(site: str, mode: str) -> str:
    """Where a site's mount begins on the file system.

    The mount of `uploads` lies inside the one of `content`, so a site that changes from one mode
    to the other finds its uploads again.
    """
    content = f"/sites/{site}/wp-content"
    return content if mode == "content" else f"{content}/uploads"


class Storage:
    """The access point that makes every file of a site belong to the site's own uid and gid."""

    outputs = NO_OUTPUTS
    access_point_id: pulumi.Output[str]
    access_point_arn: pulumi.Output[str]

    def __init__(self, context: SiteContext) -> None:
        site, uid = context.site, context.uid
        access_point = aws.efs.AccessPoint(
            site.name,
            file_system_id=context.base.file_system_id,
            posix_user={"uid": uid, "gid": uid},
            root_directory={
                "path": root_directory(site.name, site.storage.mode),
                "creation_info": {"owner_uid": uid, "owner_gid": uid, "permissions": ROOT_MODE},
            },
            opts=pulumi.ResourceOptions.merge(
                context.keeper,
                # The files on disk belong to the first uid for ever: should another site's
                # coming move this one's number, the access point keeps what it has.
                pulumi.ResourceOptions(ignore_changes=["posixUser", "rootDirectory.creationInfo"]),
            ),
        )
        self.access_point_id = access_point.id
        self.access_point_arn = access_point.arn
