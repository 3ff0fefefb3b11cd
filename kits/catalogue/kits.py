"""Looking up kits with their prices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kits.catalogue.needles import on_sale
from kits.catalogue.session_plan import SessionPlan, plan_total
from kits.catalogue.tables import Item, Kit, Price
from kits.errors import NotFound
from kits.money import Money


@dataclass(frozen=True)
class PricedKit:
    """A kit and what it and its refills cost now, VAT included."""

    kit: Kit
    price: Money
    refill_price: Money

    def total(self, plan: SessionPlan, quantity: int = 1) -> Money:
        """What the whole plan costs, without shipping."""
        return plan_total(plan, self.price, self.refill_price, quantity)


def published_kits(session: Session, now: datetime) -> list[PricedKit]:
    """Every kit on sale that has both prices, by name."""
    return list(_priced(session, now, None))


def kit_by_slug(session: Session, slug: str, now: datetime) -> PricedKit:
    """The kit on sale under `slug`; raises NotFound."""
    found = next(_priced(session, now, slug), None) if slug.isprintable() else None
    if found is None:
        raise NotFound("There is no such kit.")
    return found


def item_by_sku(session: Session, sku: str) -> Item:
    """The item with this SKU; raises NotFound."""
    # PostgreSQL takes no NUL in a text, so what cannot be printed is not looked up.
    found = session.scalars(select(Item).where(Item.sku == sku)).first() if sku.isprintable() else None
    if found is None:
        raise NotFound(f"There is no item {sku!r}. Check the SKU, or add the item first.")
    return found


def _priced(session: Session, now: datetime, slug: str | None) -> Iterator[PricedKit]:
    newest = (
        select(Price.kit_id, Price.kind, func.max(Price.valid_from).label("since"))
        .where(Price.valid_from <= now)
        .group_by(Price.kit_id, Price.kind)
        .subquery()
    )
    query = (
        select(Kit, Price)
        .join(Price, Price.kit_id == Kit.id)
        .join(
            newest,
            (newest.c.kit_id == Price.kit_id) & (newest.c.kind == Price.kind) & (newest.c.since == Price.valid_from),
        )
        .where(on_sale())
        .order_by(Kit.name, Kit.id)
    )
    if slug is not None:
        query = query.where(Kit.slug == slug)
    prices: dict[Kit, dict[str, Money]] = {}
    for kit, price in session.execute(query):
        prices.setdefault(kit, {})[price.kind] = Money(price.amount, price.currency)
    for kit, kinds in prices.items():
        if {"kit", "refill"} <= kinds.keys():
            yield PricedKit(kit, kinds["kit"], kinds["refill"])
