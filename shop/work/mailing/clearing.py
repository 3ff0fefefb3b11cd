"""Old mails lose their text and their files; that there was a mail, to whom and when, stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from kits.host import unit
from shop.work.outbox import SENT, OutboxAttachment, OutboxMail
from shop.work.timetable import periodic

KEPT = timedelta(days=90)
A_PIECE = 500


def clear_old(now: datetime) -> None:
    """Clear what was sent, or put away, more than 90 days ago, piece by piece. Commits.

    What still waits for somebody stays whole, however old it is.
    """
    while True:
        with unit() as session:
            if _clear_piece(session, now) < A_PIECE:
                return


def _clear_piece(session: Session, now: datetime) -> int:
    sent = and_(OutboxMail.state == SENT, OutboxMail.sent_at < now - KEPT)
    old = or_(sent, OutboxMail.put_away_at < now - KEPT)
    ids = session.scalars(select(OutboxMail.id).where(OutboxMail.cleared_at.is_(None), old).limit(A_PIECE)).all()
    # Asked once more: staff may have asked for one of them again at this moment.
    cleared = update(OutboxMail).where(OutboxMail.id.in_(ids), OutboxMail.cleared_at.is_(None), old)
    gone = session.scalars(cleared.values(text="", html="", cleared_at=now).returning(OutboxMail.id)).all()
    session.execute(delete(OutboxAttachment).where(OutboxAttachment.mail_id.in_(gone)))
    return len(ids)


CLEARING_DUTY = periodic("old mails", timedelta(days=1), clear_old)
