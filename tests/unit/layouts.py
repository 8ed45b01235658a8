"""Files of sites in all the layouts that people give them, for property tests."""

from __future__ import annotations

import json
from dataclasses import dataclass

from hypothesis import strategies as st

NAMES = ("blog", "shop", "wiki", "docs")


@dataclass(frozen=True)
class Layout:
    """A file's text, the names of its sites, and its comments, each of which is there once."""

    text: str
    names: tuple[str, ...]
    comments: tuple[str, ...]
    newline: str


class _Writer:
    """Lays a file out, with a choice at each place where a person has one."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self.lines: list[str] = []
        self.comments: list[str] = []

    def chance(self) -> bool:
        return self._draw(st.booleans())

    def line(self, text: str) -> None:
        """A line of the file, perhaps with blanks or a comment at its end."""
        self.lines.append(text + self._draw(st.sampled_from(("", "", " ", "   "))) + self._tail())

    def between(self, indentations: tuple[int, ...]) -> None:
        """Perhaps a blank line, perhaps a comment."""
        if self.chance():
            self.lines.append("")
        if self.chance():
            self.lines.append(" " * self._draw(st.sampled_from(indentations)) + self._comment())

    def site(self, name: str, indent: int, step: int) -> None:
        """A site in block style or in flow style on one line or two."""
        at, inner = " " * indent, " " * (indent + step)
        style = self._draw(st.sampled_from(("block", "flow", "flow on two lines")))
        if style == "block":
            self.line(f"{at}{name}:")
            self.between((indent + step,))
            self._domains(name, inner)
            self.between((indent + step, indent))
            self._more(inner, step)
        elif style == "flow":
            self.line(f"{at}{name}: {{{self._flow_domains(name)}}}")
        else:
            self.line(f"{at}{name}: {{ title: '{name}',")
            self.line(f"{inner}  {self._flow_domains(name)} }}")

    def _domains(self, name: str, inner: str) -> None:
        if self.chance():
            self.line(f"{inner}{self._flow_domains(name)}")
            return
        self.line(f"{inner}domains:")
        dash = inner + self._draw(st.sampled_from(("", "  ")))
        self.line(f"{dash}- {name}.example.com")
        self.line(f'{dash}- "*.{name}.example.com"')

    def _flow_domains(self, name: str) -> str:
        blank = self._draw(st.sampled_from(("", " ")))
        return f"domains: [{blank}{name}.example.com,{blank}www.{name}.example.com{blank}]"

    def _more(self, inner: str, step: int) -> None:
        """Values whose ends are hard to find."""
        choice = self._draw(st.sampled_from(("", "text", "folded", "quoted", "maps", "dev")))
        deeper = inner + " " * step
        if choice == "text":
            self.lines.append(f"{inner}title: two")
            self.line(f"{deeper}words")
        elif choice == "folded":
            self.lines += [f"{inner}env:", f"{deeper}A: |", f"{deeper} # no comment", f"{deeper} b"]
        elif choice == "quoted":
            self.line(f"{inner}title:   {json.dumps('# no comment')}")
        elif choice == "maps":
            self.line(f"{inner}scaling:")
            self.between((len(deeper),))
            self.line(f"{deeper}min: 3")
        elif choice == "dev":
            self.line(f"{inner}environments:")
            self.line(f"{deeper}dev: {{scaling: {{min: 1}}}}")

    def _comment(self) -> str:
        self.comments.append(f"# comment {len(self.comments)}")
        return self.comments[-1]

    def _tail(self) -> str:
        return f" {self._comment()}" if self.chance() else ""


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Files with one to four sites, with LF or CRLF, with or without a line break at the end."""
    writer = _Writer(draw)
    indent, step = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    writer.between((0,))
    writer.line("version: 1")
    writer.between((0, 2))
    writer.line("sites:")
    for name in names:
        writer.between((0, indent, indent + step))
        writer.site(name, indent, step)
    writer.between((0, indent, indent + step))
    if draw(st.booleans()):
        writer.line("defaults: {port: 9000}")
        writer.between((0,))
    newline = draw(st.sampled_from(("\n", "\r\n")))
    # A block of text that the end of the file cuts off would get a line break from what follows.
    cut = draw(st.booleans()) and not writer.lines[-1].endswith(" b")
    text = newline.join(writer.lines) + ("" if cut else newline)
    return Layout(text, tuple(names), tuple(writer.comments), newline)
