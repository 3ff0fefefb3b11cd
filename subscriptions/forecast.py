"""What the running plans will take from stock, week by week."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kits.catalogue.tables import Item, KitComponent
from kits.stock.promises.reservations import shelves
from subscriptions.tables import ACTIVE, NOTIFIED, SCHEDULED, WAITING, Refill, Subscription


@dataclass(frozen=True)
class WeekDemand:
    """`quantity` units of an item wanted in the week that begins on Monday `week_of`; `left` may be negative."""

    week_of: date
    sku: str
    quantity: int
    left: int

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {"week_of": self.week_of.isoformat(), "sku": self.sku, "quantity": self.quantity, "left": self.left}


def weekly_demand(session: Session, today: date) -> list[WeekDemand]:
    """Refills not yet ordered, by week of charge and item, against the stock that lasts until that week."""
    wanted: Counter[tuple[date, int, str]] = Counter()
    for day, item, sku, units in _demand(session):
        monday = max(day, today) - timedelta(days=max(day, today).weekday())
        wanted[monday, item, sku] += int(units)
    shelf = shelves(session, {item for _, item, _ in wanted})
    taken: Counter[int] = Counter()
    weeks = []
    for (monday, item, sku), units in sorted(wanted.items()):
        taken[item] += units
        left = shelf[item].available(max(monday, today), today) - taken[item]
        weeks.append(WeekDemand(monday, sku, units, left))
    return weeks


def _demand(session: Session) -> list[tuple[date, int, str, int]]:
    rows = session.execute(
        select(Refill.charge_on, Item.id, Item.sku, func.sum(Subscription.quantity * KitComponent.in_refill))
        .join(Subscription, Subscription.id == Refill.subscription_id)
        .join(KitComponent, KitComponent.kit_id == Subscription.kit_id)
        .join(Item, Item.id == KitComponent.item_id)
        .where(
            Subscription.state == ACTIVE,
            Refill.state.in_((SCHEDULED, NOTIFIED, WAITING)),
            KitComponent.in_refill > 0,
        )
        .group_by(Refill.charge_on, Item.id, Item.sku)
    ).all()
    return [(day, item, sku, units) for day, item, sku, units in rows]
