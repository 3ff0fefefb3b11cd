"""Placing an order: acknowledge, agree, reserve, place, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kits.clock import today
from kits.errors import BadInput, RefilleryError, SoldOut
from kits.host import end_reads, session, unit
from kits.money import Money
from kits.stock.promises.reservations import reserve
from shop.orders.basket import Wish, priced_of
from shop.orders.demands import summed
from shop.orders.placing import rows
from shop.orders.placing.address import EMAIL, LONGEST, Address, check_email, check_words
from shop.orders.placing.due import Due, check_payable, reckon
from shop.orders.placing.rows import Beginning
from shop.orders.tables import Order
from shop.selling import codes, rules
from shop.selling.rules import Rules

__all__ = ["EMAIL", "LONGEST", "Address", "Purchase", "Seen", "new_number", "place", "placed_by"]

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Seen:
    """What a customer had before them when they pressed the button: the sums in minor units, the terms' version."""

    due: int
    plan_total: int
    terms: str


@dataclass(frozen=True)
class Purchase:
    """All a checkout hands in. `submission` is one per form, so that two clicks make one order.

    `notice_version` is that of every kit's notice, or one for each kit by its
    slug. Without `shipping` it goes by the cheapest way. `seen` is what a page
    showed; a program says none.
    """

    email: str
    name: str
    address: Address
    wishes: tuple[Wish, ...]
    notice_version: str | Mapping[str, str]
    accepted: bool
    submission: str | None = None
    shipping: str | None = None
    discount: str | None = None
    seen: Seen | None = None


def place(purchase: Purchase, *, now: datetime, beginning: Beginning | None = None) -> int:
    """Place the order and promise its stock, or neither; returns the order's id. Commits.

    Raises BadInput at the field that cannot be taken, NotFound for an unknown
    kit, SoldOut. The same `submission` again gives the order it made,
    whatever else is in the form by now; `beginning` is not begun for it then.
    """
    try:
        _check(purchase)
        with unit() as current:
            return _placed(current, purchase, beginning, now)
    except (RefilleryError, IntegrityError):
        known = placed_by(purchase.submission)
        if known is None:
            raise
        return known


def placed_by(submission: str | None) -> int | None:
    """The id of the order that the form with this mark has made."""
    if submission is None:
        return None
    try:
        return session().scalar(select(Order.id).where(Order.submission == submission))
    finally:
        end_reads()


def new_number() -> str:
    """A number for a new order: short enough to read out, too many to meet twice."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"R-{signs[:5]}-{signs[5:]}"


def _placed(current: Session, purchase: Purchase, beginning: Beginning | None, now: datetime) -> int:
    offers, ruling = rules.read_with(current, [wish.kit for wish in purchase.wishes], now)
    lines = priced_of(offers, purchase.wishes, now)
    code = codes.written(purchase.discount)
    discount = codes.look_up(current, code, now) if code else None
    due = reckon(lines, ruling, country=purchase.address.country, way=purchase.shipping, discount=discount)
    _agrees(purchase, due, ruling)
    number = new_number()
    written = rows.write(current, purchase, due, ruling, beginning=beginning, number=number, now=now)
    if code:
        codes.take(current, code, now)
    try:
        reserve(current, number, summed(d for line in lines for d in line.demands), today=today(now), now=now)
    except SoldOut as error:
        raise SoldOut("Sold out: there is not enough left for this order. Nothing was charged.", error.left) from error
    return written.order.id


def _agrees(purchase: Purchase, due: Due, ruling: Rules) -> None:
    """Raises BadInput unless what the buyer read and saw is what holds now, and a card can pay it."""
    if not purchase.accepted:
        raise BadInput("accepted", "Please read the notice and tick the box to go on.")
    read = purchase.notice_version
    for slug, notice in rows.notices(due).items():
        if notice.version != (read if isinstance(read, str) else read.get(slug)):
            raise BadInput("version", "The notice has changed. Please read the new text and tick the box again.")
    check_payable(due)
    seen = purchase.seen
    if seen and (seen.due, seen.plan_total) != (due.total.amount, due.plan_total.amount):
        raise BadInput("seen", _changed(seen, due))
    if seen and seen.terms != ruling.terms.version:
        raise BadInput("terms", "Our terms have changed. Please look at them again and press the button again.")


def _changed(seen: Seen, due: Due) -> str:
    """What is otherwise than the page said."""
    said = f"{due.total} is due today, not {Money(seen.due, due.currency)} as this page said before"
    if seen.plan_total - seen.due != due.later.amount:
        said = f"{said}, and {due.later} later for refills"
    return f"{said}. Nothing was ordered. Please look it over and press the button again."


def _check(purchase: Purchase) -> None:
    check_email(purchase.email)
    check_words({"name": purchase.name})
    purchase.address.tidied()
