"""Payment attempts: begun and committed before a request leaves, ended once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from kits.host import unit
from shop.orders.tables import Order, OrderLine
from shop.payments.gateway import Bill, BillLine, FailedInside, OutcomeUnknown
from shop.payments.tables import CLOSED, HOSTED, OPEN, SAVED_CARD, UNKNOWN, PaymentAttempt


def begin(session: Session, order: Order, way: str, *, now: datetime, **known: object) -> PaymentAttempt:
    """A new attempt in the open unit, numbered after the last; `known` fills further columns. Flushes."""
    last = session.scalar(select(func.max(PaymentAttempt.number)).where(PaymentAttempt.order_id == order.id))
    attempt = PaymentAttempt(
        order=order,
        number=(last or 0) + 1,
        way=way,
        key=f"refillery-{uuid.uuid4().hex}",
        amount=order.total_amount,
        currency=order.currency,
        started_at=now,
        **known,
    )
    session.add(attempt)
    session.flush()
    return attempt


def latest(session: Session, order_id: int, way: str) -> PaymentAttempt | None:
    """The order's newest attempt of this way."""
    return session.scalars(
        select(PaymentAttempt)
        .where(PaymentAttempt.order_id == order_id, PaymentAttempt.way == way)
        .order_by(PaymentAttempt.number.desc())
        .limit(1)
    ).first()


def open_page(session: Session, order_id: int) -> PaymentAttempt | None:
    """The hosted attempt that may still be paid, if there is one."""
    attempt = latest(session, order_id, HOSTED)
    return attempt if attempt is not None and attempt.state in OPEN else None


def live_intent(session: Session, order_id: int) -> str | None:
    """The intent of the newest saved-card attempt unless it was cancelled."""
    attempt = latest(session, order_id, SAVED_CARD)
    return attempt.intent_id if attempt is not None and attempt.intent_live else None


def note(attempt_id: int, **values: object) -> None:
    """Write what became known about an open attempt. Commits."""
    with unit() as session:
        write(session, attempt_id, **values)


def write(session: Session, attempt_id: int, **values: object) -> bool:
    """Change an attempt that is still open; False when it has ended."""
    open_one = update(PaymentAttempt).where(PaymentAttempt.id == attempt_id, PaymentAttempt.state.in_(OPEN))
    return bool(session.execute(open_one.values(**values)).rowcount)  # type: ignore[attr-defined]


def bill(order: Order, attempt: PaymentAttempt, customer: str) -> Bill:
    """What the gateway is told of the order. Neutral words only: nothing about health."""
    return Bill(
        number=order.number,
        customer=customer,
        total=order.total,
        lines=tuple(_bill_line(order, line) for line in order.lines),
        metadata=metadata(order, attempt),
    )


def metadata(order: Order, attempt: PaymentAttempt) -> dict[str, str]:
    """How a charge is found again from the gateway's side."""
    about = {"order": order.number, "root_order": order.root_number, "attempt": str(attempt.number)}
    return about if order.refill_number is None else {**about, "refill": str(order.refill_number)}


def _bill_line(order: Order, line: OrderLine) -> BillLine:
    title = "Kit" if order.kind == "kit" else f"Refill box {order.refill_number}"
    return BillLine(title, line.unit_amount, line.quantity)


def close_intent(intent_id: str, *, now: datetime) -> None:
    """The intent is cancelled for good: no attempt goes on with it. Commits."""
    of_intent = update(PaymentAttempt).where(PaymentAttempt.intent_id == intent_id)
    with unit() as session:
        session.execute(of_intent.values(intent_live=False))
        session.execute(of_intent.where(PaymentAttempt.state.in_(OPEN)).values(state=CLOSED, ended_at=now))


@contextmanager
def noting(attempt_id: int) -> Iterator[None]:
    """Write down that an outcome is unknown, and count on where the gateway keeps its failure under the key."""
    try:
        yield
    except FailedInside:
        note(attempt_id, state=UNKNOWN, requests=PaymentAttempt.requests + 1)
        raise
    except OutcomeUnknown:
        note(attempt_id, state=UNKNOWN)
        raise
