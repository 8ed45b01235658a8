"""From the text of a YAML file to a Document: one pass over the parser's events.

PyYAML's own loaders keep the last of two equal keys without a word, and the tree of nodes that
knows positions takes five times as long to build and 180 MB for a file of 4 MB.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fleet.problems import FleetError, Position, Problem
from fleet.wording import describe, quoted
from fleet.yaml.document import Document, LocatedList, LocatedMap, dotted
from fleet.yaml.scalars import resolve
from fleet.yaml.text import read_text

# The deepest value of a fleet is at eight: sites, a site, environments, dev, scaling, schedules,
# night, min. The parser's time grows with the square of the depth.
MAX_DEPTH = 20
# Aliases may repeat what the file says, but not multiply it: ten lines of nested aliases make
# a billion values. What many sites share belongs into a profile.
MAX_ALIASES = 1_000
MAX_REPEATED_VALUES = 100_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT_TAGS = (None, "!", "tag:yaml.org,2002:str")

Spot = tuple[int, int]


def read_document(path: Path) -> Document:
    """The file at `path`, whose root is a map. Raises FleetError for what stops the reading."""
    return parse_document(path, read_text(path))


def parse_document(path: Path, text: str) -> Document:
    """A text as that of the file at `path`. Raises FleetError for what stops the reading."""
    builder = _Builder(str(path))
    loader = _Loader(text)
    try:
        while (event := loader.get_event()) is not None:
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise FleetError([_syntax_problem(str(path), text, error, builder.innermost)]) from None
    finally:
        loader.dispose()
    return builder.finish()


def _syntax_problem(file: str, text: str, error: yaml.MarkedYAMLError, innermost: Spot) -> Problem:
    mark: Any = error.problem_mark or error.context_mark
    context = error.context or ""
    opened = any(word in context for word in ("flow", "alias"))
    if error.context_mark and (opened or mark.index >= len(text)):
        # The parser notices where the text ends; a person looks for the quote that opens it.
        mark = error.context_mark
    spot = innermost if mark.index >= len(text) else (mark.line + 1, mark.column + 1)
    character = text[mark.index : mark.index + 1]
    if character == "\t":
        found, allowed, example = "found a tab in the indentation", "spaces", "two spaces a level"
    elif "cannot start any token" in (error.problem or "") or "alias" in context:
        found = f"found a word without quotes that begins with {character}"
        allowed, example = "quotes around it", '"*.example.com"'
    else:
        found = f"found text that is not YAML ({error.problem or 'it makes no sense'})"
        allowed, example = "YAML", 'title: "quotes around: a colon"'
    return Problem.of(Position(file, *spot), "file", found, allowed, example)


@dataclass(slots=True)
class _Frame:
    """A map or list whose end has not come yet."""

    container: LocatedMap | LocatedList
    spot: Spot
    anchor: str | None
    values_before: int
    key: str | None = None
    key_spot: Spot = (0, 0)
    merged: list[tuple[Any, Spot]] = field(default_factory=list[tuple[Any, Spot]])

    @property
    def awaits_key(self) -> bool:
        return self.key is None and isinstance(self.container, LocatedMap)


class _Builder:
    """Takes the events of a file one by one and puts values where they belong."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._problems: list[Problem] = []
        self._frames: list[_Frame] = []
        self._roots: list[Any] = []
        # Anchor -> the value, and how many values it holds with all inside it.
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._aliases = 0
        self._values = 0
        self._repeated_values = 0
        self._handlers: dict[Any, Callable[[Any, Spot], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.DocumentStartEvent: self._document,
        }

    @property
    def innermost(self) -> Spot:
        """Where the map or list begins that the next event belongs to."""
        return self._frames[-1].spot if self._frames else (1, 1)

    def take(self, event: Any) -> None:
        """The next event of the parser."""
        if handler := self._handlers.get(type(event)):
            mark = event.start_mark
            handler(event, (mark.line + 1, mark.column + 1))

    def finish(self) -> Document:
        """The document, once all events have been taken."""
        root = self._roots[0] if self._roots else None
        if not isinstance(root, LocatedMap):
            found = "an empty file" if root is None else f"a file that holds {describe(root)}"
            raise self._stop((1, 1), f"found {found}", "a map at the top", "version: 1")
        return Document(self._file, root, tuple(self._problems))

    def _document(self, _event: Any, spot: Spot) -> None:
        if self._roots:
            raise self._stop(
                spot, "found a second document", "one document a file", "the file without ---"
            )

    def _scalar(self, event: Any, spot: Spot) -> None:
        text: str = event.value
        value = resolve(text) if event.implicit[0] else text
        self._refuse_tag(event, spot)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        if self._frames and self._frames[-1].awaits_key:
            self._take_key(text, value, spot)
        else:
            self._put(value, spot)

    def _alias(self, event: Any, spot: Spot) -> None:
        found = f"found the alias *{event.anchor}"
        if event.anchor not in self._anchors:
            raise self._stop(
                spot, f"{found} of no complete anchor", "an anchor further up", "profile: shop"
            )
        value, values = self._anchors[event.anchor]
        self._aliases += 1
        self._values += values
        self._repeated_values += values
        if self._aliases > MAX_ALIASES or self._repeated_values > MAX_REPEATED_VALUES:
            limit = f"at most {MAX_ALIASES:,} aliases that repeat {MAX_REPEATED_VALUES:,} values"
            raise self._stop(spot, f"{found}, one too many", limit, "profile: shop")
        if self._frames[-1].awaits_key:
            self._take_key(str(value), value, spot)
        else:
            self._put(value, spot)

    def _start(self, event: Any, spot: Spot) -> None:
        container = LocatedMap() if type(event) is yaml.MappingStartEvent else LocatedList()
        if self._frames and self._frames[-1].awaits_key:
            found = f"found {describe(container)} as a key"
            raise self._stop(spot, found, "text as a key", 'title: "{{ in quotes }}"')
        if len(self._frames) == MAX_DEPTH:
            raise self._stop(
                spot,
                f"found more than {MAX_DEPTH} levels",
                "what a site needs",
                "scaling: {min: 2}",
            )
        self._refuse_tag(event, spot)
        self._frames.append(_Frame(container, spot, event.anchor, self._values))

    def _end(self, _event: Any, _spot: Spot) -> None:
        frame = self._frames.pop()
        self._merge_below(frame)
        if frame.anchor:
            self._anchors[frame.anchor] = (frame.container, self._values - frame.values_before + 1)
        self._put(frame.container, frame.spot)

    def _put(self, value: Any, spot: Spot) -> None:
        self._values += 1
        if not self._frames:
            self._roots.append(value)
            return
        frame = self._frames[-1]
        container = frame.container
        if isinstance(container, LocatedList):
            container.append(value)
            container.spots.append(spot)
        elif frame.key == "<<":
            frame.merged.append((value, spot))
        elif frame.key is not None:
            container[frame.key] = value
            container.spots[frame.key] = (*frame.key_spot, *spot)
        frame.key = None

    def _take_key(self, text: str, value: Any, spot: Spot) -> None:
        frame = self._frames[-1]
        frame.key, frame.key_spot = text, spot
        if not isinstance(value, str):
            self._problem(spot, f"found {describe(value)}, as a key", "text", f"{quoted(text)}:")
        if isinstance(frame.container, LocatedMap) and text in frame.container:
            line = frame.container.spots[text][0]
            self._problem(
                spot,
                f"found the key a second time, first in line {line}",
                "each key once",
                "one of them",
            )

    def _merge_below(self, frame: _Frame) -> None:
        """Adds what `<<: *anchor` names, below the map's own keys; the first named wins."""
        for value, spot in frame.merged:
            sources = value if isinstance(value, LocatedList) else [value]
            for source in sources:
                if not (isinstance(source, LocatedMap) and isinstance(frame.container, LocatedMap)):
                    found = f"found {describe(source)} to merge"
                    self._problem(spot, found, "a map or a list of maps", "<<: *anchor")
                    continue
                for key in source.keys() - frame.container.keys():
                    frame.container[key] = source[key]
                    frame.container.spots[key] = source.spots[key]

    def _refuse_tag(self, event: Any, spot: Spot) -> None:
        if event.tag not in _TEXT_TAGS:
            tag = quoted(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._problem(spot, f"found the YAML tag {tag}", "a value without a tag", "port: 8080")

    def _problem(self, spot: Spot, found: str, allowed: str, example: str) -> None:
        self._problems.append(self._spell(spot, found, allowed, example))

    def _stop(self, spot: Spot, found: str, allowed: str, example: str) -> FleetError:
        return FleetError([*self._problems, self._spell(spot, found, allowed, example)])

    def _spell(self, spot: Spot, found: str, allowed: str, example: str) -> Problem:
        path = [
            len(frame.container) if isinstance(frame.container, LocatedList) else frame.key
            for frame in self._frames
        ]
        place = dotted([step for step in path if step is not None])
        return Problem.of(Position(self._file, *spot), place, found, allowed, example)
