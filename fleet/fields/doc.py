"""What each field says of itself: once, for its errors, the JSON Schema and the reference page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from fleet.wording import listing, yaml_example


@dataclass(frozen=True, slots=True)
class Doc:
    """What a field says of itself, as metadata of its annotation."""

    about: str
    """What it is, with its unit."""
    allowed: str
    """What follows "allowed is"."""
    example: Any
    """A valid value."""
    built_in: str = ""
    """How the reference names the default, where the value alone doesn't say it."""
    free_text: bool = False
    """Whether any word will do, in quotes if need be."""
    confidential: bool = False
    """Whether a wrong value may be a password, which no error and no log shall show."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = handler(core_schema)
        schema["description"] = f"{self.about[0].upper()}{self.about[1:]}: {self.allowed}."
        schema["examples"] = [self.example]
        return schema


@dataclass(frozen=True, slots=True)
class Expected:
    """The doc of a place in a file, and the key that an example of it is written with."""

    doc: Doc
    key: str | None

    def example(self) -> str:
        """The example as YAML: `key: value`, or the bare value of a list's element."""
        return yaml_example(self.key, self.doc.example)


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Name in the file -> pydantic's description of the field."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def doc_of(model: type[BaseModel], name: str) -> Doc:
    """The doc of the field that a file calls `name`; that of its type comes before its own."""
    return _docs_among(fields_of(model)[name].metadata)[-1]


def doc_at(model: type[BaseModel], path: Sequence[str | int], *, of_key: bool = False) -> Expected:
    """The doc of the value at `path`, or of its key where keys are free.

    A value without a doc of its own has that of the map or list that it stands in.
    """
    annotation: Any = model
    found: Expected | None = None
    for index, step in enumerate(path):
        owner = model_in(annotation)
        if owner is not None:
            field = fields_of(owner)[str(step)]
            found = Expected(doc_of(owner, str(step)), str(step))
            annotation = field.annotation
            continue
        inner = get_args(bare(annotation))
        at_key = of_key and index == len(path) - 1
        annotation = inner[0] if at_key or isinstance(step, int) else inner[-1]
        if own := _docs_among(getattr(annotation, "__metadata__", ())):
            found = Expected(own[-1], None if at_key or isinstance(step, int) else step)
    assert found is not None, f"{model.__name__} has no doc at {path}"
    return found


def model_at(model: type[BaseModel], path: Sequence[str | int]) -> type[BaseModel]:
    """The model of the map at `path`."""
    annotation: Any = model
    for step in path:
        owner = model_in(annotation)
        if owner is None:
            annotation = get_args(bare(annotation))[-1]
        else:
            annotation = fields_of(owner)[str(step)].annotation
    found = model_in(annotation)
    assert found is not None, f"{model.__name__} has no model at {path}"
    return found


def _docs_among(metadata: Iterable[Any]) -> list[Doc]:
    return [item for item in metadata if isinstance(item, Doc)]


def bare(annotation: Any) -> Any:
    """The annotation without `Annotated` and without `| None`."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return bare(next(item for item in get_args(annotation) if item is not type(None)))
    return annotation


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that the annotation is, if it is one."""
    stripped: Any = bare(annotation)
    is_model = isinstance(stripped, type) and issubclass(stripped, BaseModel)
    return cast("type[BaseModel]", stripped) if is_model else None


def whole(low: int, high: int, unit: str = "") -> str:
    """`a whole number from 1 to 5,000 …`."""
    return f"a whole number from {low:,} to {high:,}{unit and ' ' + unit}"


def keys_of(model: type[BaseModel]) -> str:
    """`cpu` and `memory`: the keys of a model's map, in words."""
    return listing((f"`{name}`" for name in fields_of(model)), last="and")
