"""What staff see of a plan's refills, and of one of them before they do something for it. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from kits.errors import NotFound
from shop.orders.tables import AWAITING, PAID, SHIPPED, Order
from shop.payments.tables import PaymentAttempt
from subscriptions.repairs import chargeable, replacing
from subscriptions.repairs.asked import of_refills
from subscriptions.repairs.tables import Repair
from subscriptions.stops.stopping import open_stops
from subscriptions.stops.tables import BillingStop
from subscriptions.tables import OPEN, SCHEDULED, Refill, Subscription

CHARGE, CANCEL, REPLACE = "charge", "cancel", "replace"


@dataclass(frozen=True)
class RefillShown:
    """One refill: what was tried for it, under orders that were closed too, and what staff did for it."""

    refill: Refill
    attempts: Sequence[PaymentAttempt]
    repairs: Sequence[Repair]

    @property
    def can(self) -> tuple[str, ...]:
        """What may be asked for; whether it can be done just now is said on its own page."""
        order, state = self.refill.order, self.refill.state
        left = order is not None and order.state in (PAID, SHIPPED) and bool(order.parcels)
        announced = state != SCHEDULED or self.refill.notice_id is not None
        asked = {CHARGE: state in OPEN and announced, CANCEL: state in OPEN, REPLACE: left}
        running = self.refill.subscription.state == "active"
        return tuple(do for do, can in asked.items() if can and (running or do == REPLACE))

    @property
    def awaits_money(self) -> bool:
        """True while its order may be noted as paid another way."""
        return self.refill.order is not None and self.refill.order.state == AWAITING

    @property
    def paid(self) -> bool:
        """True while its order can be refunded."""
        return self.refill.order is not None and self.refill.order.state in (PAID, SHIPPED)


@dataclass(frozen=True)
class PlanShown:
    """A plan and its refills, and why nothing of it is charged just now, if so."""

    plan: Subscription
    refills: Sequence[RefillShown]
    stops: Sequence[BillingStop]


@dataclass(frozen=True)
class Before:
    """What a page says before something is done: why it cannot be, and what it would come to."""

    why_not: str | None
    boxes: int = 0
    until: date | None = None
    times: int = 0


def plan(session: Session, subscription_id: int) -> PlanShown:
    """The plan with this id; raises NotFound. As many statements for many refills as for one."""
    refills = selectinload(Subscription.refills).options(
        joinedload(Refill.order).selectinload(Order.parcels), joinedload(Refill.notice)
    )
    whole = (joinedload(Subscription.order), joinedload(Subscription.customer), joinedload(Subscription.kit), refills)
    mine = select(Subscription).where(Subscription.id == subscription_id).options(*whole)
    found = session.scalars(mine).first()
    if found is None:
        raise NotFound("There is no such plan.")
    attempts, repairs = _attempts(session, found.refills), _repairs(session, found.refills)
    each = [RefillShown(it, [a for o in _orders(it) for a in attempts[o]], repairs[it.id]) for it in found.refills]
    return PlanShown(found, each, open_stops(session, [found.id]).get(found.id, ()))


def before(do: str, session: Session, refill: Refill, now: datetime) -> Before:
    """What would be done for a refill."""
    if do == CHARGE:
        return Before(chargeable.why_not(session, refill, now))
    if do == CANCEL:
        running = refill.state in OPEN and refill.subscription.state == "active"
        return Before(None if running else "This refill is not to come any more, so there is nothing to cancel.")
    why = replacing.why_not(refill, now)
    if why is not None or refill.order is None:
        return Before(why)
    boxes, until = replacing.boxes(refill.order), replacing.lasts_until(refill, now)
    return Before(None, boxes, until, replacing.times(session, refill))


def _orders(refill: Refill) -> list[int]:
    return [*(refill.earlier_orders or ()), *([refill.order_id] if refill.order_id is not None else ())]


def _attempts(session: Session, refills: Sequence[Refill]) -> dict[int, list[PaymentAttempt]]:
    found: dict[int, list[PaymentAttempt]] = defaultdict(list)
    wanted = PaymentAttempt.order_id.in_([order for refill in refills for order in _orders(refill)])
    for row in session.scalars(select(PaymentAttempt).where(wanted).order_by(PaymentAttempt.id)):
        found[row.order_id].append(row)
    return found


def _repairs(session: Session, refills: Sequence[Refill]) -> dict[int, list[Repair]]:
    found: dict[int, list[Repair]] = defaultdict(list)
    for row in of_refills(session, [refill.id for refill in refills]):
        found[row.refill_id].append(row)
    return found
