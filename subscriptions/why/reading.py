"""Reading what is behind a refill: as many statements for a long story as for a short one."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from kits.errors import NotFound
from shop.orders.parcels.contents import contents
from shop.orders.tables import Acknowledgement, Order
from shop.payments.tables import Payment, PaymentAttempt, Refund
from shop.work.outbox import OutboxMail
from subscriptions.acknowledging.tables import PlanAcknowledgement
from subscriptions.prices.tables import PlanPrice
from subscriptions.repairs.asked import of_refills
from subscriptions.tables import Refill, SessionLog, Subscription
from subscriptions.why.rows import Rows


def of_customer(session: Session, order_token: str, subscription_id: int, number: int) -> Refill:
    """The refill, if this order's link may see it; raises NotFound."""
    mine = select(Refill).join(Refill.subscription).join(Order, Order.id == Subscription.order_id)
    mine = mine.where(Order.token == order_token, Subscription.id == subscription_id, Refill.number == number)
    return _found(session.scalars(mine.options(contains_eager(Refill.subscription))).first())


def of_support(session: Session, refill_id: int) -> Refill:
    """The refill with this id; raises NotFound."""
    return _found(session.get(Refill, refill_id))


def rows_of(session: Session, refill: Refill) -> Rows:
    """All that there is about it."""
    order, plan = refill.order, refill.subscription
    of_plan = PlanAcknowledgement.subscription_id == plan.id
    key, asks = f"advance_notice-{refill.id}", f"box-waits-{refill.id}-"
    about = or_(OutboxMail.key == key, *(OutboxMail.key.startswith(begin) for begin in (f"{key}-", asks)))
    written = select(OutboxMail).where(about).options(selectinload(OutboxMail.earlier)).order_by(OutboxMail.id)
    mails = session.scalars(written).all()
    prices = select(PlanPrice).where(PlanPrice.subscription_id == plan.id).order_by(PlanPrice.id)
    payments = select(Payment).where(Payment.order_id == refill.order_id).order_by(Payment.id)
    refunds = select(Refund).join(Refund.payment).where(Payment.order_id == refill.order_id).order_by(Refund.id)
    attempts = select(PaymentAttempt).where(PaymentAttempt.order_id == refill.order_id).order_by(PaymentAttempt.number)
    sessions = select(SessionLog).where(SessionLog.subscription_id == plan.id).order_by(SessionLog.number)
    with_order = select(Acknowledgement).where(Acknowledgement.order_id == plan.order_id).order_by(Acknowledgement.id)
    return Rows(
        refill=refill,
        notices=[mail for mail in mails if not mail.key.startswith(asks)],
        asked=[mail for mail in mails if mail.key.startswith(asks)],
        acknowledged=session.scalars(with_order).all(),
        confirmed=session.scalars(select(PlanAcknowledgement).where(of_plan).order_by(PlanAcknowledgement.id)).all(),
        prices=session.scalars(prices).all(),
        sessions=session.scalars(sessions).all(),
        attempts=session.scalars(attempts).all(),
        payments=session.scalars(payments).all(),
        refunds=session.scalars(refunds).all(),
        contents=contents(session, order) if order is not None else {},
        repairs=of_refills(session, [refill.id]),
    )


def _found(refill: Refill | None) -> Refill:
    if refill is None:
        raise NotFound("There is no such refill. Check the link in your mail.")
    return refill
