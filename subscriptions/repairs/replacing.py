"""Replacing what a refill's order sent, because it was lost or arrived broken: a free order, packed like any other."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kits import host
from kits.clock import today
from kits.dates import written
from kits.errors import BadInput, SoldOut, WrongState
from shop.customers.people import is_alive
from shop.orders.demands import refill_demands
from shop.orders.find import locked
from shop.orders.replacement import place_free
from shop.orders.tables import PAID, SHIPPED, Order
from subscriptions import successors
from subscriptions.billing.billing import moved_to
from subscriptions.plan.schedule import serves_until
from subscriptions.repairs import letters
from subscriptions.repairs.asked import Asked, refill_with
from subscriptions.repairs.tables import REPLACED, Repair
from subscriptions.tables import Refill

SHORT = "There is not enough in stock that lasts until {}, so nothing was ordered. Receive more first."
NOTHING = "Nothing of this refill has left us, so there is nothing to replace."
AGAIN = "It was replaced once already. Tick this to send another one."


def replace(refill_id: int, asked: Asked, *, again: bool, now: datetime) -> None:
    """Order what a refill's order sent once more, for nothing, and tell its customer. Commits; once a form.

    It goes where the plan's refills go now. Raises BadInput at `reason`, and at
    `again` where it was replaced before and that is not confirmed; WrongState
    where there is nothing to replace; SoldOut: then nothing was ordered.
    """
    asked.check()
    with host.unit() as session:
        refill = refill_with(session, refill_id)
        if refill.order_id is None:
            raise WrongState(NOTHING)
        order = locked(session, refill.order_id)
        session.refresh(refill, with_for_update={"of": Refill})  # before its items, as all do: the repair refers to it
        if said := why_not(refill, now):
            raise WrongState(said)
        if not is_alive(session, order.customer_id):
            raise WrongState("We have no address any more to send a replacement to.")
        if asked.was_done(session, refill, REPLACED):
            return
        if times(session, refill) and not again:
            raise BadInput("again", AGAIN)
        made = _place(session, refill, order, now)
        letters.replaced(session, asked.write(session, refill, REPLACED, now, made), now)


def why_not(refill: Refill, now: datetime) -> str | None:
    """Why it is not replaced; None when it can be."""
    order = refill.order
    if order is None or order.state not in (PAID, SHIPPED) or not order.parcels:
        return NOTHING
    if refill.subscription.course_on(today(now)).last_session < today(now):
        return "The last session is over, so no replacement is needed. Refund it instead."
    return None


def times(session: Session, refill: Refill) -> int:
    """How often it was replaced."""
    mine = select(func.count()).select_from(Repair).where(Repair.refill_id == refill.id, Repair.what == REPLACED)
    return session.scalar(mine) or 0


def lasts_until(refill: Refill, now: datetime) -> date:
    """The last session that the replacement is for: it is opened late."""
    day = today(now)
    return serves_until(refill.subscription.course_on(day), max(refill.needed_on, day))


def boxes(order: Order) -> int:
    """How many boxes a refill's order holds."""
    return sum(line.quantity for line in order.lines)


def _place(session: Session, refill: Refill, order: Order, now: datetime) -> Order:
    plan, until, count = refill.subscription, lasts_until(refill, now), boxes(order)
    sent = {component: item.id for component, item in successors.in_a_box(refill, now).items()}
    demands = refill_demands(plan.kit.components, count, until, sent)
    line = order.lines[0]
    try:
        return place_free(
            session, line, demands, title=f"Replacement: {line.title}", quantity=count,
            serves_until=until, now=now, ships_to=moved_to(session, plan),
        )  # fmt: skip
    except SoldOut as error:
        raise SoldOut(SHORT.format(written(until)), error.left) from error
