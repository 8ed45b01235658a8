"""What a model has against a file, in the words of its fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from fleet.fields.doc import doc_at, fields_of, keys_of, model_at
from fleet.problems import Position, Problem
from fleet.wording import describe, did_you_mean, nearest, quoted
from fleet.yaml.document import Document, dotted
from fleet.yaml.scalars import Trap

Path = tuple[str | int, ...]


def problems_of(
    document: Document,
    model: type[BaseModel],
    error: ValidationError,
    *,
    above: Path = (),
    partial: tuple[type[BaseModel], ...] = (),
) -> Iterator[Problem]:
    """The problems of the map at `above` in the document, one for each error of the model.

    Models in `partial` may lack required fields here, since other layers may have them.
    """
    for details in error.errors(include_url=False):
        if details["type"] == "missing" and model_at(model, details["loc"][:-1]) in partial:
            continue
        yield _ModelError(document, model, details, above).problem()


class _ModelError:
    """One error of a model. Which of its parts matter depends on its kind."""

    def __init__(
        self, document: Document, model: type[BaseModel], details: ErrorDetails, above: Path
    ) -> None:
        self._document = document
        self._model = model
        self._kind = details["type"]
        self._input: Any = details["input"]
        self._reason = str(details.get("ctx", {}).get("error", ""))
        self._is_key = details["loc"][-1:] == ("[key]",)
        self._path: Path = details["loc"][:-1] if self._is_key else details["loc"]
        self._above = above

    def problem(self) -> Problem:
        """The error as a problem of the document."""
        match self._kind:
            case "missing":
                return self._missing()
            case "extra_forbidden":
                return self._unknown_key()
            case _:
                return self._wrong_key() if self._is_key else self._wrong_value()

    def _missing(self) -> Problem:
        expected = doc_at(self._model, self._path)
        position = self._document.key_position((*self._above, *self._path[:-1]))
        found = f"found no `{self._path[-1]}`"
        return self._problem(position, found, expected.doc.allowed, expected.example())

    def _unknown_key(self) -> Problem:
        key = str(self._path[-1])
        owner = model_at(self._model, self._path[:-1])
        known = fields_of(owner)
        guess = nearest(key, known)
        found = f"found the unknown key {quoted(key)}{did_you_mean(guess)}"
        example = doc_at(owner, (guess or next(iter(known)),)).example()
        position = self._document.key_position((*self._above, *self._path))
        return self._problem(position, found, keys_of(owner), example)

    def _wrong_key(self) -> Problem:
        expected = doc_at(self._model, self._path, of_key=True)
        found = f"found the name {quoted(str(self._input))}, {self._reason}"
        position = self._document.key_position((*self._above, *self._path))
        return self._problem(position, found, expected.doc.allowed, expected.example())

    def _wrong_value(self) -> Problem:
        expected = doc_at(self._model, self._path)
        found = "found a value" if expected.doc.confidential else f"found {describe(self._input)}"
        if self._kind in ("too_short", "too_long"):
            found += f" of {len(self._input)}"
        if self._reason:
            found += f", {self._reason}"
        example = expected.example()
        text = _as_text(self._input)
        if expected.doc.free_text and text is not None:
            example = f"{expected.key}: {quoted(text)}" if expected.key else quoted(text)
        position = self._document.position((*self._above, *self._path))
        return self._problem(position, found, expected.doc.allowed, example)

    def _problem(self, position: Position, found: str, allowed: str, example: str) -> Problem:
        return Problem.of(position, dotted((*self._above, *self._path)), found, allowed, example)


def _as_text(value: Any) -> str | None:
    """What a word without quotes that YAML takes for no text was written as."""
    if isinstance(value, Trap):
        return value.text
    return str(value).lower() if isinstance(value, bool | int | float) else None
