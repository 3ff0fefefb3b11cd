"""From a paid order to its subscription and refills, and what a refill's own order does to it.

All of it runs as settle steps: inside the transaction that settles.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kits.clock import today
from kits.ready import Ready
from kits.rows import change
from shop.orders.tables import OrderLine
from shop.payments.tables import Payment
from shop.registers import Settled
from subscriptions import ending, notices
from subscriptions.billing import declines
from subscriptions.cards import missing, using
from subscriptions.controls import telling
from subscriptions.controls.pauses import held_by_customer
from subscriptions.law.choosing import law_of
from subscriptions.locks import lock_plan
from subscriptions.plan.course import Course
from subscriptions.plan.schedule import refill_days, still_needed
from subscriptions.replanning import new_refill, replan_locked
from subscriptions.tables import CANCELLED, DROPPED, ENDED, OPEN, PAID, SHIPPED, Refill, Subscription
from subscriptions.unsent import asking

_PLAN_OF = Ready(select(Refill.__table__.c.subscription_id).where(Refill.__table__.c.order_id == bindparam("order")))


def settle_step(session: Session, settled: Settled) -> None:
    """Enrol a paid kit order, or end what was enrolled; move a refill on with its order."""
    if settled.order.kind == "kit":
        if settled.what in ("withdrawn", "refunded"):
            ending.kit_given_back(session, settled)
        if settled.what == "paid" and settled.payment is not None:
            plans = [
                _subscription(session, line, settled.payment, settled) for line in settled.order.lines if line.refills
            ]
            session.add_all(plans)
            session.flush()
            for plan in plans if settled.payment.elsewhere else ():
                missing.ask(session, plan, settled.now)
        return
    if settled.what == "paid" and settled.payment is not None:
        _refill_paid(session, settled.payment, settled)
        return
    refill = session.scalars(select(Refill).where(Refill.order_id == settled.order.id)).first()
    if refill is not None:
        _move_on(session, refill, settled)
        session.flush()


def _subscription(session: Session, line: OrderLine, payment: Payment, settled: Settled) -> Subscription:
    plan = line.plan
    course = Course(plan)
    return Subscription(
        order=line.order,
        line=line,
        customer_id=line.order.customer_id,
        kit_id=line.kit_id,
        sessions=plan.sessions,
        every_weeks=plan.every_weeks,
        start=plan.start,
        last_session=plan.last_session,
        quantity=line.quantity,
        refill_amount=line.refill_amount,
        currency=line.order.currency,
        card=payment.card,
        card_brand=payment.card_brand,
        card_last4=payment.card_last4,
        made_at=settled.now,
        law=law_of(session, line.order),
        refills=[new_refill(days, course) for days in refill_days(plan)],
    )


def _move_on(session: Session, refill: Refill, settled: Settled) -> None:
    if settled.what in ("declined", "needs_customer"):
        declines.record(session, refill, settled)
    elif settled.what == "leaving":
        asking.may_leave(session, refill)
    elif settled.what == "shipped":
        refill.state = SHIPPED
    elif settled.what == "refunded" and refill.state == PAID:
        lock_plan(session, refill.subscription_id)
        refill.state = CANCELLED
    elif settled.what == "cancelled" and refill.state in OPEN:
        _closed(session, refill, settled)


def _closed(session: Session, refill: Refill, settled: Settled) -> None:
    plan, day = refill.subscription, today(settled.now)
    refill.state = CANCELLED if still_needed(max(refill.needed_on, day), plan.last_session) else DROPPED
    if refill.state == DROPPED and not plan.is_over(day):  # of the end of a plan there is a mail of its own
        session.flush()
        telling.dropped(session, plan, [refill], settled.now)


def _refill_paid(session: Session, payment: Payment, settled: Settled) -> None:
    of_plan = _PLAN_OF.run(session, {"order": settled.order.id}).scalar()
    if of_plan is None:
        return
    # The plan before its refills, as whoever ends a hold or the plan does, and read afresh: either may be moving it.
    plan = using.lock_whole_with_cards(session, of_plan)
    refill = next(each for each in plan.refills if each.order_id == settled.order.id)
    change(session, refill, state=PAID, paid_on=today(settled.now))
    if plan.line.given_back_at:
        return  # a duty refunds it and tells the customer why
    # A box that came late lasts longer: the refills after it move, or are no longer needed.
    done = replan_locked(session, plan, settled.now)
    using.paid_with(session, plan, refill, payment, settled.now)
    if plan.state == ENDED or held_by_customer(plan):
        asking.ask(session, refill, settled.now)  # the request was out already when they ended or held
    else:
        notices.paid(session, refill, payment, settled.now)
    telling.dropped(session, plan, done.dropped, settled.now)
    session.flush()
