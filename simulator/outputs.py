"""Computed values: fills in what the provider answers beyond what the program gave.

Templates of the table: `{name}` another property, `{id}` the resource's id, `{account}`,
`{region}`, `{logical}` (the logical name), `{now}`, and fresh random text: `{hex:8}`,
`{digits:8}`, `{upper:8}` (capitals and digits), `{mixed:6}` (letters and digits), `{uuid}`,
`{octet}` (1 to 254). `{uuid_of}` is one UUID for the same values of what replaces,
`{endpoint_hash}` the part of RDS endpoints that an account has per region.
"""

from __future__ import annotations

import copy
import hashlib
import random
import re
import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from simulator.rows import Row
from simulator.values import UNKNOWN, blocks

# The account of AWS's own documentation.
ACCOUNT = "123456789012"

_PLACEHOLDER = re.compile(r"\{([A-Za-z_0-9]+)(?::(\d+))?\}")
_ALPHABETS = {
    "hex": "0123456789abcdef",
    "digits": string.digits,
    "upper": string.ascii_uppercase + string.digits,
    "mixed": string.ascii_letters + string.digits,
}


@dataclass(slots=True)
class Filler:
    """Fills one resource's properties from its row.

    `preview` leaves every computed value unknown, as a plan does.
    """

    row: Row
    name: str
    region: str
    props: dict[str, Any]
    preview: bool = False
    random: random.Random = field(default_factory=random.SystemRandom)

    def fill(self) -> str:
        """Complete `props` in place; returns the id ("" in a preview)."""
        apply_defaults(self.row, self.props)
        for name, computed in self.row.outputs.items():
            self._complete(name, computed)
        return "" if self.preview else self.identity()

    def identity(self) -> str:
        """The id, made once and kept among the properties until the caller takes it out."""
        if "id" not in self.props:
            self.props["id"] = self.text(self.row.id)
        return str(self.props["id"])

    def _complete(self, name: str, computed: Any) -> None:
        given = self.props.get(name)
        if given is None:
            self.props[name] = UNKNOWN if self.preview else self._value(computed)
        elif isinstance(given, dict) and isinstance(computed, dict):
            for inner, value in computed.items():
                given.setdefault(inner, UNKNOWN if self.preview else copy.deepcopy(value))

    def _value(self, computed: Any) -> Any:
        return self.text(computed) if isinstance(computed, str) else copy.deepcopy(computed)

    def text(self, template: str) -> str:
        """A template with its placeholders filled in; JSON text passes unchanged."""
        return template if '"' in template else _PLACEHOLDER.sub(self._placeholder, template)

    def _placeholder(self, match: re.Match[str]) -> str:
        name, length = match[1], match[2]
        if length is not None:
            return "".join(self.random.choices(_ALPHABETS[name], k=int(length)))
        if name in _SPECIAL:
            return _SPECIAL[name](self)
        if name == "id":
            return self.identity()
        if self.props.get(name) is None and name in self.row.outputs:
            self._complete(name, self.row.outputs[name])
        value = self.props.get(name)
        return "" if value is None else str(value)


def _endpoint_hash(filler: Filler) -> str:
    digest = hashlib.sha256(f"{ACCOUNT}/{filler.region}".encode()).hexdigest()
    return f"c{digest[:11]}"


def managed_key(region: str, service: str) -> str:
    """ARN of the key that AWS manages for a service in the account."""
    return f"arn:aws:kms:{region}:{ACCOUNT}:key/{uuid.uuid5(uuid.NAMESPACE_DNS, service)}"


def _uuid_of(filler: Filler) -> str:
    values = [filler.props.get(name) for name in sorted(filler.row.replaces)]
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, repr(values)))


_SPECIAL: dict[str, Callable[[Filler], str]] = {
    "account": lambda filler: ACCOUNT,
    "web_acl_scope": lambda filler: (
        "global" if filler.props.get("scope") == "CLOUDFRONT" else "regional"
    ),
    "region": lambda filler: filler.region,
    "logical": lambda filler: filler.name,
    "now": lambda filler: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "uuid": lambda filler: str(uuid.UUID(int=filler.random.getrandbits(128), version=4)),
    "uuid_of": _uuid_of,
    "octet": lambda filler: str(filler.random.randrange(1, 255)),
    "endpoint_hash": _endpoint_hash,
}


def apply_defaults(row: Row, props: dict[str, Any]) -> None:
    """Set the schema's defaults in place: at the top, and in every block that is given."""
    for path, value in row.defaults.items():
        *parents, name = path.split(".")
        for _, block in blocks(props, tuple(parents)):
            if block.get(name) is None:
                block[name] = copy.deepcopy(value)
