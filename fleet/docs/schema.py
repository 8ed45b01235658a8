"""The JSON Schema of sites.yaml, from the models that check it."""

from __future__ import annotations

import json
from typing import Any, cast

from pydantic.json_schema import GenerateJsonSchema

from fleet.sites_file.model import SitesFile


def schema_text() -> str:
    """The schema as JSON text, stable from run to run."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


class _WithoutTitles(GenerateJsonSchema):
    """Titles made of field names would only repeat the keys."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def schema() -> dict[str, Any]:
    """What an editor checks while one types; `fleet validate` knows more."""
    generated = SitesFile.model_json_schema(schema_generator=_WithoutTitles)
    # A layer may leave out what another one says.
    del generated["$defs"]["Schedule"]["required"]
    _close(generated)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sites.yaml",
        **{key: value for key, value in generated.items() if key != "title"},
    }


def _close(node: Any) -> None:
    """Keys that no pattern takes are refused, which `patternProperties` alone doesn't say."""
    if isinstance(node, dict):
        children = cast("dict[str, Any]", node)
        if "patternProperties" in children:
            children["additionalProperties"] = False
        for child in children.values():
            _close(child)
