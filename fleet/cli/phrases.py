"""Changes in words."""

from collections.abc import Mapping

BASE = "shared base"
PAST = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted"}


def past(counts: Mapping[str, int]) -> str:
    """`3 created, 1 updated`."""
    return ", ".join(f"{counts[action]} {word}" for action, word in PAST.items() if counts[action])


def duration(seconds: float) -> str:
    """`42 s`, `3 min 5 s`, `1 h 20 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def size(count: float) -> str:
    """Bytes as `312 B`, `4.1 MB`, `20 GB`: by thousands, as S3's bill and disks have them."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5:
            return f"{count:.1f} {unit}" if unit != "B" and count < 10 else f"{count:.0f} {unit}"
        count /= 1_000
    return f"{count:.1f} TB"
