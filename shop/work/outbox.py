"""The outbox: a mail is a row, written in the transaction that causes it and sent later by a duty."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from functools import cache
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from kits.in_one import defaults, whole
from kits.ready import Ready
from kits.rows import known
from kits.settings import setting
from kits.tables import Row
from shop.work.leases import ClaimedRow

LARGEST_FILE = 2_000_000
LONGEST_NAME = 100
LONGEST_SUBJECT = 200
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,200}")
_MEDIA_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")


QUEUED, SENT, REFUSED, DEAD, DROPPED = "queued", "sent", "refused", "dead", "dropped"
NOBODY = "@invalid"
"""What the made-up address of an erased customer ends with: nothing is ever sent there."""
_UNCLEARED = text("cleared_at IS NULL")


class OutboxMail(ClaimedRow):
    """A mail that is `queued`, `sent` (accepted by the mail server, at `sent_at`), `refused` by it, or `dead`.

    `dropped` is one to somebody whose data was erased before it left.
    Dead is a mail that could not be handed over for days: it stays whole until
    staff send it again or put it away. `key` names its cause, so that one
    cause makes one mail; the Message-ID stays the same until staff ask for it
    again, so that a mail whose answer was lost is seen as one.
    """

    __tablename__ = "shop_outbox_mail"
    __table_args__ = (
        Index("ix_shop_outbox_mail_state", "state", "free_at"),
        Index("ix_shop_outbox_mail_page", "state", "id"),
        Index("ix_shop_outbox_mail_to", "to", "id"),
        Index("ix_shop_outbox_mail_uncleared", "sent_at", postgresql_where=_UNCLEARED, sqlite_where=_UNCLEARED),
    )

    key: Mapped[str] = mapped_column(unique=True)
    to: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str]
    state: Mapped[str] = mapped_column(default=QUEUED)
    queued_at: Mapped[datetime] = mapped_column(doc="when it was written")
    sent_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text, doc="why it was refused, or what the last try came to")
    failing_since: Mapped[datetime | None] = mapped_column(doc="when the first try of this time failed")
    times: Mapped[int] = mapped_column(default=0, doc="counts up whenever staff change it: two clicks, one change")
    again_at: Mapped[datetime | None] = mapped_column(doc="when staff last asked for it to be sent again")
    put_away_at: Mapped[datetime | None] = mapped_column(doc="since when a refused or dead one needs nobody any more")
    cleared_at: Mapped[datetime | None] = mapped_column(doc="when its text and its files were cleared for their age")

    attachments: Mapped[list[OutboxAttachment]] = relationship(order_by="OutboxAttachment.id")
    earlier: Mapped[list[EarlierSending]] = relationship(order_by="EarlierSending.id")

    @property
    def since(self) -> datetime:
        """Since when it waits to be sent, or waited."""
        return self.again_at or self.queued_at


class OutboxAttachment(Row):
    """A small file that goes with a mail."""

    __tablename__ = "shop_outbox_attachment"

    mail_id: Mapped[int] = mapped_column(ForeignKey("shop_outbox_mail.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class EarlierSending(Row):
    """What became of a mail before staff asked for it again: to whom, accepted when, or why not. Holds an address."""

    __tablename__ = "shop_outbox_earlier"

    mail_id: Mapped[int] = mapped_column(ForeignKey("shop_outbox_mail.id"), index=True)
    to: Mapped[str]
    message_id: Mapped[str]
    state: Mapped[str]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text)
    until: Mapped[datetime] = mapped_column(doc="when it was asked for again")
    actor: Mapped[str]


@dataclass(frozen=True)
class Attachment:
    """A file for a mail: its name as the reader sees it, its media type such as `application/pdf`, its bytes.

    Raises ValueError for more than 2 MB, and for a name or type that no header can hold.
    """

    name: str
    media_type: str
    content: bytes

    def __post_init__(self) -> None:
        if len(self.content) > LARGEST_FILE:
            raise ValueError(f"A file for a mail has at most {LARGEST_FILE:,} bytes.")
        if not _MEDIA_TYPE.fullmatch(self.media_type):
            raise ValueError("A media type looks like application/pdf.")
        if not 0 < len(self.name) <= LONGEST_NAME or not self.name.isprintable() or set(self.name) & set('/\\"'):
            raise ValueError("A file's name is one short line without slashes and quotes.")


@dataclass(frozen=True)
class Letter:
    """What a mail says: subject, plain text and HTML."""

    subject: str
    text: str
    html: str


def post(
    session: Session, key: str, to: str, letter: Letter, *, now: datetime, attachments: Sequence[Attachment] = ()
) -> OutboxMail:
    """Put a mail into the outbox within the open unit; the one already there under `key` if there is one. Flushes."""
    session.flush()
    row = {
        "key": key,
        "to": to,
        "state": DROPPED if to.endswith(NOBODY) else QUEUED,
        "subject": _one_short_line(letter.subject),
        "text": letter.text,
        "html": letter.html,
        "message_id": new_message_id(),
        "queued_at": now,
    }
    made = _new().run(session, whole(OutboxMail, row)).first()
    if made is None:
        return session.scalars(select(OutboxMail).where(OutboxMail.key == key)).one()
    for it in attachments:
        session.add(OutboxAttachment(mail_id=made[0], name=it.name, media_type=it.media_type, content=it.content))
    session.flush()
    return known(session, OutboxMail, made[0], row)


@cache
def _new() -> Ready:
    """Writes a mail unless there is one under its key."""
    table: Any = OutboxMail.__table__
    names = ("key", "to", "subject", "text", "html", "message_id", "queued_at", *defaults(OutboxMail))
    row = insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in {*names, "state"}})
    return Ready(row.on_conflict_do_nothing(index_elements=[table.c.key]).returning(table.c.id))


def _one_short_line(subject: str) -> str:
    """A subject that is too long for its column must not stop what the mail tells of, which may be a payment."""
    line = " ".join(subject.split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"


def new_message_id() -> str:
    """A Message-ID that no other mail has, in the sender's own domain."""
    domain = parseaddr(str(setting("MAIL_FROM")))[1].rpartition("@")[2]
    return f"<{uuid.uuid4().hex}@{domain if _DOMAIN.fullmatch(domain) else 'refillery.invalid'}>"
