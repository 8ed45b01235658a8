"""Changes in words."""

from collections.abc import Mapping
from datetime import timedelta

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


def age(span: timedelta) -> str:
    """`42 min`, `9 h`, `3 days`."""
    minutes = max(0, round(span.total_seconds() / 60))
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def size(count: float) -> str:
    """Bytes as `312 B`, `4.1 MB`, `20 GB`: by thousands, as S3's bill and disks have them."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5:
            return f"{count:.1f} {unit}" if unit != "B" and count < 10 else f"{count:.0f} {unit}"
        count /= 1_000
    return f"{count:.1f} TB"
