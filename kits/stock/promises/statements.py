"""The two statements of every promise, built once and of tables: counting shelves, and locking items."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Select,
    String,
    Update,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from kits.catalogue.tables import Item
from kits.stock.tables import ALLOCATED, HELD, Commitment, Lot, Reservation

_IDS: BindParameter[int] = bindparam("ids", expanding=True)


def _counts(for_refill: bool) -> Select[Any]:
    """Built once, of tables: every look at a kit counts its shelves."""
    lot, owed, kept = Lot.__table__.c, Reservation.__table__.c, Commitment.__table__.c
    today = bindparam("today", type_=Date())
    lots = select(_named("lot"), lot.item_id, lot.expires_on, func.sum(lot.on_hand - lot.allocated - lot.quarantined))
    held = select(_named("held"), owed.item_id, owed.serves_until, func.sum(owed.quantity))
    committed = select(_named("kept"), kept.item_id, kept.serves_until, func.sum(kept.quantity))
    too_soon = or_(lot.expires_on < today, lot.expires_on < owed.serves_until)
    aside = held.join(Lot.__table__, lot.id == owed.lot_id).where(owed.state == _plain(ALLOCATED), too_soon)
    parts = [
        lots.where(lot.item_id.in_(_IDS), lot.on_hand > 0).group_by(lot.item_id, lot.expires_on),
        *(
            part.where(owed.item_id.in_(_IDS)).group_by(owed.item_id, owed.serves_until)
            for part in (held.where(owed.state == _plain(HELD)), aside)
        ),
    ]
    if not for_refill:
        parts.append(committed.where(kept.item_id.in_(_IDS)).group_by(kept.item_id, kept.serves_until))
    return select(union_all(*parts).subquery())


def _plain(word: str) -> ColumnElement[str]:
    """A word of ours, written into the statement."""
    return literal_column(f"'{word}'", String())


def _named(kind: str) -> ColumnElement[str]:
    return _plain(kind).label("kind")


def _in_order() -> Update:
    """A write to each item. PostgreSQL locks them by the inner statement, one after the other in the order of ids."""
    item = Item.__table__
    ordered = select(item.c.id).where(item.c.id.in_(_IDS)).order_by(item.c.id).with_for_update()
    return item.update().where(item.c.id.in_(ordered)).values(claims=item.c.claims + 1)  # type: ignore[attr-defined,no-any-return]


LOCK = _in_order()
COUNTS = {for_refill: _counts(for_refill) for for_refill in (False, True)}
