"""The types that the models' fields are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from fleet.fields.doc import Doc
from fleet.fields.hosts import domain_suffix, host_name, zone_name
from fleet.fields.references import (
    certificate_arns,
    email,
    image,
    posix_user,
    secret_arn,
    user_name,
)
from fleet.fields.schedules import schedule_expression, timezone
from fleet.fields.spelling import (
    NAME,
    SITE_NAME_CHARACTERS,
    STACK_PART_CHARACTERS,
    TABLE_PREFIX,
    name_rule,
    short_name,
    table_prefix,
    title,
    url_path,
)
from fleet.fields.tags import FREE_TAGS, TAG_KEY_RULE, TAG_VALUE_RULE, tag_key, tag_value
from fleet.fields.variables import VARIABLE_NAME, variable_name, variable_value
from fleet.quotas import ACU


class Model(BaseModel):
    """Takes the types that a file holds and converts none: no text becomes a number."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class SettingsModel(BaseModel):
    """The same for settings, whose keys are in camelCase in files and snake_case in Python."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )


def _in_halves(value: float) -> float:
    if not (value * 2).is_integer():
        raise ValueError("which is not in halves")
    return value


def _in_schema(pattern: str, longest: int | None = None) -> FieldInfo:
    """Tells editors what a validator checks."""
    extra: JsonDict = {"pattern": f"^{pattern}$"}
    if longest is not None:
        extra["maxLength"] = longest
    return Field(json_schema_extra=extra)


HostName = Annotated[
    str,
    AfterValidator(host_name),
    Doc(
        "a host name",
        "a host name of two labels or more in lower case, or *. before one",
        "blog.example.com",
    ),
]
ZoneName = Annotated[
    str,
    AfterValidator(zone_name),
    Doc("a zone", "a domain name of two labels or more in lower case", "example.com"),
]
DomainSuffix = Annotated[str, AfterValidator(domain_suffix)]
Image = Annotated[str, AfterValidator(image)]
CertificateArns = Annotated[
    tuple[str, ...],
    BeforeValidator(certificate_arns, json_schema_input_type=str | list[str]),
]
Email = Annotated[str, AfterValidator(email)]
PosixUser = Annotated[str, AfterValidator(posix_user)]
UserName = Annotated[str, AfterValidator(user_name)]
TablePrefix = Annotated[str, AfterValidator(table_prefix), _in_schema(TABLE_PREFIX)]
Title = Annotated[str, AfterValidator(title)]
UrlPath = Annotated[str, AfterValidator(url_path)]
ScheduleExpression = Annotated[str, AfterValidator(schedule_expression)]
TimeZone = Annotated[str, AfterValidator(timezone)]
Acu = Annotated[float, Field(ge=ACU[0], le=ACU[1]), AfterValidator(_in_halves)]

ShortName = Annotated[
    str,
    AfterValidator(short_name(SITE_NAME_CHARACTERS)),
    _in_schema(NAME, SITE_NAME_CHARACTERS),
    Doc("a name", name_rule(SITE_NAME_CHARACTERS), "blog"),
]
StackPart = Annotated[
    str,
    AfterValidator(short_name(STACK_PART_CHARACTERS)),
    _in_schema(NAME, STACK_PART_CHARACTERS),
    Doc("a part of a stack's name", name_rule(STACK_PART_CHARACTERS), "dev"),
]

_VariableName = Annotated[
    str,
    AfterValidator(variable_name),
    _in_schema(VARIABLE_NAME),
    Doc(
        "a name",
        "letters, digits and _ without a digit in front, and no name that the fleet sets",
        "WP_MEMORY_LIMIT",
    ),
]
Variables = dict[
    _VariableName,
    Annotated[str, AfterValidator(variable_value), Doc("a value", "text", "256M", free_text=True)],
]
SecretArn = Annotated[str, AfterValidator(secret_arn)]
Secrets = dict[
    _VariableName,
    Annotated[
        str,
        AfterValidator(secret_arn),
        Doc(
            "an ARN",
            "the full ARN of a Secrets Manager secret or an SSM parameter",
            "arn:aws:ssm:eu-west-1:123456789012:parameter/smtp",
            confidential=True,
        ),
    ],
]
Tags = Annotated[
    dict[
        Annotated[str, AfterValidator(tag_key), Doc("a tag's key", TAG_KEY_RULE, "Team")],
        Annotated[
            str,
            AfterValidator(tag_value),
            Doc("a tag's value", TAG_VALUE_RULE, "web", free_text=True),
        ],
    ],
    Field(max_length=FREE_TAGS),
]
