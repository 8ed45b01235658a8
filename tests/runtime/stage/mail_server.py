"""A mail server on this machine, as providers run them: TLS first, then a password."""

import asyncio
import email
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from ephemeral_port_reserve import reserve

from tests.runtime.stage.podman import network

USER, PASSWORD = "fleet", "smtp-pass'word\"$"
LARGEST = 40 * 2**20


@dataclass
class Mail:
    """What arrived."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    encrypted: bool


@dataclass
class MailServer:
    """`answer` is what it says to a mail, by default that it takes it; `delay` when."""

    ca: Path
    port: int
    mails: list[Mail] = field(default_factory=list[Mail])
    answer: str = ""
    delay: float = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        await asyncio.sleep(self.delay)
        if self.answer:
            return self.answer
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        encrypted = session.ssl is not None
        sender = envelope.mail_from or ""
        self.mails.append(Mail(sender, list(envelope.rcpt_tos), message, encrypted))
        return "250 OK"

    @property
    def environment(self) -> dict[str, str]:
        """What the task says of it."""
        return {
            "FLEET_MAIL": "smtp",
            "FLEET_MAIL_HOST": network().gateway,
            "FLEET_MAIL_PORT": str(self.port),
            "FLEET_MAIL_USER": USER,
            "FLEET_MAIL_PASSWORD": PASSWORD,
        }


def _authenticated(
    server: Any, session: Any, envelope: Any, mechanism: str, data: Any
) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password.decode() == PASSWORD
    return AuthResult(success=right and data.login.decode() == USER)


@contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    """Listens on the containers' network alone."""
    authority = trustme.CA()
    server = MailServer(folder / "mail-ca.pem", reserve(network().gateway))
    authority.cert_pem.write_to_path(server.ca)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(network().gateway).configure_cert(context)
    controller = Controller(
        server,
        hostname=network().gateway,
        port=server.port,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=_authenticated,
        data_size_limit=LARGEST,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
