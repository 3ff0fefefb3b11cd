"""Recalling a lot: out of use, and each order that received it written down to be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.orm import Session

from kits.errors import NotFound, WrongState
from kits.host import unit
from kits.stock.ledger import Cause
from kits.stock.recall import recall as stock
from kits.stock.recall.tables import Recall
from kits.stock.tables import Lot
from shop.orders.tables import Order
from subscriptions.recall.boxes import plans_of
from subscriptions.recall.tables import TO_TELL, RecalledBox


@dataclass(frozen=True)
class Outlook:
    """What recalling a lot would do now: units into quarantine, orders to pack anew, orders that received it.

    Of those `recipients`, `running` are in the middle of a plan with it.
    """

    lot: Lot
    to_quarantine: int
    to_repack: list[str]
    recipients: int
    running: int


def begin(lot_id: int, message: str, cause: Cause) -> stock.Begun:
    """Begin a recall: what is left goes into quarantine, and whoever received the lot is to be told. Commits.

    Raises as `kits.stock.recall.recall` does. However many received it, they are written down in one statement.
    """
    with unit() as session:
        begun = stock.recall(session, lot_id, message, cause)
        found = stock.recipients(lot_id).subquery()
        sent = select(literal(begun.recall_id), Order.id, found.c.units, found.c.shipped_at)
        boxes = sent.join(found, found.c.order_number == Order.number).order_by(Order.id)
        columns = ["recall_id", "order_id", "units", "shipped_at"]
        session.execute(insert(RecalledBox).from_select(columns, boxes))
    return begun


def call_off(recall_id: int, cause: Cause) -> int:
    """Take back a recall that nobody was told of; returns the lot's id. Commits.

    Raises NotFound, BadInput without a reason, WrongState once somebody was told.
    """
    with unit() as session:
        lot_id: int = found(session, recall_id).lot_id
        untold = delete(RecalledBox).where(RecalledBox.recall_id == recall_id, RecalledBox.state == TO_TELL)
        session.execute(untold.execution_options(synchronize_session=False))
        told = select(func.count()).select_from(RecalledBox).where(RecalledBox.recall_id == recall_id)
        if session.scalar(told):
            raise WrongState("Customers were told already: this recall cannot be called off any more.")
        stock.call_off(session, recall_id, cause)
    return lot_id


def outlook(session: Session, lot_id: int, day: date) -> Outlook:
    """What recalling the lot would do now; raises NotFound. Reads only."""
    lot = session.get(Lot, lot_id)
    if lot is None:
        raise NotFound("There is no such lot.")
    sent = stock.recipients(lot_id).subquery()
    orders = session.scalars(select(Order.id).join(sent, sent.c.order_number == Order.number)).all()
    plans = plans_of(session, lot.item_id, orders, day)
    return Outlook(
        lot=lot,
        to_quarantine=lot.on_hand - lot.quarantined,
        to_repack=stock.orders_packed_from(session, lot_id),
        recipients=len(orders),
        running=sum(any(plan.runs(day) for plan in each) for each in plans.values()),
    )


def found(session: Session, recall_id: int) -> Recall:
    """The recall; raises NotFound."""
    row = session.get(Recall, recall_id)
    if row is None:
        raise NotFound("There is no such recall. It may have been called off.")
    return row
