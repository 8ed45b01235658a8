"""What each part of the base is given."""

from __future__ import annotations

from dataclasses import dataclass

from components.parts import Context


@dataclass(frozen=True, kw_only=True, slots=True)
class BaseContext(Context):
    """The surroundings of a part of the base."""

    name: str
    """The base's own, with which the names of its resources begin."""
    counted_hosts: tuple[str, ...] = ()
    """For whose requests the firewall only counts. With `backed_up` and `drilled` all that the base
    knows of sites."""
    backed_up: bool = False
    """Whether the clock backs any of them up."""
    drilled: bool = False
    """Whether it tries the backups of any."""
