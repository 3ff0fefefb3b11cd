"""Sending the outbox: by SMTP, or into a folder. What the server accepted counts as sent.

A refused recipient is final and raises an alarm; any other trouble puts the
mail back. A mail that is sent twice, because the answer was lost, carries the
same Message-ID both times.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, false, update

from kits.errors import RefilleryError
from kits.host import end_reads, session, unit
from kits.settings import setting
from shop.work.duties import Duty
from shop.work.letters import letter
from shop.work.mail_server import Envelope, RecipientRefused, deliver
from shop.work.outbox import Attachment, OutboxMail, post

LONGEST_PROBLEM = 500


class NowhereToSend(RefilleryError):
    """SHOP_MAIL_URL is not set."""

    retry = True


def send_mail(mail_id: int, now: datetime) -> None:
    """Send one queued mail and record that it was `sent`, or `refused` and why. Commits.

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
        deliver(url, mail, str(setting("MAIL_FROM")))
    except RecipientRefused as refusal:
        _record_refusal(mail, str(refusal), now)
    else:
        with unit():
            _left_queue(mail_id, state="sent", sent_at=now)


def refused_owner_alarm(mail: Envelope, now: datetime) -> None:
    """Tell the shop's owner, once, that a mail was refused; nothing of what it says. Within the open unit.

    A refused mail to the owner raises no alarm, which would be refused as well.
    """
    owner = str(setting("OWNER_EMAIL"))
    if owner and mail.to != owner:
        told = letter("A mail was refused", "shop/mails/refused", mail_number=mail.number)
        post(session(), f"refused:{mail.number}", owner, told, now=now)


def _queued(mail_id: int) -> Envelope | None:
    """The mail while it is queued, read without leaving a transaction open."""
    row = session().get_one(OutboxMail, mail_id)
    files = [Attachment(file.name, file.media_type, file.content) for file in row.attachments]
    mail = Envelope(row.id, row.to, row.subject, row.text, row.html, row.message_id, row.queued_at, files)
    queued = row.state == "queued"
    end_reads()
    return mail if queued else None


def _record_refusal(mail: Envelope, problem: str, now: datetime) -> None:
    with unit():
        if _left_queue(mail.number, state="refused", problem=problem[:LONGEST_PROBLEM]):
            refused_owner_alarm(mail, now)


def _left_queue(mail_id: int, **values: object) -> bool:
    queued = update(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.state == "queued")
    done = session().execute(queued.values(**values).execution_options(synchronize_session=False))
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _due(now: datetime) -> ColumnElement[bool]:
    # Without a server nothing is due, so that the worker does not wait for what cannot happen.
    return OutboxMail.state == "queued" if setting("MAIL_URL") else false()


MAIL_DUTY = Duty("mail", OutboxMail, _due, send_mail)
