"""The rules of billing, held against the rows after each day. `Watch.look()` raises nothing: it keeps what it finds."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from kits import clock, host
from kits.catalogue.tables import Item, KitComponent
from kits.clock import today
from shop.orders.tables import Order
from shop.payments.tables import Payment
from shop.work.outbox import OutboxMail
from subscriptions.forecast.demand import plan_demand
from subscriptions.tables import ACTIVE, TO_COME, Refill, Subscription
from tests.journeys.driving import Driver


class Watch:
    """Looks at what was charged since it looked last. `violations` are sentences; `charged` counts refills paid."""

    def __init__(self, driver: Driver) -> None:
        self._driver, self._seen = driver, host.session().scalar(select(func.max(Payment.id))) or 0
        host.end_reads()
        self.violations: list[str] = []
        self.charged: Counter[int] = Counter()

    def look(self) -> None:
        """Hold every refill's payment of this day to its notice and its plan as they stand."""
        day, session = today(clock.now()), host.session()
        rows = session.execute(
            select(Payment, Refill)
            .join(Refill, Refill.order_id == Payment.order_id)
            .where(Payment.id > self._seen)
            .order_by(Payment.id)
        ).all()
        for payment, refill in rows:
            self._seen = payment.id
            self.charged[refill.id] += 1
            self.violations += [f"{day} refill {refill.id}: {what}" for what in _wrong(session, payment, refill, day)]
        host.end_reads()

    def settle(self) -> None:
        """At the end: the gateway's own list shows one charge for each paid refill, and none for any other."""
        paid = select(Subscription.order_id, Refill.number, Order.number).join(Refill.subscription).join(Refill.order)
        theirs = aliased(Order)
        roots = dict(host.session().execute(select(theirs.id, theirs.number)).all())
        ours = {
            (roots[order_id], str(number))
            for order_id, number, _ in host.session().execute(paid.where(Refill.paid_on.is_not(None)))
        }
        host.end_reads()
        charges = {key: count for key, count in self._driver.charges().items() if key[1] != "-"}
        self.violations += [f"{key} was charged {count} times" for key, count in charges.items() if count != 1]
        self.violations += [f"{key} is paid here or there alone" for key in ours ^ set(charges)]

    def forecast(self) -> None:
        """What the forecast says is the sum over the plans' refills that are not ordered."""
        session, now = host.session(), clock.now()
        told = Counter[int]()
        for item, wanted in plan_demand(session, session.scalars(select(Item)).all(), now).items():
            told[item] += sum(each.units for each in wanted)
        host.end_reads()
        if told != (ours := _summed()):
            self.violations.append(f"{today(now)} the forecast says {dict(told)}, the plans take {dict(ours)}")


def _wrong(session: Session, payment: Payment, refill: Refill, day: date) -> list[str]:
    plan, found = refill.subscription, []
    notice = session.get(OutboxMail, refill.notice_id) if refill.notice_id else None
    if notice is None or notice.sent_at is None:
        found.append("charged without a notice that was accepted")
    elif (today(payment.paid_at) - today(notice.sent_at)).days < 7:
        found.append(f"charged on {today(payment.paid_at)}, its notice is of {today(notice.sent_at)}")
    if payment.amount > (refill.notice_amount or 0):
        found.append(f"charged {payment.amount}, {refill.notice_amount} was named")
    if refill.told_on is None or today(payment.paid_at) < refill.told_on:
        found.append(f"charged before {refill.told_on}, which its notice named")
    if any(hold.from_day <= day and (hold.until_day or date.max) > day for hold in plan.holds):
        found.append("charged while its plan rests")
    if plan.state != ACTIVE:
        found.append("charged after its plan had ended")
    if day > plan.last_session:
        found.append(f"charged after the last session on {plan.last_session}")
    return found


def _summed() -> Counter[int]:
    """Reckoned naively: each plan that runs, each of its refills to come, each component of a box."""
    session, found = host.session(), Counter[int]()
    for plan in session.scalars(select(Subscription).where(Subscription.state == ACTIVE)):
        boxes = sum(1 for refill in plan.refills if refill.state in TO_COME and refill.order_id is None)
        if plan.rests or not boxes:
            continue
        for part in session.scalars(select(KitComponent).where(KitComponent.kit_id == plan.kit_id)):
            if part.in_refill:
                found[part.item_id] += boxes * plan.quantity * part.in_refill
    host.end_reads()
    return found
