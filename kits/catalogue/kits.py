"""Looking up kits with their parts, their prices and their notice: one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby, islice
from typing import Any

from sqlalchemy import (
    FromClause,
    Row,
    ScalarSelect,
    Select,
    bindparam,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from kits.catalogue.needles import on_sale
from kits.catalogue.notice import newest_notice
from kits.catalogue.offered import OfferedItem, OfferedKit, OfferedNotice, OfferedPart
from kits.catalogue.session_plan import PlanLimits, SessionPlan, plan_total
from kits.catalogue.tables import ContraindicationNotice, Item, Kit, KitComponent, Price
from kits.clock import today
from kits.errors import NotFound
from kits.host import Reader
from kits.money import Money
from kits.ready import one_of
from kits.settings import currency
from kits.tables import UTCDateTime


@dataclass(frozen=True)
class PricedKit:
    """A kit and what it, its refills and a refill box bought alone cost now, VAT included; the notice in force."""

    kit: OfferedKit
    price: Money
    refill_price: Money
    loose_price: Money | None = None
    notice: OfferedNotice | None = None

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Reckoned once: a kit as it is offered is what pages and prices are remembered by, and holds long texts."""
        return hash((self.kit, self.price, self.refill_price, self.loose_price, self.notice))

    def total(self, plan: SessionPlan, quantity: int = 1) -> Money:
        """What the whole plan costs, without shipping."""
        return plan_total(plan, self.price, self.refill_price, quantity)


def published_kits(reader: Reader, now: datetime) -> list[PricedKit]:
    """Every kit on sale that has both prices, by name."""
    return _priced(reader, ALL, now, {})


def kit_by_slug(reader: Reader, slug: str, now: datetime) -> PricedKit:
    """The kit on sale under `slug`; raises NotFound."""
    # PostgreSQL takes no NUL in a text, so what cannot be printed is not looked up.
    found = _priced(reader, BY_SLUG, now, {"slug": slug}) if slug.isprintable() else []
    if not found:
        raise NotFound("There is no such kit.")
    return found[0]


def item_by_sku(session: Session, sku: str) -> Item:
    """The item with this SKU; raises NotFound."""
    found = session.scalars(select(Item).where(Item.sku == sku)).first() if sku.isprintable() else None
    if found is None:
        raise NotFound(f"There is no item {sku!r}. Check the SKU, or add the item first.")
    return found


def offered(rows: Iterable[Iterable[Any]], gone: Mapping[int, OfferedItem]) -> list[PricedKit]:
    """The kits that rows of `ALL` tell, in their order; `gone` are the `successors` of what is `retired`."""
    cuts = [_cut(row) for row in rows]
    return [_offer(list(of_kit), gone) for _, of_kit in groupby(cuts, key=lambda cut: cut[0])]


def retired(rows: Iterable[Iterable[Any]]) -> list[int]:
    """The ids of the items that are sent for what is retired, in rows of `ALL`."""
    items = [(item, successor) for *_, item, (successor,) in map(_cut, rows)]
    return [successor for item, successor in items if item[-1] is not None and successor is not None]


def _priced(reader: Reader, query: Select[Any], now: datetime, sought: Mapping[str, Any]) -> list[PricedKit]:
    rows = reader.execute(query, {**as_of(now), **sought}).all()
    return offered(rows, successors(reader, retired(rows)))


def as_of(now: datetime) -> dict[str, object]:
    """What the statements of kits on sale leave open: their prices are those of `now` in the shop's own currency."""
    return {"now": now, "day": today(now), "currency": currency()}


def _offer(cuts: list[list[tuple[Any, ...]]], successors: Mapping[int, OfferedItem]) -> PricedKit:
    kit, limits, prices, notice = cuts[0][:4]
    parts = [
        OfferedPart(*(*part, OfferedItem(*(*item, successors.get(successor)))))
        for *_, part, item, (successor,) in cuts
        if part[0] is not None
    ]
    kit_price, refill_price, loose_price = (Money(*price) for price in (prices[:2], prices[2:4], prices[4:]))
    return PricedKit(
        kit=OfferedKit(*(*kit, PlanLimits(*limits), tuple(parts))),
        price=kit_price,
        refill_price=refill_price,
        loose_price=loose_price if loose_price.currency else None,
        notice=OfferedNotice(*notice) if notice[0] is not None else None,
    )


def successors(reader: Reader, ids: Sequence[int]) -> dict[int, OfferedItem]:
    """The items with these ids, each with its own successors; a circle ends where it comes to an item again."""
    rows: dict[int, Row[Any]] = {}
    wanted = set(ids)
    while wanted:
        rows |= {row.id: row for row in reader.execute(SUCCESSORS, {"ids": sorted(wanted)})}
        wanted = {row.successor_id for row in rows.values() if row.successor_id is not None} - rows.keys()

    def item(item_id: int, passed: frozenset[int] = frozenset()) -> OfferedItem:
        *values, after = tuple(rows[item_id])
        goes_on = after is not None and item_id not in passed
        return OfferedItem(*(*values, item(after, passed | {item_id}) if goes_on else None))

    return {each: item(each) for each in ids}


# The statement is built once, and of tables rather than mapped classes: a page that everybody looks at should cost no
# more than it must. The names are those of the values in `offered.py`, in their order.
KIT = ("id", "slug", "name", "summary", "description", "needle_um", "how_to_use", "cleaning", "results")
LIMITS = ("min_sessions", "max_sessions", "min_weeks", "max_weeks")
PRICES = ("kit", "refill", "loose")
NOTICE = ("id", "version", "text", "sha256", "effective_from")
PART = ("item_id", "in_kit", "in_refill")
ITEM = ("id", "sku", "name", "weight_g", "millilitres", "sealed", "retired_at")
WIDTHS = (len(KIT), len(LIMITS), 2 * len(PRICES), len(NOTICE), len(PART), len(ITEM), 1)
_kit, _notice, _part, _item = (table.__table__ for table in (Kit, ContraindicationNotice, KitComponent, Item))


def _cut(row: Iterable[Any]) -> list[tuple[Any, ...]]:
    """The row in its pieces, as WIDTHS says."""
    columns = iter(row)
    return [tuple(islice(columns, width)) for width in WIDTHS]


def _newest_price(kind: str) -> ScalarSelect[int]:
    """The id of a kit's price of this kind at `:now`, in the shop's own `:currency`: sums know no other."""
    each = Price.__table__.alias("dated_price").c
    dated = each.valid_from <= bindparam("now", type_=UTCDateTime())
    ours = each.currency == bindparam("currency")
    then = select(each.id).where(each.kit_id == _kit.c.id, each.kind == literal_column(f"'{kind}'"), dated, ours)
    return then.order_by(each.valid_from.desc()).limit(1).correlate(_kit).scalar_subquery()


def _offers() -> Select[Any]:
    prices = {kind: Price.__table__.alias(f"{kind}_price") for kind in PRICES}
    joined: FromClause = _kit
    for kind, price in prices.items():
        joined = joined.join(price, price.c.id == _newest_price(kind), isouter=kind == "loose")
    joined = joined.outerjoin(_notice, _notice.c.id == newest_notice(_kit.c.id, bindparam("day")))
    joined = joined.outerjoin(_part, _part.c.kit_id == _kit.c.id).outerjoin(_item, _item.c.id == _part.c.item_id)
    wanted = [
        *(_kit.c[name] for name in KIT + LIMITS),
        *(price.c[name] for price in prices.values() for name in ("amount", "currency")),
        *(_notice.c[name] for name in NOTICE),
        *(_part.c[name] for name in PART),
        *(_item.c[name] for name in (*ITEM, "successor_id")),
    ]
    return select(*wanted).select_from(joined).where(on_sale()).order_by(_kit.c.name, _kit.c.id, _part.c.item_id)


ALL = _offers()
BY_SLUG = ALL.where(_kit.c.slug == bindparam("slug"))
SUCCESSORS = select(*(_item.c[name] for name in (*ITEM, "successor_id"))).where(one_of(_item.c.id, "ids"))
