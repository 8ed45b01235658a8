"""Cutting a list into what one call, rule or certificate takes."""

from collections.abc import Iterator, Sequence


def in_batches(items: Sequence[str], size: int) -> Iterator[list[str]]:
    """The items in lists of at most `size`."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
