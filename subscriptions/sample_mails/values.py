"""Plain values for samples: a plan and its refills that are never saved, of a customer there is not."""

from __future__ import annotations

from datetime import datetime, timedelta

from kits.catalogue import first_kit
from shop.orders.tables import Order
from shop.payments.tables import Payment
from shop.sample_mails import values
from subscriptions.plan.schedule import RefillDays
from subscriptions.tables import ACTIVE, SCHEDULED, Refill, Subscription


def subscription(now: datetime) -> Subscription:
    """A running plan with its refills, all still to come."""
    order = values.order(now)
    line = order.lines[0]
    plan = line.plan
    return Subscription(
        id=1,
        order=order,
        line=line,
        customer=order.customer,
        kit=line.kit,
        state=ACTIVE,
        sessions=plan.sessions,
        every_weeks=plan.every_weeks,
        start=plan.start,
        last_session=plan.last_session,
        quantity=1,
        refill_amount=line.refill_amount,
        currency=order.currency,
        card_brand="visa",
        card_last4="4242",
        holds=[],
        log=[],
        refills=[_refill(RefillDays(number, need)) for number, need in enumerate(plan.refill_needs, 1)],
    )


def _refill(days: RefillDays) -> Refill:
    return Refill(
        number=days.number,
        state=SCHEDULED,
        needed_on=days.needed_on,
        notice_on=days.notice_on,
        charge_on=days.charge_on(days.notice_on),
        moved_days=0,
    )


def ordered(now: datetime) -> Refill:
    """The first refill of the plan, with an order of its own."""
    refill = subscription(now).refills[0]
    refill.order, refill.retry_on = refill_order(now), refill.charge_on + timedelta(days=1)
    return refill


def refill_order(now: datetime) -> Order:
    """The order of a first refill."""
    order = values.order(now)
    order.kind, order.refill_number, order.total_amount = "refill", 1, first_kit.REFILL_PRICE
    return order


def refill_payment(now: datetime) -> Payment:
    """What was paid for it."""
    order = refill_order(now)
    return Payment(order=order, amount=order.total_amount, currency=order.currency, card_last4="4242", paid_at=now)
