"""What the admin's pages about mails list. Reads only; each list is short however large the outbox is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, load_only, selectinload

from kits.audit import AuditEntry
from kits.errors import NotFound
from shop.work.outbox import DEAD, DROPPED, QUEUED, REFUSED, SENT, OutboxAttachment, OutboxMail

A_PAGE = 50
PUT_AWAY = "put_away"
KINDS = {
    QUEUED: "waiting",
    REFUSED: "refused",
    DEAD: "given up",
    SENT: "sent",
    DROPPED: "dropped",
    PUT_AWAY: "put away",
}
_IN_A_LIST = load_only(
    OutboxMail.to,
    OutboxMail.subject,
    OutboxMail.state,
    OutboxMail.queued_at,
    OutboxMail.again_at,
    OutboxMail.sent_at,
    OutboxMail.problem,
    OutboxMail.times,
    OutboxMail.put_away_at,
)


@dataclass(frozen=True)
class Held:
    """What the outbox holds back: mails that wait and since when the oldest does, and those that need somebody.

    `trouble` is what the last tries came to, while tries fail.
    """

    queued: int
    refused: int
    dead: int
    oldest: datetime | None
    trouble: str | None

    @property
    def needing(self) -> int:
        """Mails that wait for somebody."""
        return self.refused + self.dead


def held(session: Session) -> Held:
    """What the outbox holds back; two statements."""
    since = func.coalesce(OutboxMail.again_at, OutboxMail.queued_at)
    counts = select(OutboxMail.state, func.count(), func.min(since)).where(
        OutboxMail.state.in_((QUEUED, REFUSED, DEAD)), OutboxMail.put_away_at.is_(None)
    )
    found = {row[0]: (row[1], row[2]) for row in session.execute(counts.group_by(OutboxMail.state))}
    failing = select(OutboxMail.problem).where(OutboxMail.state == QUEUED, OutboxMail.failing_since.is_not(None))
    queued, oldest = found.get(QUEUED, (0, None))
    trouble = session.scalar(failing.order_by(OutboxMail.failing_since).limit(1)) if queued else None
    return Held(queued, found.get(REFUSED, (0,))[0], found.get(DEAD, (0,))[0], oldest, trouble)


def mails(session: Session, *, kind: str = "", to: str = "", before: int | None = None) -> Sequence[OutboxMail]:
    """A page of mails, the newest first, and one more when there is a next page.

    `kind` is one of KINDS, `to` an address, `before` the id of a page's last mail.
    """
    query = select(OutboxMail).options(_IN_A_LIST).order_by(OutboxMail.id.desc()).limit(A_PAGE + 1)
    if kind:
        query = query.where(_of_kind(kind))
    if to:
        query = query.where(OutboxMail.to.in_({to, to.lower()}))
    if before is not None:
        query = query.where(OutboxMail.id < before)
    return session.scalars(query).all()


def mail(session: Session, mail_id: int) -> OutboxMail:
    """One mail with its files' names and what became of it earlier; raises NotFound."""
    names = selectinload(OutboxMail.attachments).load_only(OutboxAttachment.name, OutboxAttachment.media_type)
    found = session.get(OutboxMail, mail_id, options=(names, selectinload(OutboxMail.earlier)))
    if found is None:
        raise NotFound("There is no such mail.")
    return found


def acts(session: Session, mail_id: int) -> Sequence[AuditEntry]:
    """What staff did with a mail, oldest first."""
    of = select(AuditEntry).where(AuditEntry.subject == f"mail:{mail_id}", AuditEntry.action.like("mail.%"))
    return session.scalars(of.order_by(AuditEntry.id)).all()


def how_long(span: timedelta) -> str:
    """A span in the largest unit that is full: `3 hours`."""
    minutes = max(0, int(span.total_seconds() // 60))
    for size, name in ((1440, "day"), (60, "hour")):
        if minutes >= size:
            return f"{minutes // size} {name}{'s' if minutes >= 2 * size else ''}"
    return f"{minutes} {'minute' if minutes == 1 else 'minutes'}"


def _of_kind(kind: str) -> ColumnElement[bool]:
    if kind == PUT_AWAY:
        return and_(OutboxMail.state.in_((REFUSED, DEAD)), OutboxMail.put_away_at.is_not(None))
    return and_(OutboxMail.state == kind, OutboxMail.put_away_at.is_(None))
