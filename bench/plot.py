"""A picture of series over one time: panels below one another, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 110  # of a panel
LEFT, TOP, GAP = 60, 34, 34
INK, LINE, GRID = "#444", "#2a6f97", "#ddd"


@dataclass(frozen=True)
class Series:
    """`points`: seconds since the beginning, and value. `steps`: a value holds until the next."""

    title: str
    points: Sequence[tuple[float, float]]
    steps: bool = False


def svg(series: Sequence[Series], marks: Sequence[tuple[float, str]] = ()) -> str:
    """The whole file. `marks`: moments with a word, through all panels."""
    end = max(at for one in series for at, _ in one.points)
    whole = TOP + len(series) * (HEIGHT + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 20} {whole}" '
        f'font-family="sans-serif" font-size="12" fill="{INK}">',
        f'<rect width="100%" height="{whole}" fill="#fff"/>',
    ]
    for number, one in enumerate(series):
        parts += _panel(one, TOP + number * (HEIGHT + GAP), end)
    for at, word in marks:
        x = LEFT + at / end * WIDTH
        parts.append(
            f'<path d="M{x:.1f} {TOP}V{whole - GAP}" stroke="{INK}" stroke-dasharray="3 3"/>'
            f'<text x="{x + 4:.1f}" y="{TOP - 20}">{escape(word)}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def _panel(one: Series, top: float, end: float) -> list[str]:
    highest = max(1.0, *(value for _, value in one.points))

    def place(at: float, value: float) -> str:
        return f"{LEFT + at / end * WIDTH:.1f} {top + HEIGHT * (1 - value / highest):.1f}"

    path, before = "", 0.0
    for at, value in one.points:
        corner = f"L{place(at, before)}" if path and one.steps else ""
        path += f"{corner}{'L' if path else 'M'}{place(at, value)}"
        before = value
    bottom = top + HEIGHT
    return [
        f'<text x="{LEFT}" y="{top - 6}">{escape(one.title)}</text>',
        f'<path d="M{LEFT} {top}H{LEFT + WIDTH}M{LEFT} {bottom}H{LEFT + WIDTH}" stroke="{GRID}"/>',
        f'<text x="{LEFT - 6}" y="{top + 4}" text-anchor="end">{highest:.3g}</text>',
        f'<text x="{LEFT - 6}" y="{bottom}" text-anchor="end">0</text>',
        f'<path d="{path}" fill="none" stroke="{LINE}" stroke-width="2"/>',
        *(
            f'<text x="{LEFT + at / end * WIDTH:.0f}" y="{bottom + 14}">{at} s</text>'
            for at in range(0, int(end), 60)
        ),
    ]
