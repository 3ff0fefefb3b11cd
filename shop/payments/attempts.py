"""Payment attempts: begun and committed before a request leaves, ended once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Update, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from kits.engines import writing_alone
from kits.host import alone, end_reads, outside_transaction, session, unit
from kits.in_one import insert_all, whole
from kits.ready import Ready
from shop.orders.tables import Order, OrderLine
from shop.payments.gateway.contract import Bill, BillLine, FailedInside, HostedPage, OutcomeUnknown
from shop.payments.tables import CLOSED, HOSTED, OPEN, SAVED_CARD, UNKNOWN, PaymentAttempt

# What every purchase writes is built once, and of the table rather than the mapped class.
_ATTEMPT: Any = PaymentAttempt.__table__
_PAGE_MADE = (
    update(_ATTEMPT)
    .where(_ATTEMPT.c.id == bindparam("attempt"), or_(*(_ATTEMPT.c.state == each for each in OPEN)))
    .values(session_id=bindparam("page"), session_url=bindparam("address"))
)
_INTENT_MADE = Ready(
    update(_ATTEMPT)
    .where(_ATTEMPT.c.id == bindparam("attempt"), or_(*(_ATTEMPT.c.state == each for each in OPEN)))
    .values(intent_id=bindparam("intent"))
)


def begin(current: Session, order: Order, way: str, *, now: datetime, **known: object) -> PaymentAttempt:
    """A new attempt in the open unit, numbered after the last; `known` fills further columns. Flushes."""
    last = current.scalar(select(func.max(PaymentAttempt.number)).where(PaymentAttempt.order_id == order.id))
    attempt = PaymentAttempt(order=order, **_values(order, (last or 0) + 1, way, now), **known)
    current.add(attempt)
    current.flush()
    return attempt


def first(current: Session, order: Order, way: str, *, now: datetime, **known: object) -> Seen:
    """The first attempt of an order that is written in the open unit: nobody can have begun another. One statement."""
    row = first_row(order, way, now=now, **known)
    return first_seen(insert_all(current, (PaymentAttempt, [row])), row)


def first_row(order: Order, way: str, *, now: datetime, **known: object) -> dict[str, Any]:
    """The same as a row that is not written yet; `known` fills further columns."""
    return {"order_id": order.id, **_values(order, 1, way, now), **known}


def first_seen(row_id: int, row: Mapping[str, Any]) -> Seen:
    """Such a row once it is written, with this id."""
    return seen(PaymentAttempt(id=row_id, **whole(PaymentAttempt, row)))


def first_key(row: Mapping[str, Any]) -> str:
    """The key for the first request of such an attempt; see `Seen`."""
    return f"{row['key']}-0"


def _values(order: Order, number: int, way: str, now: datetime) -> dict[str, Any]:
    return {
        "number": number,
        "way": way,
        "key": f"refillery-{uuid.uuid4().hex}",
        "amount": order.total_amount,
        "currency": order.currency,
        "started_at": now,
    }


@dataclass(frozen=True)
class Seen:
    """An attempt as it was read: plain values, so that no transaction is open while the gateway is asked."""

    id: int
    order_id: int
    state: str
    key: str
    intent_id: str | None
    page_id: str | None
    expires_at: datetime | None
    card: str | None


def seen(attempt: PaymentAttempt) -> Seen:
    """The attempt's values; its key is the one for its next request."""
    key = f"{attempt.key}-{attempt.requests}"
    return Seen(
        id=attempt.id,
        order_id=attempt.order_id,
        state=attempt.state,
        key=key,
        intent_id=attempt.intent_id,
        page_id=attempt.session_id,
        expires_at=attempt.expires_at,
        card=attempt.card,
    )


def page_seen(order_id: int) -> Seen | None:
    """The order's open hosted attempt, read outside any transaction."""
    try:
        found = open_page(session(), order_id)
        return None if found is None else seen(found)
    finally:
        end_reads()


def latest(current: Session, order_id: int, way: str) -> PaymentAttempt | None:
    """The order's newest attempt of this way."""
    return current.scalars(
        select(PaymentAttempt)
        .where(PaymentAttempt.order_id == order_id, PaymentAttempt.way == way)
        .order_by(PaymentAttempt.number.desc())
        .limit(1)
    ).first()


def open_page(current: Session, order_id: int) -> PaymentAttempt | None:
    """The hosted attempt that may still be paid, if there is one."""
    attempt = latest(current, order_id, HOSTED)
    return attempt if attempt is not None and attempt.state in OPEN else None


def live_intent(current: Session, order_id: int) -> str | None:
    """The intent of the newest saved-card attempt unless it was cancelled."""
    attempt = latest(current, order_id, SAVED_CARD)
    return attempt.intent_id if attempt is not None and attempt.intent_live else None


def note(attempt_id: int, **values: object) -> None:
    """Write what became known about an open attempt. Commits."""
    with unit() as current:
        write(current, attempt_id, **values)


def note_intent(attempt_id: int, intent_id: str) -> None:
    """The same of the intent that was made for it, by a write of its own. Commits."""
    outside_transaction()
    with writing_alone(alone()) as connection:
        _INTENT_MADE.run(connection, {"attempt": attempt_id, "intent": intent_id})


def write(current: Session, attempt_id: int, **values: object) -> bool:
    """Change an attempt that is still open; False when it has ended."""
    open_one = update(PaymentAttempt).where(PaymentAttempt.id == attempt_id, PaymentAttempt.state.in_(OPEN))
    return bool(current.execute(open_one.values(**values)).rowcount)  # type: ignore[attr-defined]


def page_made(attempt_id: int, page: HostedPage) -> tuple[Update, dict[str, Any]]:
    """The statement that says where an attempt that is still open can be paid, and what it leaves open."""
    return _PAGE_MADE, {"attempt": attempt_id, "page": page.id, "address": page.url}


def bill(order: Order, number: int, customer: str | None) -> Bill:
    """What the gateway is told of an order for the attempt with this `number`. Neutral words only, none about health.

    Its customer may be one whom the gateway does not know yet.
    """
    lines, about = tuple(bill_lines(order)), metadata(order, number)
    return Bill(number=order.number, customer=customer or "", total=order.total, lines=lines, metadata=about)


def metadata(order: Order, number: int) -> dict[str, str]:
    """How a charge is found again from the gateway's side."""
    about = {"order": order.number, "root_order": order.root_number, "attempt": str(number)}
    return about if order.refill_number is None else {**about, "refill": str(order.refill_number)}


def bill_lines(order: Order) -> Iterator[BillLine]:
    """The lines, what is taken off worked into them, and shipping: together the order's total exactly."""
    for line in order.lines:
        yield from _priced(_title(order, line), line.unit_amount * line.quantity - line.discount_amount, line.quantity)
    if order.shipping_amount:
        yield BillLine("Delivery", order.shipping_amount, 1)


def _title(order: Order, line: OrderLine) -> str:
    if order.kind == "kit":
        return "Refill box" if line.loose else "Kit"
    return f"Refill box {order.refill_number}"


def _priced(title: str, due: int, quantity: int) -> Iterator[BillLine]:
    """`due` over the units: some cost one minor unit more where it cannot be divided evenly. Nothing due, no line."""
    each, dearer = divmod(due, quantity)
    parts = ((each, quantity - dearer), (each + 1, dearer))
    yield from (BillLine(title, unit, units) for unit, units in parts if unit and units)


def close_intent(intent_id: str, *, now: datetime) -> None:
    """The intent is cancelled for good: no attempt goes on with it. Commits."""
    of_intent = update(PaymentAttempt).where(PaymentAttempt.intent_id == intent_id)
    with unit() as current:
        current.execute(of_intent.values(intent_live=False))
        current.execute(of_intent.where(PaymentAttempt.state.in_(OPEN)).values(state=CLOSED, ended_at=now))


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
