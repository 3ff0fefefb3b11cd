"""What is in an order's parcels, and what is still to come. Reads only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.stock.moves.packing import left_to_ship
from kits.stock.tables import Lot, StockMovement
from shop.orders.tables import Order, Parcel, ParcelContent


@dataclass(frozen=True)
class Packed:
    """`units` of a lot that are in a parcel."""

    lot: Lot
    units: int


def contents(session: Session, *orders: Order) -> dict[int, list[Packed]]:
    """What is in each of the orders' parcels, by the parcel's id; one statement."""
    query = (
        select(ParcelContent.parcel_id, Lot, StockMovement.quantity)
        .join(Parcel, Parcel.id == ParcelContent.parcel_id)
        .join(StockMovement, StockMovement.id == ParcelContent.movement_id)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(Parcel.order_id.in_([order.id for order in orders]))
        .order_by(ParcelContent.id)
    )
    found: dict[int, list[Packed]] = defaultdict(list)
    for parcel_id, lot, quantity in session.execute(query):
        found[parcel_id].append(Packed(lot, -quantity))
    return found


def still_to_come(session: Session, order: Order) -> dict[str, int]:
    """Units by the item's name that the order still waits for."""
    left = left_to_ship(session, order.number)
    names = select(Item.id, Item.name).where(Item.id.in_(left)).order_by(Item.sku)
    return {name: left[item_id] for item_id, name in session.execute(names)} if left else {}
