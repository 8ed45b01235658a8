"""References to what lives elsewhere: images, secrets, mailboxes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

# The grammar of the distribution project, with a tag or a digest asked for.
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REGISTRY = r"[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?/"
_IMAGE = re.compile(
    rf"(?:{_REGISTRY})?{_COMPONENT}(?:/{_COMPONENT})*"
    r"(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?",
    re.ASCII,
)
_IMAGE_CHARACTERS = 512

_SECRET = re.compile(
    r"arn:aws(?:-[a-z-]+)?:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[\w/+=.@-]+-\w{6}"
    # JSON key, version stage, version id, as ECS takes them after the ARN.
    r"(?::[^:]*:[^:]*:[^:]*)?"
    r"|arn:aws(?:-[a-z-]+)?:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[\w./-]+",
    re.ASCII,
)

_CERTIFICATE = re.compile(
    r"arn:aws(?:-[a-z-]+)?:(?:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}"
    r"|iam::[0-9]{12}:server-certificate/[\w/.@+=,-]{1,512})",
    re.ASCII,
)

_TOPIC = re.compile(r"arn:aws(?:-[a-z-]+)?:sns:[a-z0-9-]+:[0-9]{12}:[\w-]{1,256}", re.ASCII)

_KEY = re.compile(
    r"arn:aws(?:-[a-z-]+)?:kms:[a-z0-9-]+:[0-9]{12}:key/(?:mrk-)?[0-9a-f-]{32,36}", re.ASCII
)

_VAULT = re.compile(
    r"arn:aws(?:-[a-z-]+)?:backup:[a-z0-9-]+:[0-9]{12}:backup-vault:[A-Za-z0-9_-]{2,50}", re.ASCII
)

_ARN_CHARACTERS = 2_048

# What WordPress's is_email() takes; wp_users.user_email holds 100 characters.
_EMAIL = re.compile(
    r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~.-]+@(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+"
    r"[a-zA-Z0-9-]*[a-zA-Z0-9]"
)
_EMAIL_CHARACTERS = 100

# What sanitize_user() leaves alone in its strict form; wp_users.user_login holds 60 characters.
_USER = re.compile(r"(?! )[a-zA-Z0-9 _.@-]{1,60}(?<! )")

_POSIX_USER = re.compile(r"[1-9][0-9]{0,8}(?::[1-9][0-9]{0,8})?")


def image(text: str) -> str:
    """An image with a tag or a digest. Raises ValueError with what is wrong."""
    if len(text) > _IMAGE_CHARACTERS or not _IMAGE.fullmatch(text):
        raise ValueError("which is no image")
    if ":" not in text.rpartition("/")[2]:
        raise ValueError("which has neither tag nor digest")
    return text


def secret_arn(text: str) -> str:
    """The ARN of a Secrets Manager secret or an SSM parameter. Raises ValueError."""
    if len(text) > _ARN_CHARACTERS or not _SECRET.fullmatch(text):
        raise ValueError("which is no such ARN")
    return text


def certificate_arns(given: object) -> tuple[str, ...]:
    """The ARNs of certificates in ACM or IAM, given as one or as a list. Raises ValueError."""
    if isinstance(given, str):
        arns = [given]
    elif isinstance(given, list | tuple) and given:
        arns = cast("Sequence[object]", given)
    else:
        raise ValueError("which is neither such an ARN nor a list of them")
    for number, arn in enumerate(arns, start=1):
        if not isinstance(arn, str) or not _CERTIFICATE.fullmatch(arn):
            place = "which" if isinstance(given, str) else f"whose value {number}"
            raise ValueError(f"{place} is no such ARN")
    if len(set(arns)) < len(arns):
        raise ValueError("which names a certificate twice")
    return cast("tuple[str, ...]", tuple(arns))


def topic_arn(text: str) -> str:
    """The ARN of an SNS topic that is no queue. Raises ValueError."""
    if not _TOPIC.fullmatch(text):
        raise ValueError("which is no such ARN")
    return text


def key_arn(text: str) -> str:
    """The ARN of a key in KMS, not of an alias. Raises ValueError."""
    if not _KEY.fullmatch(text):
        raise ValueError("which is no such ARN")
    return text


def backup_vault_arn(text: str) -> str:
    """The ARN of a vault of AWS Backup. Raises ValueError."""
    if not _VAULT.fullmatch(text):
        raise ValueError("which is no such ARN")
    return text


def posix_user(text: str) -> str:
    """`UID` or `UID:GID` of somebody who isn't root. Raises ValueError."""
    if not _POSIX_USER.fullmatch(text):
        raise ValueError("which is no such user")
    return text


def user_name(text: str) -> str:
    """A user name that WordPress takes unchanged. Raises ValueError."""
    if not _USER.fullmatch(text):
        raise ValueError("which WordPress would change or refuse")
    return text


def email(text: str) -> str:
    """An address that WordPress takes. Raises ValueError."""
    if len(text) > _EMAIL_CHARACTERS or not _EMAIL.fullmatch(text):
        raise ValueError("which is no address that WordPress takes")
    return text
