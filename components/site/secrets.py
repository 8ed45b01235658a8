"""A site's secrets: generated once, kept in one Secrets Manager secret."""

from __future__ import annotations

from collections.abc import Callable

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.site.context import SiteContext
from components.task import KEYS_AND_SALTS

PASSWORD_LENGTH = 32
# WordPress generates each key and salt with 64 characters (wp_generate_password in setup-config).
KEY_LENGTH = 64


class Secrets:
    """The password of the site's database user, WordPress's keys and salts, the first admin's.

    The value is the first one only: `fleet rotate` gives the secret newer versions, which the
    program neither knows nor takes back.

    The secret's name is automatic: a fixed one can't be used again for the 30 days in which a
    deleted secret can still be recovered.
    """

    secret_arn: pulumi.Output[str]

    def __init__(self, context: SiteContext) -> None:
        self._context = context
        site = context.site.name
        # Letters and digits only: 32 of them hold 190 bits, and no client has to quote them.
        database = self._password(f"{site}-database-password", PASSWORD_LENGTH)
        admin = self._password(f"{site}-admin-password", PASSWORD_LENGTH)
        keys = self._password(f"{site}-keys", KEY_LENGTH * len(KEYS_AND_SALTS))
        secret = aws.secretsmanager.Secret(
            site,
            kms_key_id=context.settings.kms_key_arn,
            description=f"WordPress site {site}: database password, admin password, keys and salts",
            opts=context.keeper,
        )
        version = aws.secretsmanager.SecretVersion(
            site,
            secret_id=secret.id,
            secret_string=pulumi.Output.json_dumps(
                {
                    "database_password": database.result,
                    "admin_password": admin.result,
                    **{
                        key.lower(): keys.result.apply(_slice(index))
                        for index, key in enumerate(KEYS_AND_SALTS)
                    },
                }
            ),
            opts=pulumi.ResourceOptions.merge(
                context.child, pulumi.ResourceOptions(ignore_changes=["secretString"])
            ),
        )
        # A task that starts before the secret has a value would fail.
        self.secret_arn = pulumi.Output.all(secret.arn, version.id).apply(lambda v: v[0])
        self.outputs = {"secret_arn": self.secret_arn}

    def _password(self, name: str, length: int) -> random.RandomPassword:
        return random.RandomPassword(name, length=length, special=False, opts=self._context.child)


def _slice(index: int) -> Callable[[str], str]:
    return lambda keys: keys[index * KEY_LENGTH : (index + 1) * KEY_LENGTH]
