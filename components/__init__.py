"""The fleet as AWS resources: `SharedBase` once a stack, `WordPressSite` once a site."""

from components.base.shared_base import SharedBase
from components.site.wordpress_site import WordPressSite

__all__ = ["SharedBase", "WordPressSite"]
