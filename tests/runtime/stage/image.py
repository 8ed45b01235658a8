"""The image's file system, laid out from `container/` as the Dockerfile does it."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

CONTAINER = Path(__file__).parents[3] / "container"
DEBIAN_WORDPRESS = Path("/usr/share/wordpress")
DEBIAN_PHP_FPM = "php-fpm8.2"

# Where a container finds the CA of this machine's database.
DATABASE_CA = "/var/www/database-ca.pem"

# The official image has no php.ini, so PHP's own defaults hold; Debian's would hide what we
# don't set.
NO_PHP_INI = "/usr/local/etc/php/php.ini"

# Names of 127.0.0.1 in a container; the database's certificate holds the first one.
DATABASE_HOST = "database.example.com"
OTHER_HOST = "other.example.com"

# Of the machine's own files a container sees these, read-only.
BORROWED = ("/usr", "/etc")
MERGED_USR = ("bin", "sbin", "lib", "lib64")


@dataclass(frozen=True)
class Image:
    root: Path
    """Holds `usr/local`, `usr/src` and `var` as the image has them."""
    command: tuple[str, ...]
    """The Dockerfile's CMD."""
    uid: int

    def mount_point(self, path: str, source: Path) -> None:
        """Makes the place that a volume goes to, as a container runtime does before it starts."""
        place = self.root / path.lstrip("/")
        if source.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.touch()

    def arguments(self) -> list[str]:
        """For bwrap: the image as a read-only root, with the programs of this machine."""
        borrowed = [word for path in BORROWED for word in ("--ro-bind", path, path)]
        links = [word for name in MERGED_USR for word in ("--symlink", f"usr/{name}", f"/{name}")]
        own = [
            word
            for path in ("usr/local", "usr/src", "var")
            for word in ("--ro-bind", str(self.root / path), f"/{path}")
        ]
        names = ["--ro-bind", str(self.root / "hosts"), "/etc/hosts"]
        user = ["--unshare-user", "--uid", str(self.uid), "--gid", str(self.uid)]
        return [*borrowed, *links, *own, "--proc", "/proc", "--dev", "/dev", *names, *user]


def build(root: Path) -> Image:
    """Lays the image out under `root`."""
    core = root / "usr/src/wordpress"
    # Debian links some libraries to places outside; the image has them as files.
    shutil.copytree(
        DEBIAN_WORDPRESS, core, ignore=shutil.ignore_patterns("wp-config.php", ".htaccess")
    )
    shutil.copytree(CONTAINER / "root", root, dirs_exist_ok=True)
    programs = root / "usr/local/sbin"
    programs.mkdir(parents=True)
    # The official image calls it by its name alone.
    (programs / "php-fpm").symlink_to(shutil.which(DEBIAN_PHP_FPM) or DEBIAN_PHP_FPM)
    (core / "wp-content/uploads").symlink_to("/var/www/html/wp-content/uploads")
    for folder in ("var/www/html/wp-content/uploads", "var/cache/fleet"):
        (root / folder).mkdir(parents=True)
    (root / "usr/local/etc/php").mkdir(parents=True)
    (root / NO_PHP_INI.lstrip("/")).touch()
    (root / "hosts").write_text(f"127.0.0.1 localhost {DATABASE_HOST} {OTHER_HOST}\n")
    dockerfile = (CONTAINER / "Dockerfile").read_text()
    return Image(
        root=root,
        command=tuple(json.loads(_instruction(dockerfile, "CMD"))),
        uid=int(_instruction(dockerfile, "USER").split(":")[0]),
    )


def _instruction(dockerfile: str, name: str) -> str:
    """The arguments of the last instruction of that name."""
    return re.findall(rf"^{name} (.+)$", dockerfile, re.MULTILINE)[-1]
