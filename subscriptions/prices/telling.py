"""The duties of a price change: each plan is written to once, and its price is changed when it may be.

A higher price is the plan's from the day on that was announced, and no sooner
than `notice_days` after the mail server took the mail. A lower one needs no
mail to hold. Either way only the notices that are written from then on name
it, and a charge takes what its own notice named.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from kits import audit, host
from kits.clock import today
from shop.work.duties import Duty
from shop.work.outbox import SENT, OutboxMail, post
from subscriptions.locks import changed
from subscriptions.prices import letters
from subscriptions.prices.tables import (
    ACCEPTED,
    HOLDS,
    NOT_CONCERNED,
    PENDING,
    REPLACED,
    TO_TELL,
    TOLD,
    PlanPrice,
    PriceChange,
)
from subscriptions.tables import ACTIVE, Subscription

LOWER = PlanPrice.new_amount <= PlanPrice.old_amount


def tell_due(now: datetime) -> ColumnElement[bool]:
    """Plans to write to: the hour in which the change can be undone is over."""
    change = exists().where(PriceChange.id == PlanPrice.change_id, PriceChange.tell_from <= now)
    return and_(PlanPrice.state == TO_TELL, change)


def accepted_due(now: datetime) -> ColumnElement[bool]:
    """Mails that the mail server has taken, which is not noted yet."""
    taken = exists().where(OutboxMail.id == PlanPrice.mail_id, OutboxMail.state == SENT)
    return and_(PlanPrice.state.in_((TOLD, HOLDS)), PlanPrice.accepted_at.is_(None), taken)


def hold_due(now: datetime) -> ColumnElement[bool]:
    """Prices whose day has come; a higher one only when its mail was accepted, and its period has run since."""
    may = or_(PlanPrice.state == ACCEPTED, and_(PlanPrice.state == TOLD, LOWER))
    return and_(may, PlanPrice.from_day <= today(now))


def tell(row_id: int, now: datetime) -> None:
    """Write to one plan's customer; an earlier change that does not hold for the plan is replaced. Commits."""
    with host.unit() as session:
        if not _moved(session, row_id, TO_TELL, state=TOLD):
            return
        row = session.get_one(PlanPrice, row_id, populate_existing=True)
        called_off = _replace_earlier(session, row)
        # Read after the rows that may be changing it: what the plan pays until the new price holds.
        plan = session.get_one(Subscription, row.subscription_id, populate_existing=True)
        row.old_amount = plan.refill_amount
        wait = timedelta(days=row.change.notice_days if row.rises else 0)
        row.from_day = max(row.change.from_day, today(now) + wait)
        concerned = letters.first_refill(plan, row.from_day, today(now)) is not None
        if plan.state != ACTIVE or not concerned or (row.new_amount == row.old_amount and not called_off):
            row.state = NOT_CONCERNED
            return
        letter = letters.written(row, today(now))
        mail = post(session, f"price-{row.id}", plan.customer.email, letter, now=now)
        row.mail_id, row.announced_at = mail.id, now


def note_accepted(row_id: int, now: datetime) -> None:
    """The mail was accepted: from now the period runs, and the first day of a higher price is fixed. Commits."""
    with host.unit() as session:
        if not _moved(session, row_id, TOLD, HOLDS, accepted_at=None):
            return
        row = session.get_one(PlanPrice, row_id, populate_existing=True)
        taken = session.scalar(select(OutboxMail.sent_at).where(OutboxMail.id == row.mail_id))
        if taken is None:
            return
        row.accepted_at = taken
        if row.state == TOLD and row.rises:
            row.from_day = max(row.change.from_day, today(taken) + timedelta(days=row.change.notice_days))
        if row.state == TOLD:
            row.state = ACCEPTED


def hold(row_id: int, now: datetime) -> None:
    """From now on the plan's notices name the new price. Commits."""
    with host.unit() as session:
        # Asked anew under the row's lock: staff may have asked for its mail again meanwhile.
        mine = update(PlanPrice).where(PlanPrice.id == row_id, hold_due(now))
        if not changed(session, mine.values(state=HOLDS, held_at=now)):
            return
        row = session.get_one(PlanPrice, row_id, populate_existing=True)
        plan = update(Subscription).where(Subscription.id == row.subscription_id)
        changed(session, plan.values(refill_amount=row.new_amount))
        audit.record(
            session, at=now, actor="duty:new price", action="subscription.price",
            subject=f"subscription {row.subscription_id}", old=row.old_amount, new=row.new_amount,
        )  # fmt: skip


def sent_again(session: Session, mail: OutboxMail, now: datetime) -> None:
    """Staff ask for a mail again: a price that does not hold yet waits for its new acceptance."""
    waits = update(PlanPrice).where(PlanPrice.mail_id == mail.id, PlanPrice.state == ACCEPTED)
    changed(session, waits.values(state=TOLD, accepted_at=None))


def _replace_earlier(session: Session, row: PlanPrice) -> bool:
    """The plan's earlier changes that do not hold never will; True when its customer was told of one."""
    earlier = update(PlanPrice).where(
        PlanPrice.subscription_id == row.subscription_id, PlanPrice.id < row.id, PlanPrice.state.in_(PENDING)
    )
    found = session.scalars(
        earlier.values(state=REPLACED).returning(PlanPrice.announced_at).execution_options(synchronize_session=False)
    )
    return any(found.all())


def _moved(session: Session, row_id: int, *states: str, **values: object) -> bool:
    """Change a row that is still in one of the states, taking its lock; False when it is not."""
    return changed(
        session, update(PlanPrice).where(PlanPrice.id == row_id, PlanPrice.state.in_(states)).values(**values)
    )


PRICE_DUTIES = (
    Duty("new price told", PlanPrice, tell_due, tell),
    Duty("new price accepted", PlanPrice, accepted_due, note_accepted),
    Duty("new price", PlanPrice, hold_due, hold),
)
