"""Which image of this machine stands for one of the account: built or pulled beside other work."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from simulator.local.image import fleet_image, provide
from simulator.services.docker_build.rules import REPOSITORY
from simulator.world import World

OWN = ""  # the image of `container/`, whatever the account's repository is named


class ImageError(Exception):
    """An image that can't be had; its text is the engine's."""


@dataclass
class Images:
    """Images by their names in the account. `told` hears how their making goes."""

    world: World
    told: Callable[[str], None]
    given: str | None = None
    """The fleet's image by the settings, where it isn't built from `container/`."""
    _made: dict[str, Future[str]] = field(default_factory=dict)
    _workers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2))

    def local(self, name: str) -> str | None:
        """The image under this machine's name; None while it is on its way. Raises ImageError."""
        if name not in self._made:
            self._made[name] = self._workers.submit(self._provide, name)
        future = self._made[name]
        if not future.done():
            return None
        try:
            return future.result()
        except (RuntimeError, OSError) as error:
            # A person mends it and goes on; the next task tries again.
            del self._made[name]
            raise ImageError(str(error)) from error

    @property
    def fleet(self) -> str | None:
        """The fleet's own image; None while it is on its way. Raises ImageError."""
        return self.local(self.given or OWN)

    def _provide(self, name: str) -> str:
        if name == OWN:
            return fleet_image(told=self.told)
        repository = name.partition("@")[0].rpartition(":")[0] or name.partition("@")[0]
        for url in {repository, name.partition("@")[0]}:
            if self.world.find(REPOSITORY, repositoryUrl=url):
                return fleet_image(told=self.told)
        provide(name, self.told)
        return name
