"""What each part of a site is given."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.base.for_sites import BaseForSites
from components.parts import Context
from fleet.site.model import Site
from fleet.site.placement import Rule

# www-data, as container/Dockerfile has it.
IMAGE_USER = "33:33"


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteContext(Context):
    """The surroundings of a part of a site. Only a retired site's data may go."""

    site: Site
    base: BaseForSites
    uid: int
    """The uid and gid that own the site's files."""
    rules: tuple[Rule, ...]
    """The listener rules with their priorities."""
    issued: tuple[str, ...]
    """The hosts outside of the zones whose certificates ACM has issued. At the edge all hosts of
    the owners' certificate that serves, none while there is none."""

    @property
    def live(self) -> bool:
        return self.site.state == "live"

    @property
    def user(self) -> str | None:
        """The user that the containers run as; None for the image's own."""
        built = self.site.image is None and self.settings.image is None
        return self.site.user or (IMAGE_USER if built else None)

    @property
    def fleet_user(self) -> str | None:
        """The same for the fleet's image, which may be another than the site's."""
        if self.settings.image is None:
            return IMAGE_USER
        return self.site.user if self.site.image in (None, self.settings.image) else None

    @property
    def image(self) -> pulumi.Input[str]:
        return self.base.image if self.site.image is None else self.site.image
