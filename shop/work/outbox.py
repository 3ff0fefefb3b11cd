"""The outbox: a mail is a row, written in the transaction that causes it and sent later by a duty."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shop.work.leases import ClaimedRow


class OutboxMail(ClaimedRow):
    """A mail waiting (`queued`), accepted by the mail server (`sent`, at `sent_at`), or `refused` by it.

    `key` names its cause, so that one cause makes one mail; the Message-ID is
    fixed with the row, so that a mail sent twice is seen as one.
    """

    __tablename__ = "shop_outbox_mail"
    __table_args__ = (Index("ix_shop_outbox_mail_state", "state", "free_at"),)

    key: Mapped[str] = mapped_column(unique=True)
    to: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued")
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Letter:
    """What a mail says: subject, plain text and HTML."""

    subject: str
    text: str
    html: str


def post(session: Session, key: str, to: str, letter: Letter, *, now: datetime) -> OutboxMail:
    """Put a mail into the outbox within the open unit; the one already there under `key` if there is one."""
    known = session.scalars(select(OutboxMail).where(OutboxMail.key == key)).first()
    if known is not None:
        return known
    mail = OutboxMail(
        key=key,
        to=to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        message_id=f"<{uuid.uuid4().hex}@refillery>",
        queued_at=now,
    )
    session.add(mail)
    session.flush()
    return mail
