"""What other hosts and page caches leave in wp-content that can't work here: stays outside."""

from __future__ import annotations

import re

# Drop-ins: WordPress runs them before all plugins, and each was made for its host.
DROP_INS = {
    "object-cache.php": "an object cache of the old host",
    "advanced-cache.php": "a page cache of the old host",
    "db.php": "a drop-in for another database",
    "sunrise.php": "domain mapping of the old host",
}
# Folders of what can be made again, or belongs to the backups of a plugin.
NOT_TAKEN = {
    "cache": "cached pages",
    "upgrade": "halves of updates",
    "upgrade-temp-backup": "halves of updates",
    "updraft": "backups by UpdraftPlus",
    "ai1wm-backups": "backups by All-in-One WP Migration",
    "backups-dup-lite": "backups by Duplicator",
    "backups-dup-pro": "backups by Duplicator",
    "wpvividbackups": "backups by WPvivid",
    "backup-migration": "backups by Backup Migration",
    "et-cache": "cached styles of Divi",
    "litespeed": "cached pages of LiteSpeed",
}
# mu-plugins by which hosts steer their own machines.
OF_HOSTS = {
    "kinsta-mu-plugins": "Kinsta",
    "kinsta-mu-plugins.php": "Kinsta",
    "wpengine-common": "WP Engine",
    "wpengine-security-auditor.php": "WP Engine",
    "mu-plugin.php": "WP Engine",
    "force-strong-passwords": "WP Engine",
    "slt-force-strong-passwords.php": "WP Engine",
    "wpe-wp-sign-on-plugin": "WP Engine",
    "wpe-wp-sign-on-plugin.php": "WP Engine",
    "pantheon-mu-plugin": "Pantheon",
    "pantheon.php": "Pantheon",
    "gd-system-plugin": "GoDaddy",
    "gd-system-plugin.php": "GoDaddy",
    "endurance-page-cache.php": "Bluehost",
    "endurance-php-edge.php": "Bluehost",
    "wpcomsh": "WordPress.com",
    "wpcomsh-loader.php": "WordPress.com",
    "flywheel-mu-plugin.php": "Flywheel",
    "pressable-cache-management.php": "Pressable",
}
# Page caches that write drop-ins, rules of Apache or files that nginx here doesn't read.
PAGE_CACHES = {
    "wp-super-cache": "WP Super Cache",
    "w3-total-cache": "W3 Total Cache",
    "wp-rocket": "WP Rocket",
    "litespeed-cache": "LiteSpeed Cache",
    "wp-fastest-cache": "WP Fastest Cache",
    "sg-cachepress": "SiteGround Optimizer",
    "cache-enabler": "Cache Enabler",
    "breeze": "Breeze",
    "nitropack": "NitroPack",
    "hummingbird-performance": "Hummingbird",
}


# A list of files is JSON, and browsers ask in UTF-8.
NO_UTF_8 = "whose names are no UTF-8"


def left_out(path: str) -> str | None:
    """Why a file below wp-content isn't taken; None for one that is.

    A path has surrogates for bytes that are no UTF-8, as Python's own functions give them.
    """
    first, _, rest = path.partition("/")
    if not path.isascii() and re.search("[\ud800-\udfff]", path):
        return NO_UTF_8
    if path in DROP_INS:
        return f"{path}, {DROP_INS[path]}"
    if first in NOT_TAKEN and rest:
        return f"{first}/, {NOT_TAKEN[first]}"
    if first == "mu-plugins":
        inner = rest.partition("/")[0]
        if inner in OF_HOSTS:
            return f"mu-plugins/{inner}, {OF_HOSTS[inner]}'s own"
    return None
