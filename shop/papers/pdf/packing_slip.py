"""The packing slip: what is in the parcel, lot by lot, with a square to tick for each; no prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shop.orders.tables import Order
from shop.papers.pdf.invoice import foot
from shop.papers.said import Trader, address_of

TICK = "\N{BALLOT BOX}"
WIDTHS = (7, 55, 43, 15)


@dataclass(frozen=True)
class SlipLine:
    """Units of an item, and the lot they are from as it is written on the box; without one yet, its `lot` says so."""

    item: str
    lot: str
    units: int


def packing_slip_pdf(
    order: Order,
    packed: Sequence[SlipLine],
    *,
    ordered: str,
    parcel: int | None,
    trader: Trader,
    shop: str,
    made_at: datetime,
) -> bytes:
    """The slip of one parcel, or of all that was sent (`parcel` None). `ordered` is the day in words."""
    from shop.papers.pdf.sheet import Sheet  # a third of a second, for whoever makes a paper

    subtitle = f"Order {order.number}" + (f", parcel {parcel}" if parcel else "")
    sheet = Sheet(shop=shop, title="Packing slip", subtitle=subtitle, foot=foot(trader), made_at=made_at)
    facts = [("Ordered", ordered), ("Delivery", order.shipping_method)]
    sheet.blocks("Goes to", [order.name, *address_of(order)], [fact for fact in facts if fact[1]])
    rows = [(TICK, sheet.plain(each.item)[:200], sheet.plain(each.lot)[:200], str(each.units)) for each in packed]
    sheet.table(WIDTHS, ("", "What", "Lot", "Units"), rows, left=3)
    sheet.note(f"Something missing or damaged? Reply to the mail about your order and name {order.number}.")
    return bytes(sheet.output())
