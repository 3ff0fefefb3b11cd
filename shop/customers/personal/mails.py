"""The mails of an erased person: the one that confirms it, and clearing all others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from shop.customers.personal.keeping import Keeping
from shop.customers.personal.tables import INVOICE, RECALL
from shop.customers.tables import Customer
from shop.work.letters import letter
from shop.work.outbox import DROPPED, QUEUED, EarlierSending, OutboxAttachment, OutboxMail, post


def confirm(session: Session, customer_id: int, email: str, kept: Sequence[Keeping], now: datetime) -> OutboxMail:
    """The last mail to the person: that it is done, and what is kept until when. Flushes."""
    mail = letter("Your data is erased", "shop/mails/erased", **until(kept))
    return post(session, f"erased-{customer_id}", email, mail, now=now)


def until(kept: Sequence[Keeping]) -> dict[str, date | None]:
    """The last day on which anything is kept for invoices, and for recalls; None for what is not kept at all."""
    days = {reason: [each.until for each in kept if each.reason == reason] for reason in (INVOICE, RECALL)}
    return {f"{reason}_until": max(found, default=None) for reason, found in days.items()}


def clear(session: Session, which: ColumnElement[bool], customer_id: int, now: datetime) -> None:
    """Take the address, the words and the files out of mails to an erased person; those that wait are dropped. Flushes.

    One that is being sent at this moment arrives, and is cleared all the same.
    """
    ids = session.scalars(select(OutboxMail.id).where(which)).all()
    for part in (OutboxAttachment, EarlierSending):
        session.execute(delete(part).where(part.mail_id.in_(ids)))
    theirs = update(OutboxMail).where(OutboxMail.id.in_(ids))
    nameless = select(Customer.email).where(Customer.id == customer_id).scalar_subquery()
    session.execute(theirs.where(OutboxMail.state == QUEUED).values(state=DROPPED))
    session.execute(theirs.values(to=nameless, text="", html="", problem=None, cleared_at=now))


def written_to(email: str) -> ColumnElement[bool]:
    """The mails to this address, also those that staff have sent on to another one."""
    before = exists().where(EarlierSending.mail_id == OutboxMail.id, EarlierSending.to == email)
    return or_(OutboxMail.to == email, before)
