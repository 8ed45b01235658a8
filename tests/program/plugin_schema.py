"""The schema that programs in other languages get of the components.

`.venv/bin/python -m tests.program.plugin_schema` writes it again, after a change that was meant.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from plugin.provider import provider

FILE = Path(__file__).with_suffix(".json")
COMMAND = ".venv/bin/python -m tests.program.plugin_schema"


def schema() -> dict[str, Any]:
    """What the plugin answers when it is asked for its schema."""
    return json.loads(provider().schema)


def outputs(component: str) -> list[str]:
    """The names of a component's outputs, as they are checked in."""
    known = json.loads(FILE.read_text())
    return list(known["resources"][f"wordpress-fleet:index:{component}"]["properties"])


if __name__ == "__main__":
    FILE.write_text(json.dumps(schema(), indent=2) + "\n")
    print(FILE)
