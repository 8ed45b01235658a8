"""The image of sites that name none: the settings', or `container/`, built and pushed to ECR."""

from __future__ import annotations

from pathlib import Path

import pulumi
import pulumi_awsx as awsx

from components.base.context import BaseContext
from components.parts import NO_OUTPUTS

TAG = "fleet"
OLD_IMAGES = 50
CONTEXT = Path(__file__).parents[2] / "container"
_PLATFORM = {"arm64": "linux/arm64", "x86_64": "linux/amd64"}


class Image:
    outputs = NO_OUTPUTS
    uri: pulumi.Input[str]
    """The built image by digest, so that a new build is a new revision of every task definition."""

    def __init__(self, context: BaseContext) -> None:
        given = context.settings.image
        self.uri = _built(f"{context.name}-image", context) if given is None else given


def _built(name: str, context: BaseContext) -> pulumi.Output[str]:
    key = context.settings.kms_key_arn
    repository = awsx.ecr.Repository(
        name,
        force_delete=not context.protect,
        image_scanning_configuration={"scan_on_push": True},
        encryption_configurations=None
        if key is None
        else [{"encryption_type": "KMS", "kms_key": key}],
        # Each build takes the tag from the one before, which services may run by its digest
        # for as long as their deployments fail. awsx would keep one of these.
        lifecycle_policy={
            "rules": [
                {
                    "tag_status": awsx.ecr.LifecycleTagStatus.UNTAGGED,
                    "maximum_number_of_images": OLD_IMAGES,
                }
            ]
        },
        opts=context.child,
    )
    image = awsx.ecr.Image(
        name,
        repository_url=repository.url,
        context=str(CONTEXT),
        # Else awsx names image and tag after the path of this folder, and the same fleet from
        # another checkout would be another image. Tasks take it by its digest.
        image_tag=TAG,
        platform=_PLATFORM[context.settings.architecture],
        opts=context.child,
    )
    return image.image_uri
