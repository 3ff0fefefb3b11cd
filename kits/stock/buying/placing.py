"""Placing a purchase order: what is wanted of a supplier, under a number of ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kits import audit
from kits.catalogue.tables import Item
from kits.clock import today as day_of
from kits.errors import BadInput, Busy
from kits.host import unit
from kits.stock.buying.tables import PurchaseLine, PurchaseOrder
from kits.stock.ledger import LONGEST_REASON, Cause
from kits.stock.limits import LONGEST_NAME, MOST_UNITS

MOST_LINES = 50
FARTHEST = timedelta(days=730)
TRIES = 50
NUMBER = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,39}")


@dataclass(frozen=True)
class NewLine:
    """`quantity` units of an item that are to come on a day."""

    sku: str
    quantity: int
    expected_on: date


@dataclass(frozen=True)
class NewOrder:
    """What is ordered; without a `number` it gets the year's next one, like PO-2027-0001."""

    supplier: str
    lines: Sequence[NewLine]
    number: str = ""
    note: str = ""


def place(order: NewOrder, cause: Cause) -> str:
    """Place the order and return its number, in capitals. Commits; the same `cause.key` again places nothing.

    Raises BadInput at supplier, number, note, lines, or `sku-1`, `quantity-1`
    and `expected-1` for the first line; Busy when the next number is always
    taken by someone else.
    """
    _check(order, day_of(cause.now))
    with unit() as session:
        item_ids = [_item(session, place, line) for place, line in enumerate(order.lines, start=1)]
        for _ in range(TRIES):
            if known := _placed_by(session, cause.key):
                return known
            number = _number(session, order, day_of(cause.now))
            try:
                with session.begin_nested():
                    session.add(_row(order, number, item_ids, cause))
            except IntegrityError:  # the number, or this very form, has just been taken by another
                continue
            _record(session, order, number, cause)
            return number
    raise Busy("Others are placing orders just now. Try again.")


def check_line(quantity: int, expected_on: date, ordered_on: date, *, least: int = 1, suffix: str = "") -> None:
    """Raises BadInput at `quantity<suffix>` or `expected<suffix>` for what a line ordered that day cannot say."""
    if not least <= quantity <= MOST_UNITS:
        raise BadInput(f"quantity{suffix}", f"Give a quantity from {least:,} to {MOST_UNITS:,}.")
    if expected_on < ordered_on:
        raise BadInput(f"expected{suffix}", "This is before it was ordered. Give the day on which it should arrive.")
    if expected_on > ordered_on + FARTHEST:
        raise BadInput(f"expected{suffix}", "This is more than two years ahead. Look at the year again.")


def _check(order: NewOrder, today: date) -> None:
    supplier, number = order.supplier.strip(), order.number.strip().upper()
    if not supplier or not supplier.isprintable() or len(supplier) > LONGEST_NAME:
        raise BadInput("supplier", f"Give the supplier's name, up to {LONGEST_NAME} characters.")
    if number and not NUMBER.fullmatch(number):
        raise BadInput("number", "Write the number with up to 40 letters, digits, dots and dashes, or leave it empty.")
    if len(order.note) > LONGEST_REASON or not "".join(order.note.split()).isprintable():
        raise BadInput("note", f"Keep the note under {LONGEST_REASON} characters, and to letters, digits and signs.")
    if not 1 <= len(order.lines) <= MOST_LINES:
        raise BadInput("lines", f"Order 1 to {MOST_LINES} lines: choose an item, how many of it and for when.")
    for place_, line in enumerate(order.lines, start=1):
        check_line(line.quantity, line.expected_on, today, suffix=f"-{place_}")


def _item(session: Session, place: int, line: NewLine) -> int:
    found = session.scalars(select(Item).where(Item.sku == line.sku)).first() if line.sku.isprintable() else None
    if found is None:
        raise BadInput(f"sku-{place}", "Choose an item of the list.")
    if found.retired_at is not None:
        instead = f" Order {found.successor.sku} in its place." if found.successor else ""
        raise BadInput(f"sku-{place}", f"{found.sku} is retired.{instead or ' Choose another item.'}")
    return found.id


def _placed_by(session: Session, key: str | None) -> str | None:
    return session.scalar(select(PurchaseOrder.number).where(PurchaseOrder.submission == key)) if key else None


def _number(session: Session, order: NewOrder, today: date) -> str:
    if given := order.number.strip().upper():
        if session.scalar(select(PurchaseOrder.id).where(PurchaseOrder.number == given)) is not None:
            raise BadInput("number", f"There is an order {given} already. Give another number, or leave this empty.")
        return given
    prefix = f"PO-{today.year}-"
    taken = session.scalars(select(PurchaseOrder.number).where(PurchaseOrder.number.startswith(prefix)))
    ends = (number.removeprefix(prefix) for number in taken)
    return f"{prefix}{max((int(end) for end in ends if re.fullmatch('[0-9]{1,9}', end)), default=0) + 1:04}"


def _row(order: NewOrder, number: str, item_ids: Sequence[int], cause: Cause) -> PurchaseOrder:
    lines = [
        PurchaseLine(item_id=item_id, quantity=line.quantity, expected_on=line.expected_on)
        for item_id, line in zip(item_ids, order.lines, strict=True)
    ]
    return PurchaseOrder(
        number=number,
        supplier=order.supplier.strip(),
        ordered_on=day_of(cause.now),
        note=order.note.strip(),
        submission=cause.key,
        lines=lines,
    )


def _record(session: Session, order: NewOrder, number: str, cause: Cause) -> None:
    wanted = [[line.sku, line.quantity, line.expected_on.isoformat()] for line in order.lines]
    audit.record(session, at=cause.now, actor=cause.actor, action="purchase_order.placed", subject=number, lines=wanted)
