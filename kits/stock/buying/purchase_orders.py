"""Purchase orders once they are placed: looked up, changed, closed, opened again.

Every use case commits and is written to the audit log. Whoever changes an
order holds its row lock (a write of its state, which locks on every engine);
whoever also needs items locks those first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kits import audit
from kits.errors import BadInput, NotFound, WrongState
from kits.host import unit
from kits.stock.buying.placing import check_line
from kits.stock.buying.tables import CLOSED, OPEN, PurchaseLine, PurchaseOrder
from kits.stock.ledger import Cause


def order_by_number(session: Session, number: str) -> PurchaseOrder:
    """The order, small letters or capitals; raises NotFound."""
    wanted = select(PurchaseOrder).where(PurchaseOrder.number == number.strip().upper())
    found = session.scalars(wanted).first() if number.isprintable() else None
    if found is None:
        raise NotFound("There is no purchase order with this number.")
    return found


def lock(session: Session, order_ids: Iterable[int]) -> None:
    """Take the orders' row locks, in the order that all take them in; held until the unit ends."""
    for order_id in sorted(set(order_ids)):
        session.execute(
            update(PurchaseOrder)
            .where(PurchaseOrder.id == order_id)
            .values(state=PurchaseOrder.state)
            .execution_options(synchronize_session=False)
        )


def locked(session: Session, order_id: int) -> PurchaseOrder:
    """The order and its lines, its row lock taken, read afresh."""
    lock(session, [order_id])
    return session.get_one(PurchaseOrder, order_id, populate_existing=True)


def change_line(line_id: int, quantity: int, expected_on: date, cause: Cause) -> None:
    """Expect another quantity, or on another day; 0 calls off what has not come. Commits.

    An order with nothing outstanding closes by itself. Raises NotFound,
    WrongState for a closed order, BadInput at `quantity` (also for fewer than
    have come) and `expected`.
    """
    with unit() as session:
        line = _locked_line(session, line_id)
        check_line(quantity, expected_on, line.order.ordered_on, least=0)
        if quantity < line.received:
            raise BadInput("quantity", f"{line.received} have come already. Give {line.received} or more.")
        before = {"quantity": line.quantity, "expected_on": line.expected_on.isoformat()}
        after = {"quantity": quantity, "expected_on": expected_on.isoformat()}
        line.quantity, line.expected_on = quantity, expected_on
        if before != after:
            _record(session, "changed", line.order, cause, line=line.id, before=before, after=after)
        close_if_complete(session, line.order, cause)


def close(number: str, cause: Cause) -> None:
    """Nothing more is expected of the order. Commits; raises NotFound. A closed one stays closed."""
    _move(number, CLOSED, "closed", cause)


def reopen(number: str, cause: Cause) -> None:
    """What is outstanding is expected again. Commits; raises NotFound. An open one stays open."""
    _move(number, OPEN, "reopened", cause)


def close_if_complete(session: Session, order: PurchaseOrder, cause: Cause) -> None:
    """Close an order, whose lock is held, when all of it has come. Flushes."""
    if order.state == OPEN and not any(line.outstanding for line in order.lines):
        order.state = CLOSED
        _record(session, "completed", order, cause)
    session.flush()


def when(expected_on: date, today: date) -> str:
    """How far off a day is, e.g. `expected in 12 days`, `expected 5 days ago`."""
    days = (expected_on - today).days
    if days in (-1, 0, 1):
        return f"expected {('yesterday', 'today', 'tomorrow')[days + 1]}"
    return f"expected in {days:,} days" if days > 0 else f"expected {-days:,} days ago"


def _move(number: str, state: str, action: str, cause: Cause) -> None:
    with unit() as session:
        order = locked(session, order_by_number(session, number).id)
        if order.state != state:
            order.state = state
            _record(session, action, order, cause)


def _locked_line(session: Session, line_id: int) -> PurchaseLine:
    order_id = session.scalar(select(PurchaseLine.order_id).where(PurchaseLine.id == line_id))
    if order_id is None:
        raise NotFound("There is no such line.")
    order = locked(session, order_id)
    if order.state != OPEN:
        raise WrongState(f"{order.number} is closed. Reopen it first.")
    return next(line for line in order.lines if line.id == line_id)


def _record(session: Session, action: str, order: PurchaseOrder, cause: Cause, **detail: object) -> None:
    audit.record(
        session, at=cause.now, actor=cause.actor, action=f"purchase_order.{action}", subject=order.number, **detail
    )
