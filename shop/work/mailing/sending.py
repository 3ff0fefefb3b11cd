"""Sending the outbox: by SMTP, or into a folder. What the server accepted counts as sent.

A refused recipient is final and raises an alarm; any other trouble puts the
mail back, and after days of it the mail is given up, whole. A mail that is
sent twice, because the answer was lost, carries the same Message-ID both times.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import formataddr

from sqlalchemy import ColumnElement, false, update

from kits.errors import RefilleryError
from kits.host import end_reads, session, unit
from kits.settings import setting
from shop.papers.attached import files_of
from shop.work.duties import Duty
from shop.work.mailing import alarms
from shop.work.mailing.mail_server import Envelope, MailWaits, RecipientRefused, ServerRests, deliver
from shop.work.outbox import DEAD, QUEUED, REFUSED, SENT, Attachment, OutboxMail

LONGEST_PROBLEM = 500


class NowhereToSend(RefilleryError):
    """SHOP_MAIL_URL is not set."""

    retry = True


def send_mail(mail_id: int, now: datetime) -> None:
    """Send one queued mail and record that it was `sent`, `refused` or given up as `dead`, and why. Commits.

    Raises a RefilleryError with `retry` when the server cannot be reached or
    says to come back later. A mail that is not queued any more is left alone.
    """
    url = str(setting("MAIL_URL"))
    if not url:
        raise NowhereToSend("Mails wait: set MAIL_URL to smtp://host:port or file:FOLDER.")
    mail = _queued(mail_id)
    if mail is None:
        return
    try:
        deliver(url, mail, _sender())
    except RecipientRefused as refusal:
        _record_refusal(mail, str(refusal), now)
    except ServerRests:
        raise
    except MailWaits as trouble:
        if not _given_up(mail, str(trouble), now):
            raise
    else:
        with unit():
            _note(mail, state=SENT, sent_at=now, problem=None, failing_since=None)


def _sender() -> str:
    """Who the mails are from: MAIL_FROM, with the shop's name before it when it is an address alone."""
    sender, name = str(setting("MAIL_FROM")), " ".join(str(setting("NAME")).split())
    return sender if "<" in sender or not name else formataddr((name, sender))


def _queued(mail_id: int) -> Envelope | None:
    """The mail while it is queued, read without leaving a transaction open."""
    row = session().get_one(OutboxMail, mail_id)
    files = [Attachment(file.name, file.media_type, file.content) for file in row.attachments]
    files += files_of(session(), row.key)
    mail = Envelope(row.id, row.to, row.subject, row.text, row.html, row.message_id, row.since, files)
    queued = row.state == QUEUED
    end_reads()
    return mail if queued else None


def _record_refusal(mail: Envelope, problem: str, now: datetime) -> None:
    with unit():
        if _note(mail, state=REFUSED, problem=problem[:LONGEST_PROBLEM]):
            alarms.refused(mail, now)


def _given_up(mail: Envelope, problem: str, now: datetime) -> bool:
    """Note what the try came to; True when tries have failed for so long that the mail is dead from now on."""
    with unit() as current:
        failing_since = current.get_one(OutboxMail, mail.number).failing_since or now
        if now - failing_since < timedelta(hours=float(setting("MAIL_GIVE_UP_HOURS"))):
            _note(mail, problem=problem[:LONGEST_PROBLEM], failing_since=failing_since)
            return False
        if _note(mail, state=DEAD, problem=problem[:LONGEST_PROBLEM]):
            alarms.dead(mail, now)
        return True


def _note(mail: Envelope, **values: object) -> bool:
    """Write down what came of it; False when another did, or when staff changed the mail while it was on its way."""
    same = (OutboxMail.id == mail.number, OutboxMail.state == QUEUED, OutboxMail.message_id == mail.message_id)
    queued = update(OutboxMail).where(*same).values(**values)
    done = session().execute(queued.execution_options(synchronize_session=False))
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _due(now: datetime) -> ColumnElement[bool]:
    # Without a server nothing is due, so that the worker does not wait for what cannot happen.
    return OutboxMail.state == QUEUED if setting("MAIL_URL") else false()


MAIL_DUTY = Duty("mail", OutboxMail, _due, send_mail)
