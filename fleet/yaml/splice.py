"""Small changes to the text of a YAML file that leave the rest of it as it is, to the character.

Round-trip emitters keep most comments but write a layout of their own: ruamel.yaml 0.19 drops a
comment inside a flow map, joins its lines and changes indentation all over the file. So a change
here cuts the text at the places that the parser gives for keys and values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, cast

import yaml

# Its stubs leave `compose` without types.
_yaml: Any = yaml
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
# Doc that YAML 1.1 takes for booleans or nothing.
_NOT_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
INDENT = 2

Steps = Sequence[str]


class SpliceError(Exception):
    """The file writes this place in a way that can't be changed alone."""


def set_value(text: str, path: Steps, value: str) -> str:
    """The text with a word at `path`. Maps on the way that are missing are added.

    Raises SpliceError if the change would reach further than that, through an alias or `<<`.
    """
    place = _Place(text, path)
    if place.value is not None:
        start, end = place.value.start_mark.index, _end(place.value)
        changed = text[:start] + spell(value, quote=_is_quoted(place.value)) + text[end:]
    else:
        entry: Any = value
        for key in reversed(path[place.depth :]):
            entry = {key: entry}
        changed = place.insert(entry, first=place.depth + 1 == len(path))
    return _checked(text, changed, path, value)


def remove_value(text: str, path: Steps, keep: int) -> str:
    """The text without the value at `path`, and without the maps that this leaves empty.

    The first `keep` steps of the path stay. Comments of the lines that go stay, too. Raises
    SpliceError.
    """
    data: Any = yaml.load(text, _Loader)  # noqa: S506 - a safe loader
    while len(path) - 1 > keep and len(_at(data, path[:-1])) == 1:
        path = path[:-1]
    return _checked(text, _Place(text, path).remove(), path, None)


def add_entry(text: str, path: Steps, name: str, values: dict[str, Any]) -> str:
    """The text with a map of this name at the end of the map at `path`. Raises SpliceError."""
    place = _Place(text, (*path, name))
    return _checked(text, place.append(name, values), (*path, name), values)


def spell(value: Any, *, quote: bool = False) -> str:
    """A value as YAML in one line."""
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        words = (f"{spell(k, quote=quote)}: {spell(v, quote=quote)}" for k, v in pairs)
        return "{" + ", ".join(words) + "}"
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return "[" + ", ".join(spell(item, quote=quote) for item in items) + "]"
    plain = _PLAIN.fullmatch(str(value)) and str(value).lower() not in _NOT_TEXT
    return str(value) if plain and not quote else json.dumps(value, ensure_ascii=False)


class _Place:
    """Where a path leads in a text, as far as it exists.

    `depth` steps of it do: `key` is the node of the last one, `map` the map that the next step, or
    the last, is looked up in, and `value` the node at the end of the whole path.
    """

    def __init__(self, text: str, path: Steps) -> None:
        self.text, self.path = text, path
        node: Any = _yaml.compose(text, _Loader)
        self.key: Any = None
        self.map: Any = None
        self.value: Any = None
        self.depth = 0
        for step in path:
            if not isinstance(node, yaml.MappingNode):
                raise SpliceError(".".join(path[: self.depth]))
            found = [pair for pair in node.value if pair[0].value == step]
            self.map = node
            if not found:
                return
            self.key, node = found[0]
            self.depth += 1
        self.value = node

    def insert(self, entry: dict[str, Any], *, first: bool) -> str:
        """The entry in the last map that exists, as the first one in it or the last."""
        if self.map.flow_style:
            return self._insert_in_flow(entry)
        line = self._indentation() + self._spelled(entry)
        if first and self.key is not None:
            at = self._line_end(self.key.end_mark.index)
        else:
            at = self._map_end()
        return self._with_lines(at, [line])

    def append(self, name: str, values: dict[str, Any]) -> str:
        """A new map at the end of the last map that exists, a line for each value."""
        if self.map.flow_style:
            return self._insert_in_flow({name: values})
        indentation = self._indentation()
        inner = indentation + " " * self._child_indent()
        lines = [f"{indentation}{spell(name)}:"]
        lines += [f"{inner}{spell(key)}: {spell(value)}" for key, value in values.items()]
        if self._has_blank_lines():
            lines.insert(0, "")
        return self._with_lines(self._map_end(), lines)

    def remove(self) -> str:
        """The text without the key and value at the end of the path."""
        if self.value is None:
            raise SpliceError(".".join(self.path))
        start, end = self.key.start_mark.index, _end(self.value)
        if self.map.flow_style:
            return self._remove_from_flow(start, end)
        line_start = self._line_start(start)
        if self.text[line_start:start].strip():
            raise SpliceError(".".join(self.path))
        line_end = self._line_end(end)
        comments = self._comments(line_start, line_end)
        kept = "".join(f"{self.text[line_start:start]}{text}{self._newline}" for text in comments)
        return self.text[:line_start] + kept + self.text[line_end:]

    @property
    def _newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def _insert_in_flow(self, entry: dict[str, Any]) -> str:
        pairs = self.map.value
        inner = self._spelled(entry)
        if pairs:
            at = pairs[0][0].start_mark.index
            return f"{self.text[:at]}{inner}, {self.text[at:]}"
        at = self.text.index("{", self.map.start_mark.index) + 1
        return self.text[:at] + inner + self.text[at:]

    def _spelled(self, entry: dict[str, Any]) -> str:
        """`key: value`, in quotes where the map's other keys are."""
        pairs = self.map.value
        return spell(entry, quote=bool(pairs) and _is_quoted(pairs[0][0]))[1:-1]

    def _remove_from_flow(self, start: int, end: int) -> str:
        keys = [pair[0].start_mark.index for pair in self.map.value]
        number = keys.index(start)
        if number + 1 < len(keys):
            end = keys[number + 1]
        elif number > 0:
            start = _end_of_pair(*self.map.value[number - 1])
        if "#" in self.text[start:end]:
            raise SpliceError(".".join(self.path))
        return self.text[:start] + self.text[end:]

    def _comments(self, start: int, end: int) -> list[str]:
        """The comments in a part of the text that holds no # elsewhere."""
        lines = self.text[start:end].splitlines()
        return [line[line.index("#") :].rstrip() for line in lines if "#" in line]

    def _indentation(self) -> str:
        """The blanks in front of the map's keys."""
        if not self.map.value:
            raise SpliceError(".".join(self.path))
        at = self.map.value[0][0].start_mark.index
        blanks = self.text[self._line_start(at) : at]
        if blanks.strip():
            raise SpliceError(".".join(self.path))
        return blanks

    def _child_indent(self) -> int:
        """By how much the values of the map's entries are indented."""
        for key, value in self.map.value:
            if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
                indent = value.value[0][0].start_mark.column - key.start_mark.column
                if indent > 0:
                    return indent
        return INDENT

    def _has_blank_lines(self) -> bool:
        """Whether a blank line parts the last two entries of the map."""
        if len(self.map.value) < 2:
            return False
        start = _end_of_pair(*self.map.value[-2])
        return "" in [
            line.strip()
            for line in self.text[start : self.map.value[-1][0].start_mark.index].splitlines()[1:-1]
        ]

    def _map_end(self) -> int:
        """The line after the map's last entry, and after the comments that belong to the map."""
        end = at = self._line_end(_end_of_pair(*self.map.value[-1]))
        column = self.map.value[0][0].start_mark.column
        while at < len(self.text):
            after = self._line_end(at + 1) if self.text[at] != "\n" else at + 1
            line = self.text[at:after]
            comment = line.lstrip(" ")
            if comment.startswith("#") and len(line) - len(comment) >= column:
                end = after
            elif line.strip():
                break
            at = after
        return end

    def _line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        """Where the next line begins; a block scalar's end is the start of a line already."""
        if index > 0 and self.text[index - 1] == "\n":
            return index
        found = self.text.find("\n", index)
        return len(self.text) if found < 0 else found + 1

    def _with_lines(self, at: int, lines: Sequence[str]) -> str:
        before = self.text[:at]
        if before and not before.endswith("\n"):
            # The file's last line has no line break; then neither has its new last line.
            return before + "".join(self._newline + line for line in lines) + self.text[at:]
        return before + "".join(line + self._newline for line in lines) + self.text[at:]


def _end_of_pair(key: Any, value: Any) -> int:
    """Where a key and its value end. An alias has the node of its anchor, which is further up."""
    is_alias = value.start_mark.index < key.end_mark.index
    return key.end_mark.index if is_alias else _end(value)


def _end(node: Any) -> int:
    """Where the text of a value ends; the parser's mark of a block is after what follows it."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style:
        return _end_of_pair(*node.value[-1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        return _end(node.value[-1])
    return node.end_mark.index


def _is_quoted(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style == '"'


def _at(data: Any, path: Steps) -> Any:
    for step in path:
        data = data[step]
    return data


def _checked(before: str, after: str, path: Steps, value: Any) -> str:
    """The new text, once it is sure that it says what was asked for and nothing else."""
    expected: Any = yaml.load(before, _Loader)  # noqa: S506 - a safe loader
    found: Any
    # Aliases share their values: what is set through one would show in the others.
    expected = json.loads(json.dumps(expected, default=str))
    node = expected
    for step in path[:-1]:
        node = node.setdefault(step, {})
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    try:
        found = yaml.load(after, _Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError:
        raise SpliceError(".".join(path)) from None
    if json.loads(json.dumps(found, default=str)) != expected:
        raise SpliceError(".".join(path))
    return after
