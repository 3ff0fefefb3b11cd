"""What the database says of a recall, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from kits import host
from shop.orders.tables import Order
from subscriptions.recall.tables import RecalledBox
from subscriptions.tables import Hold, Subscription
from tests.journeys.driving import Bought


@dataclass(frozen=True)
class Seen:
    """A recalled box: its id, state, the replacement's order id, and whether one is waited for."""

    id: int
    state: str
    units: int
    replacement: int | None
    waits: bool


def values(query: Any) -> list[Any]:
    """The first column of a query; leaves nothing open."""
    found = list(host.session().scalars(query))
    host.end_reads()
    return found


def box(bought: Bought) -> Seen:
    """The only recalled box of an order."""
    [row] = boxes(bought)
    return row


def boxes(bought: Bought) -> list[Seen]:
    """The recalled boxes of an order, by recall."""
    mine = select(RecalledBox).where(RecalledBox.order_id == bought.order_id).order_by(RecalledBox.recall_id)
    rows = host.session().scalars(mine).all()
    seen = [Seen(row.id, row.state, row.units, row.replacement_id, row.waited_at is not None) for row in rows]
    host.end_reads()
    return seen


def holds(bought: Bought) -> list[tuple[date, date | None]]:
    """From and until of each hold of the order's plan."""
    mine = select(Hold).where(Hold.subscription_id == bought.subscription_id).order_by(Hold.id)
    found = [(row.from_day, row.until_day) for row in host.session().scalars(mine)]
    host.end_reads()
    return found


def last_session(bought: Bought) -> date:
    """The last session as the plan stands."""
    [found] = values(select(Subscription.last_session).where(Subscription.id == bought.subscription_id))
    return found  # type: ignore[no-any-return]


def number(order_id: int | None) -> str:
    """An order's number."""
    [found] = values(select(Order.number).where(Order.id == order_id))
    return str(found)
