"""What is bought, read in one statement: kits with their prices, their parts and the notice in force.

The kits are plain values that belong to no session: nothing of them is read afresh, and nothing written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from kits.catalogue.kits import PricedKit
from kits.catalogue.tables import ContraindicationNotice, Item, Kit, KitComponent, Price
from kits.money import Money
from kits.reads import Found
from kits.tables import UTCDateTime

_KIT = (Kit.id, Kit.slug, Kit.name, Kit.min_sessions, Kit.max_sessions, Kit.min_weeks, Kit.max_weeks)
_PART = (KitComponent.kit_id, KitComponent.in_kit, KitComponent.in_refill)
_ITEM = (Item.id, Item.sku, Item.name, Item.weight_g, Item.sealed, Item.successor_id)
_NOTICE = (
    ContraindicationNotice.kit_id,
    ContraindicationNotice.id,
    ContraindicationNotice.version,
    ContraindicationNotice.text,
    ContraindicationNotice.sha256,
)


def reads() -> dict[str, Select[*tuple[Any, ...]]]:
    """The reads, for `kits.reads.together`; they ask for `slugs`, `now` and `today`."""
    wanted = Kit.published, Kit.slug.in_(bindparam("slugs", expanding=True))
    of_kit = select(Kit.id).where(*wanted).scalar_subquery()
    return {
        "kit": select(*_KIT).where(*wanted),
        "price": _prices().where(Price.kit_id.in_(of_kit)),
        "part": select(*_PART, *_ITEM, Item.retired_at.is_not(None))
        .join(Item, Item.id == KitComponent.item_id)
        .where(KitComponent.kit_id.in_(of_kit)),
        "notice": _notices().where(ContraindicationNotice.kit_id.in_(of_kit)),
    }


def given(slugs: Iterable[str], now: datetime, today: date) -> dict[str, object]:
    """What the reads ask for. PostgreSQL takes no NUL in a text, so what cannot be printed is not looked up."""
    return {"slugs": [slug for slug in set(slugs) if slug.isprintable()], "now": now, "today": today}


def offers(session: Session, found: Found) -> dict[str, PricedKit]:
    """The kits that have a price and a price of refills, by slug. One statement more where a part is retired."""
    prices: dict[int, dict[str, Money]] = defaultdict(dict)
    for kit_id, kind, amount, currency in found.get("price", ()):
        prices[kit_id][kind] = Money(amount, currency)
    notices = {kit_id: _notice(kit_id, *rest) for kit_id, *rest in found.get("notice", ())}
    parts: dict[int, list[KitComponent]] = defaultdict(list)
    for kit_id, *rest in found.get("part", ()):
        parts[kit_id].append(_part(session, *rest))
    kits = [_kit(row, parts[row[0]]) for row in found.get("kit", ())]
    return {
        kit.slug: PricedKit(
            kit, prices[kit.id]["kit"], prices[kit.id]["refill"], prices[kit.id].get("loose"), notices.get(kit.id)
        )
        for kit in kits
        if {"kit", "refill"} <= prices[kit.id].keys()
    }


def _prices() -> Select[*tuple[Any, ...]]:
    later = aliased(Price)
    same = later.kit_id == Price.kit_id, later.kind == Price.kind
    newest = select(func.max(later.valid_from)).where(*same, later.valid_from <= bindparam("now", type_=UTCDateTime()))
    chosen = select(Price.kit_id, Price.kind, Price.amount, Price.currency)
    return chosen.where(Price.valid_from == newest.scalar_subquery())


def _notices() -> Select[*tuple[Any, ...]]:
    other = aliased(ContraindicationNotice)
    in_force = (
        select(other.id)
        .where(other.kit_id == ContraindicationNotice.kit_id, other.effective_from <= bindparam("today", type_=Date()))
        .order_by(other.effective_from.desc(), other.id.desc())
        .limit(1)
    )
    return select(*_NOTICE).where(ContraindicationNotice.id == in_force.scalar_subquery())


def _kit(row: list[Any], parts: list[KitComponent]) -> Kit:
    values = dict(zip((column.key for column in _KIT), row, strict=True))
    return Kit(**values, published=True, components=sorted(parts, key=lambda part: part.item_id))


def _part(session: Session, in_kit: int, in_refill: int, *rest: Any) -> KitComponent:
    *values, retired = rest
    known = dict(zip((column.key for column in _ITEM), values, strict=True))
    # A retired one is rare, and the way to its successor may be long: as it stands in the session, for `in_force`.
    item = session.get_one(Item, known["id"]) if retired else Item(**known | {"sealed": bool(known["sealed"])})
    return KitComponent(item_id=item.id, in_kit=in_kit, in_refill=in_refill, item=item)


def _notice(kit_id: int, notice_id: int, version: str, text: str, sha256: str) -> ContraindicationNotice:
    return ContraindicationNotice(id=notice_id, kit_id=kit_id, version=version, text=text, sha256=sha256)
