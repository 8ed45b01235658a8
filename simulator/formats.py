"""Checks on a single string that no regular expression says well. Each returns what is wrong."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
from typing import Any

_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:.+", re.DOTALL)


def arn(value: Any) -> str | None:
    """`arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`."""
    return None if _ARN.fullmatch(str(value)) else f"({value}) is an invalid ARN"


def cidr4(value: Any) -> str | None:
    """An IPv4 network without host bits, such as 10.0.0.0/16."""
    try:
        ipaddress.IPv4Network(str(value))
    except ValueError as error:
        return f"{value!r} is not a valid IPv4 CIDR block: {error}"
    return None if "/" in str(value) else f"{value!r} is not a valid IPv4 CIDR block: no prefix"


def json_text(value: Any) -> str | None:
    """A JSON document."""
    try:
        json.loads(value)
    except (TypeError, ValueError) as error:
        return f"contains an invalid JSON: {error}"
    return None


def base64_text(value: Any) -> str | None:
    """Standard base64."""
    try:
        base64.b64decode(str(value), validate=True)
    except binascii.Error:
        return "must be base64-encoded"
    return None


def health_check_port(value: Any) -> str | None:
    """`traffic-port` or a port number."""
    if value == "traffic-port" or (str(value).isdigit() and 1 <= int(value) <= 65536):
        return None
    return f"must be a valid port or 'traffic-port', got {value!r}"


FORMATS = {
    "arn": arn,
    "cidr4": cidr4,
    "json": json_text,
    "base64": base64_text,
    "health_check_port": health_check_port,
}
