"""Sending one letter: through the mail server of the settings, or as a file in the data folder when there is none."""

import os
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from portal.settings import Settings

TIMEOUT = 20


@dataclass(frozen=True)
class Envelope:
    """A letter as plain values; `id` gives the Message-ID, the same for every attempt."""

    id: str
    address: str
    subject: str
    body: str
    written_at: datetime


class NotSent(Exception):
    """The letter could not be handed over; the message says why, on one line."""


def send(settings: Settings, envelope: Envelope) -> None:
    """Hand the letter over. Raises NotSent, and then it may be tried again under the same Message-ID."""
    message = compose(settings, envelope)
    try:
        if settings.smtp_host:
            _by_server(settings, message)
        else:
            _to_folder(folder(settings), envelope.id, message)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"{type(error).__name__}: {error}".splitlines()[0]) from error


def folder(settings: Settings) -> Path:
    """Where letters are written when no mail server is named."""
    return settings.data_dir / "mail"


def compose(settings: Settings, envelope: Envelope) -> EmailMessage:
    """The letter in the form that is sent."""
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail_from
    message["To"] = envelope.address
    message["Subject"] = " ".join(envelope.subject.split())
    message["Date"] = format_datetime(envelope.written_at)
    message["Message-ID"] = f"<{envelope.id}@{settings.mail_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(envelope.body)
    return message


def _by_server(settings: Settings, message: EmailMessage) -> None:
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT) as server:
        if settings.smtp_tls:
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(message)


def _to_folder(target: Path, name: str, message: EmailMessage) -> None:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Renamed into place, so that a letter is never seen half written; links in letters open accounts.
    part = target / f".{name}.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(message.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    part.replace(target / f"{name}.eml")
