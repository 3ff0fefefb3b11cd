"""The plans behind recalled boxes: which sessions are still planned with one, and until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from kits.catalogue.session_plan import SessionPlan
from kits.catalogue.tables import KitComponent
from shop.orders.tables import Order, OrderLine
from subscriptions.tables import ACTIVE, Hold, Refill, Subscription

AT_ONCE = 500


@dataclass(frozen=True)
class BoxPlan:
    """One plan that a box was sent for.

    `until` is the last session planned with it: of what a refill replaces the
    last one before the next box, of what stays the last of all. Without refills
    there is no subscription. `ended` says that its refills were ended. While
    the plan is `held`, `until` is what it would be if it went on today.
    """

    line_id: int
    until: date
    subscription_id: int | None
    ended: bool
    held: bool

    def serves(self, today: date) -> bool:
        """True while a session is planned with the box."""
        return self.until >= today

    def runs(self, today: date) -> bool:
        """True while such a session is to come, and the refills, if there are any, go on."""
        return self.serves(today) and not self.ended


def plans_of(session: Session, item_id: int, order_ids: Sequence[int], today: date) -> dict[int, list[BoxPlan]]:
    """The plans by order id that the item was sent for: a statement for every 500 orders.

    The ids are listed in it: PostgreSQL would join every order there is before it looks which are wanted.
    """
    by_order: dict[int, list[Any]] = defaultdict(list)
    for first in range(0, len(order_ids), AT_ONCE):
        mine = OrderLine.order_id.in_(order_ids[first : first + AT_ONCE])
        for row in session.execute(_lines(item_id).where(mine).order_by(OrderLine.id)):
            by_order[row.order_id].append(row)
    return {order_id: [_plan(row, today) for row in _with_the_item(rows)] for order_id, rows in by_order.items()}


def _lines(item_id: int) -> Select[*tuple[Any, ...]]:
    """Order lines with their part of the item, and the plan: of the line itself, of the refill, of the replaced box."""
    own, refilled, replaced = (aliased(Subscription) for _ in range(3))
    first = aliased(Order)
    plans = (own, refilled, replaced)
    plan = [func.coalesce(*(getattr(each, name) for each in plans)) for name in ("id", "state", "last_session")]
    held_since = select(func.min(Hold.from_day)).where(Hold.subscription_id == plan[0], Hold.until_day.is_(None))
    return (
        select(
            OrderLine.order_id,
            OrderLine.id.label("line_id"),
            OrderLine.serves_until,
            OrderLine.start,
            OrderLine.sessions,
            OrderLine.every_weeks,
            KitComponent.in_refill,
            plan[0].label("subscription_id"),
            plan[1].label("state"),
            plan[2].label("last_session"),
            held_since.scalar_subquery().label("held_since"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(KitComponent, (KitComponent.kit_id == OrderLine.kit_id) & (KitComponent.item_id == item_id))
        .outerjoin(own, own.line_id == OrderLine.id)
        .outerjoin(Refill, Refill.order_id == Order.id)
        .outerjoin(refilled, refilled.id == Refill.subscription_id)
        .outerjoin(first, (first.number == Order.root_number) & (Order.kind == "replacement"))
        .outerjoin(replaced, (replaced.order_id == first.id) & (replaced.kit_id == OrderLine.kit_id))
    )


def _with_the_item(rows: list[Any]) -> list[Any]:
    """The lines whose kit holds the item; all of them when no kit does any more."""
    return [row for row in rows if row.in_refill is not None] or rows


def _plan(row: Any, today: date) -> BoxPlan:
    planned = SessionPlan(row.sessions, row.every_weeks, row.start).last_session
    last = planned if row.in_refill == 0 else row.serves_until
    # As much later as the plan is by now. A box that was used up before a hold began is over by this reckoning, too.
    if row.last_session is not None:
        last += row.last_session - planned
    if row.held_since is not None:
        last += today - row.held_since
    ended = row.subscription_id is not None and row.state != ACTIVE
    return BoxPlan(row.line_id, last, row.subscription_id, ended, row.held_since is not None)
