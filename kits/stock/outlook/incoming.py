"""What is on its way, as the forecast counts it."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.stock.buying.tables import OPEN, PurchaseLine, PurchaseOrder
from kits.stock.outlook.forecast import Incoming


def expected(session: Session) -> dict[int, list[Incoming]]:
    """What open purchase orders still bring, by item id; how long it will be good is not known."""
    lines = select(PurchaseLine.item_id, PurchaseLine.expected_on, PurchaseLine.quantity - PurchaseLine.received)
    still = lines.join(PurchaseLine.order).where(
        PurchaseOrder.state == OPEN, PurchaseLine.quantity > PurchaseLine.received
    )
    found: dict[int, list[Incoming]] = defaultdict(list)
    for item, on, units in session.execute(still.order_by(PurchaseLine.expected_on, PurchaseLine.id)):
        found[item].append(Incoming(on, units))
    return found
