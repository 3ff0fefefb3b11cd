"""The plans behind recalled boxes: which sessions are still planned with one, and until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import Session, aliased

from kits.catalogue.session_plan import SessionPlan
from kits.catalogue.tables import Item, KitComponent
from kits.clock import today as day_of
from shop.orders.tables import Order, OrderLine
from subscriptions.plan.course import Course
from subscriptions.plan.rests import Rest
from subscriptions.tables import ACTIVE, Hold, Refill, Subscription

AT_ONCE = 500
# The hold goes on until the parcel leaves: so many days later its last session may be than it is today.
PACKED_WITHIN = timedelta(days=14)


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
    """The plans by order id that the item was sent for: two statements for every 500 orders.

    The ids are listed in them: PostgreSQL would join every order there is before it looks which are wanted.
    """
    by_order: dict[int, list[Any]] = defaultdict(list)
    holds: dict[int | None, list[Any]] = defaultdict(list)
    for first in range(0, len(order_ids), AT_ONCE):
        mine = OrderLine.order_id.in_(order_ids[first : first + AT_ONCE])
        rows = session.execute(_lines(item_id).where(mine).order_by(OrderLine.id)).all()
        for row in rows:
            by_order[row.order_id].append(row)
        ids = {row.subscription_id for row in rows if row.subscription_id is not None}
        rests = select(Hold.subscription_id, Hold.from_day, Hold.until_day, Hold.made_at)
        for hold in session.execute(rests.where(Hold.subscription_id.in_(ids))):
            holds[hold.subscription_id].append(hold)
    return {
        order_id: [_plan(row, holds[row.subscription_id], today) for row in _with_the_item(rows)]
        for order_id, rows in by_order.items()
    }


def _lines(item_id: int) -> Select[*tuple[Any, ...]]:
    """Order lines with their part of the item, and the plan: of the line itself, of the refill, of the replaced box."""
    own, refilled, replaced = (aliased(Subscription) for _ in range(3))
    first = aliased(Order)
    plans = (own, refilled, replaced)
    plan = [func.coalesce(*(getattr(each, name) for each in plans)) for name in ("id", "state")]
    part = _part(item_id)
    return (
        select(
            OrderLine.order_id,
            OrderLine.id.label("line_id"),
            OrderLine.serves_until,
            OrderLine.start,
            OrderLine.sessions,
            OrderLine.every_weeks,
            Order.made_at,
            Order.kind,
            part.c.in_refill,
            plan[0].label("subscription_id"),
            plan[1].label("state"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(part, part.c.kit_id == OrderLine.kit_id)
        .outerjoin(own, own.line_id == OrderLine.id)
        .outerjoin(Refill, Refill.order_id == Order.id)
        .outerjoin(refilled, refilled.id == Refill.subscription_id)
        .outerjoin(first, (first.number == Order.root_number) & (Order.kind == "replacement"))
        .outerjoin(replaced, (replaced.order_id == first.id) & (replaced.kit_id == OrderLine.kit_id))
    )


def _part(item_id: int) -> Subquery:
    """What the item is sent for, a row a kit: as a part of it, or as the successor of a retired one."""
    served = select(Item.id).where(Item.id == item_id).cte("served", recursive=True)
    before = select(Item.id).where(Item.successor_id == served.c.id, Item.retired_at.is_not(None))
    served = served.union(before)
    # Where it takes two parts of a kit, it is in use for as long as the one that stays.
    part = select(KitComponent.kit_id, func.min(KitComponent.in_refill).label("in_refill"))
    return part.where(KitComponent.item_id.in_(select(served.c.id))).group_by(KitComponent.kit_id).subquery()


def _with_the_item(rows: list[Any]) -> list[Any]:
    """The lines whose kit holds the item; all of them when no kit does any more."""
    return [row for row in rows if row.in_refill is not None] or rows


def _plan(row: Any, holds: Sequence[Any], today: date) -> BoxPlan:
    if row.start is None:  # a box bought alone has no plan, whatever else its order was for
        return BoxPlan(row.line_id, row.serves_until, None, False, False)
    plan = SessionPlan(row.sessions, row.every_weeks, row.start)
    over = Course(plan, tuple(Rest(hold.from_day, hold.until_day or today) for hold in holds)).last_session
    since = Course(plan, tuple(_rest_since(row, hold, today) for hold in holds))
    last = over if row.in_refill == 0 else min(since.moved(row.serves_until), over)
    ended = row.subscription_id is not None and row.state != ACTIVE
    return BoxPlan(row.line_id, last, row.subscription_id, ended, any(hold.until_day is None for hold in holds))


def _rest_since(row: Any, hold: Any, today: date) -> Rest:
    """What of a hold the order's last session does not count yet: the days before it was placed are in it."""
    placed = day_of(row.made_at)
    if row.kind == "replacement" and hold.made_at <= row.made_at:
        placed += PACKED_WITHIN
    return Rest(max(hold.from_day, placed), hold.until_day or today)
