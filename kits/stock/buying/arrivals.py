"""What has come of a purchase order, counted in the unit that books it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kits.catalogue.tables import Item
from kits.errors import BadInput
from kits.stock.buying.delivery_cells import shown
from kits.stock.buying.purchase_orders import close_if_complete, locked
from kits.stock.buying.tables import OPEN, PurchaseLine, PurchaseOrder
from kits.stock.ledger import Cause


@dataclass(frozen=True)
class Waiting:
    """An open order, its lock held, and those of its lines that a delivery of an item counts for."""

    order: PurchaseOrder
    lines: Sequence[PurchaseLine]

    @property
    def note(self) -> str:
        """What the ledger says of it."""
        return f"Purchase order {self.order.number}"


def waiting_in(session: Session, number: str, item: Item) -> Waiting:
    """The order with this number and its lines of the item, the first to come first; takes its lock.

    Raises BadInput at `purchase_order` for an unknown or closed order and one without the item.
    """
    number = number.strip().upper()
    known = select(PurchaseOrder.id).where(PurchaseOrder.number == number)
    order_id = session.scalar(known) if number.isprintable() else None
    if order_id is None:
        raise BadInput("purchase_order", unknown(number))
    return _waiting(session, order_id, item, "purchase_order")


def waiting_on(session: Session, line_id: int, item: Item) -> Waiting:
    """The line and its order; takes the order's lock. Raises BadInput at `purchase_line` as `waiting_in` does."""
    order_id = session.scalar(select(PurchaseLine.order_id).where(PurchaseLine.id == line_id))
    if order_id is None:
        raise BadInput("purchase_line", "There is no such line. Choose another, or none.")
    found = _waiting(session, order_id, item, "purchase_line")
    lines = [line for line in found.lines if line.id == line_id]
    if not lines:
        raise BadInput("purchase_line", f"This line of {found.order.number} is not of {item.sku}. Choose another.")
    return Waiting(found.order, lines)


def count(session: Session, waiting: Waiting, units: int, cause: Cause) -> None:
    """Count `units` that came, and close the order when all of it has. Flushes."""
    for line, taken in spread(waiting.lines, units):
        session.execute(
            update(PurchaseLine)
            .where(PurchaseLine.id == line.id)
            .values(received=PurchaseLine.received + taken)
            .execution_options(synchronize_session=False)
        )
        session.refresh(line, ["received"])
    close_if_complete(session, waiting.order, cause)


def spread(lines: Sequence[PurchaseLine], units: int) -> Iterator[tuple[PurchaseLine, int]]:
    """How many of `units` count for each line: it fills them in turn, and the last one takes what is too many."""
    for line in lines[:-1]:
        if taken := min(units, line.outstanding):
            yield line, taken
            units -= taken
    if units:
        yield lines[-1], units


def unknown(number: str) -> str:
    """What to say of a number that no order has."""
    return f"There is no purchase order {shown(number)}. Check the number."


def closed(number: str) -> str:
    """What to say of an order that is closed."""
    return f"{number} is closed. Reopen it first, or receive this without it."


def lacking(number: str, sku: str) -> str:
    """What to say of an order that does not have the item."""
    return f"{number} has no line of {sku}. Name another order, or none."


def _waiting(session: Session, order_id: int, item: Item, field: str) -> Waiting:
    order = locked(session, order_id)
    if order.state != OPEN:
        raise BadInput(field, closed(order.number))
    lines = [line for line in order.lines if line.item_id == item.id]
    if not lines:
        raise BadInput(field, lacking(order.number, item.sku))
    return Waiting(order, sorted(lines, key=lambda line: (line.expected_on, line.id)))
