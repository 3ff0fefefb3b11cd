"""A replacement whose kit was given back does not leave any more.

The order of the locks: the order that is given back, its recalled boxes,
their replacements' orders, plans, and only then stock (of both orders at
once, so that the items come in the order that all take them in).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import audit
from kits.stock.ledger import Cause
from kits.stock.moves.letting_go import let_go_of_all
from kits.stock.promises.reservations import lock
from kits.stock.tables import Reservation
from shop.orders import parcels
from shop.orders.find import locked
from shop.orders.tables import CANCELLED, PAID, Order
from shop.registers import Settled
from subscriptions.recall.replacing import lock_plans
from subscriptions.recall.tables import RecalledBox

GIVEN_BACK = ("withdrawn", "refunded")
NOT_SENT = "The replacement for what was recalled of it is not sent any more."


def lock_step(session: Session, settled: Settled) -> None:
    """Something of the order is given back: lock what replaces it, before any plan. Registered before all others.

    Nobody orders a replacement meanwhile, and who comes later sees that the kit is gone.
    """
    if settled.what in GIVEN_BACK:
        boxes = _boxes(session, settled.order)
        for replacement_id in sorted(box.replacement_id for box in boxes if box.replacement_id):
            locked(session, replacement_id)
        for box in boxes:
            lock_plans(session, box, settled.now)


def settle_step(session: Session, settled: Settled) -> None:
    """Cancel the replacements that have not left of kits of which nothing is kept. Registered after all others."""
    if settled.what not in GIVEN_BACK:
        return
    kept = {line.kit_id for line in settled.order.lines if line.given_back_at is None}
    replacements = [box.replacement for box in _boxes(session, settled.order) if box.replacement]
    for order in replacements:
        if order.state == PAID and not kept & {line.kit_id for line in order.lines}:
            _cancel(session, order, settled)


def _cancel(session: Session, order: Order, settled: Settled) -> None:
    both = Reservation.order_number.in_((order.number, settled.order.number))
    lock(session, session.scalars(select(Reservation.item_id).where(both)))
    let_go_of_all(session, order.number, Cause("settle", settled.now, "its kit was given back"))
    if order.parcels:
        parcels.complete(session, order)  # a part of it has left already
    else:
        order.state = CANCELLED
        audit.record(session, at=settled.now, actor="settle", action="order.cancelled", subject=order.number)
    settled.said.append(NOT_SENT)
    session.flush()


def _boxes(session: Session, order: Order) -> Sequence[RecalledBox]:
    mine = select(RecalledBox).where(RecalledBox.order_id == order.id).order_by(RecalledBox.id)
    return session.scalars(mine.with_for_update().execution_options(populate_existing=True)).all()
