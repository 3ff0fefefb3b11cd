"""Placing an order: acknowledge, reserve, place, in one transaction."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kits.catalogue.notice import notice_in_force
from kits.clock import today
from kits.errors import BadInput, SoldOut
from kits.host import end_reads, session, unit
from kits.settings import setting
from kits.stock.promises.reservations import reserve
from shop.customers.people import customer_by_email
from shop.orders.basket import PricedLine, Wish, due_today, priced, summed
from shop.orders.tables import Acknowledgement, Order, OrderLine

EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
LONGEST = {"email": 200, "name": 120, "line1": 200, "city": 100, "postcode": 12}


@dataclass(frozen=True)
class Address:
    """Where it goes; `country` is an ISO 3166 code the shop delivers to."""

    line1: str
    city: str
    postcode: str
    country: str


@dataclass(frozen=True)
class Purchase:
    """All a checkout hands in. `submission` is one per form, so that two clicks make one order."""

    email: str
    name: str
    address: Address
    wishes: tuple[Wish, ...]
    notice_version: str
    accepted: bool
    submission: str | None = None


def place(purchase: Purchase, *, now: datetime) -> int:
    """Place the order and promise its stock, or neither; returns the order's id. Commits.

    Raises BadInput at the field that cannot be taken, NotFound for an unknown
    kit, SoldOut. The same `submission` again gives the order it made.
    """
    _check(purchase)
    known = _known(purchase.submission)
    if known is not None:
        return known
    try:
        with unit() as current:
            return _placed(current, purchase, now)
    except IntegrityError:
        known = _known(purchase.submission)
        if known is None:
            raise
        return known


def new_number() -> str:
    """A number for a new order: short enough to read out, too many to meet twice."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"R-{signs[:5]}-{signs[5:]}"


def _placed(current: Session, purchase: Purchase, now: datetime) -> int:
    lines = priced(current, purchase.wishes, now)
    order = _order(current, purchase, lines, now)
    _acknowledge(current, order, lines, purchase, now)
    current.flush()
    try:
        reserve(current, order.number, summed(d for line in lines for d in line.demands()), today=today(now), now=now)
    except SoldOut as error:
        raise SoldOut("Sold out: there is not enough left for this order. Nothing was charged.", error.left) from error
    return order.id


def _order(current: Session, purchase: Purchase, lines: list[PricedLine], now: datetime) -> Order:
    number, total, address = new_number(), due_today(lines), purchase.address
    order = Order(
        number=number,
        token=secrets.token_urlsafe(24),
        submission=purchase.submission,
        kind="kit",
        customer=customer_by_email(current, purchase.email, purchase.name, now),
        root_number=number,
        currency=total.currency,
        total_amount=total.amount,
        name=purchase.name.strip(),
        line1=address.line1.strip(),
        city=address.city.strip(),
        postcode=address.postcode.strip().upper(),
        country=address.country,
        made_at=now,
        keep_until=now + timedelta(minutes=setting("RESERVATION_MINUTES")),
        lines=[_line(line) for line in lines],
    )
    current.add(order)
    return order


def _line(line: PricedLine) -> OrderLine:
    return OrderLine(
        kit_id=line.offer.kit.id,
        title=line.offer.kit.name,
        quantity=line.quantity,
        unit_amount=line.offer.price.amount,
        refill_amount=line.offer.refill_price.amount,
        sessions=line.plan.sessions,
        every_weeks=line.plan.every_weeks,
        start=line.plan.start,
        refills=line.refills,
        serves_until=line.serves_until,
    )


def _acknowledge(current: Session, order: Order, lines: list[PricedLine], purchase: Purchase, now: datetime) -> None:
    if not purchase.accepted:
        raise BadInput("accepted", "Please read the notice and tick the box to go on.")
    for kit_id in sorted({line.offer.kit.id for line in lines}):
        notice = notice_in_force(current, kit_id, today(now))
        if notice.version != purchase.notice_version:
            raise BadInput("version", "The notice has changed. Please read the new text and tick the box again.")
        order.acknowledgements.append(
            Acknowledgement(notice_id=notice.id, version=notice.version, sha256=notice.sha256, accepted_at=now)
        )


def _known(submission: str | None) -> int | None:
    if submission is None:
        return None
    try:
        return session().scalar(select(Order.id).where(Order.submission == submission))
    finally:
        end_reads()


def _check(purchase: Purchase) -> None:
    given = {"email": purchase.email, "name": purchase.name, **vars(purchase.address)}
    for field, most in LONGEST.items():
        if not given[field].strip() or not given[field].isprintable():
            raise BadInput(field, "Please fill this in.")
        if len(given[field]) > most:
            raise BadInput(field, f"Please keep this under {most} characters.")
    if not EMAIL.fullmatch(purchase.email.strip()):
        raise BadInput("email", "Please give an e-mail address like name@example.org.")
    if purchase.address.country not in setting("COUNTRIES"):
        raise BadInput("country", f"We deliver to: {', '.join(setting('COUNTRIES'))}.")
