"""Handing one mail over: to an SMTP server, or to a folder as an .eml file."""

from __future__ import annotations

import os
import smtplib
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from kits.errors import RefilleryError
from shop.work.outbox import Attachment

TIMEOUT = 10.0
"""Seconds for each step of the talk with the server; `?timeout=` in its address sets another."""
REST = 5
"""A server that kept us waiting in vain is left alone this many times as long: it must not hold up other work."""

_rests_until: dict[str, float] = {}


class MailWaits(RefilleryError):
    """The mail could not be handed over now. The text holds no address and no password."""

    retry = True


class ServerRests(MailWaits):
    """The server kept us waiting a moment ago, so it was not asked; `wait` says for how many seconds more."""

    def __init__(self, wait: float) -> None:
        super().__init__("Mails wait: the mail server did not answer a moment ago.")
        self.wait = wait


class RecipientRefused(RefilleryError):
    """The server will never take this mail for this recipient."""


@dataclass(frozen=True)
class Envelope:
    """One mail as it is to be sent; `number` names its file."""

    number: int
    to: str
    subject: str
    text: str
    html: str
    message_id: str
    dated: datetime
    files: Sequence[Attachment] = ()


def deliver(url: str, mail: Envelope, sender: str) -> None:
    """Hand `mail` to the server or folder at `url`; raises RecipientRefused or MailWaits."""
    message, began = _message(mail, sender), time.monotonic()
    if began < (until := _rests_until.get(url, began)):
        raise ServerRests(until - began)
    try:
        _hand_over(url, mail, message, sender)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        # smtplib makes of a time-out in the middle of the talk an error of its own.
        if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
            _rests_until[url] = time.monotonic() + REST * (time.monotonic() - began)
        raise _translated(error) from error


def _hand_over(url: str, mail: Envelope, message: EmailMessage, sender: str) -> None:
    scheme = url.partition(":")[0].lower()
    if scheme == "file":
        _write(Path(url[len("file:") :].removeprefix("//")), mail, message)
    elif scheme in {"smtp", "smtps"}:
        _send(urlsplit(url), mail, message, sender)
    else:
        raise MailWaits("Mails wait: MAIL_URL must begin with smtp://, smtps:// or file:.")


def _message(mail: Envelope, sender: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    try:
        message["To"] = mail.to
    except (ValueError, LookupError, MessageError) as error:
        raise RecipientRefused("No header can hold this address.") from error
    message["From"] = sender
    message["Subject"] = " ".join(_sound(mail.subject).split())
    message["Date"] = mail.dated
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_sound(mail.text), cte="quoted-printable")
    message.add_alternative(_sound(mail.html), subtype="html", cte="quoted-printable")
    for file in mail.files:
        kind, _, subtype = file.media_type.partition("/")
        message.add_attachment(file.content, kind, subtype, filename=file.name)
    return message


def _sound(text: str) -> str:
    """Halves of surrogate pairs, which no mail can carry, become question marks."""
    return text.encode("utf-8", "replace").decode()


def _write(folder: Path, mail: Envelope, message: EmailMessage) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f"{mail.number:08d}.{os.getpid()}.part"
    half.write_bytes(bytes(message))
    half.replace(folder / f"{mail.number:08d}.eml")


def _send(parts: SplitResult, mail: Envelope, message: EmailMessage, sender: str) -> None:
    with _connected(parts) as server:
        # The bare address: a name with an umlaut in it would ask for an extension few servers have.
        try:
            server.send_message(message, from_addr=parseaddr(sender)[1], to_addrs=[mail.to])
        except smtplib.SMTPNotSupportedError as error:
            raise RecipientRefused("The mail server cannot write to an address with such characters.") from error


@contextmanager
def _connected(parts: SplitResult) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    server = _dial(parts, context)
    try:
        if parse_qs(parts.query).get("starttls") == ["1"]:
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
    finally:
        # Once the mail is accepted a failing goodbye must not count.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def _dial(parts: SplitResult, context: ssl.SSLContext) -> smtplib.SMTP:
    host = parts.hostname or "localhost"
    seconds = float(parse_qs(parts.query).get("timeout", [TIMEOUT])[0])
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, parts.port or 465, timeout=seconds, context=context)
    return smtplib.SMTP(host, parts.port or 25, timeout=seconds)


def _translated(error: Exception) -> RefilleryError:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _by_code(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPDataError):
        return _by_code(error.smtp_code, error.smtp_error)
    about = f"{type(error).__name__} {error.smtp_code}" if isinstance(error, smtplib.SMTPResponseException) else ""
    return MailWaits(f"Mails wait: the mail server did not take one ({about or type(error).__name__}).")


def _by_code(code: int, said: bytes | str) -> RefilleryError:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    if 500 <= code < 600:
        return RecipientRefused(f"{code} {words}".replace("\x00", ""))
    return MailWaits(f"Mails wait: the mail server answered {code}.")
