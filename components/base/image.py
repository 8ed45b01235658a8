"""The fleet's own WordPress image: `container/`, built and pushed to ECR."""

from pathlib import Path

import pulumi
import pulumi_awsx as awsx

TYPE = "wordpress-fleet:index:Image"

TAG = "fleet"
OLD_IMAGES = 50
CONTEXT = Path(__file__).parents[2] / "container"
_PLATFORM = {"arm64": "linux/arm64", "x86_64": "linux/amd64"}


class Image(pulumi.ComponentResource):
    uri: pulumi.Output[str]
    """The image by digest, so that a new build is a new revision of every task definition."""

    def __init__(
        self,
        name: str,
        *,
        architecture: str,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(TYPE, name, {}, opts)
        repository = awsx.ecr.Repository(
            name,
            force_delete=not protect,
            image_scanning_configuration={"scan_on_push": True},
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
            opts=pulumi.ResourceOptions(parent=self),
        )
        image = awsx.ecr.Image(
            name,
            repository_url=repository.url,
            context=str(CONTEXT),
            # Else awsx names image and tag after the path of this folder, and the same fleet from
            # another checkout would be another image. Tasks take it by its digest.
            image_tag=TAG,
            platform=_PLATFORM[architecture],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.uri = image.image_uri
        self.register_outputs({"uri": self.uri})
