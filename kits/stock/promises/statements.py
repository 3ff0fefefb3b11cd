"""The statements of every promise, built once and of tables: counting shelves, and locking items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
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

from kits.catalogue.tables import Item, Kit, KitComponent
from kits.ready import Ready, among, one_of
from kits.stock.tables import ALLOCATED, HELD, Commitment, Lot, Reservation

Meant = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""Which items are meant: a condition on the column of their ids."""


def _by_ids(item_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return one_of(item_id, "ids")


def _in_kits(item_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The parts of the kits under `slugs`. What is sent for a part that is retired is not among them."""
    part, kit = KitComponent.__table__, Kit.__table__
    parts = select(part.c.item_id).join_from(part, kit, kit.c.id == part.c.kit_id)
    return among(item_id, parts.where(one_of(kit.c.slug, "slugs")))


def _counts(for_refill: bool, meant: Meant = _by_ids) -> Select[Any]:
    lot, owed, kept = Lot.__table__.c, Reservation.__table__.c, Commitment.__table__.c
    today = bindparam("day", type_=Date())
    lots = select(_named("lot"), lot.item_id, lot.expires_on, func.sum(lot.on_hand - lot.allocated - lot.quarantined))
    held = select(_named("held"), owed.item_id, owed.serves_until, func.sum(owed.quantity))
    committed = select(_named("kept"), kept.item_id, kept.serves_until, func.sum(kept.quantity))
    too_soon = or_(lot.expires_on < today, lot.expires_on < owed.serves_until)
    aside = held.join(Lot.__table__, lot.id == owed.lot_id).where(owed.state == _plain(ALLOCATED), too_soon)
    parts = [
        lots.where(meant(lot.item_id), lot.on_hand > 0).group_by(lot.item_id, lot.expires_on),
        *(
            part.where(meant(owed.item_id)).group_by(owed.item_id, owed.serves_until)
            for part in (held.where(owed.state == _plain(HELD)), aside)
        ),
    ]
    if not for_refill:
        parts.append(committed.where(meant(kept.item_id)).group_by(kept.item_id, kept.serves_until))
    return select(union_all(*parts).subquery())


def _plain(word: str) -> ColumnElement[str]:
    """A word of ours, written into the statement."""
    return literal_column(f"'{word}'", String())


def _named(kind: str) -> ColumnElement[str]:
    return _plain(kind).label("kind")


def _in_order() -> Update:
    """A write to each item. PostgreSQL locks them by the inner statement, one after the other in the order of ids."""
    item = Item.__table__
    ordered = select(item.c.id).where(one_of(item.c.id, "ids")).order_by(item.c.id).with_for_update()
    return item.update().where(item.c.id.in_(ordered)).values(claims=item.c.claims + 1)  # type: ignore[attr-defined,no-any-return]


LOCK = Ready(_in_order())
COUNTS = {for_refill: Ready(_counts(for_refill)) for for_refill in (False, True)}
SHELVES = _counts(for_refill=False, meant=_in_kits)
"""What there is of the parts of the kits under `slugs` for a new order on `day`, for whoever reads the kits anyway."""
