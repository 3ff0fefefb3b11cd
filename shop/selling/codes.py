"""Discount codes: looked up, used by an order, given back when the order is let go.

A use is taken by one conditional update, so that a code of one use has one
winner however many orders are placed at once.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from kits.errors import BadInput
from kits.host import Reader
from shop.selling.tables import DiscountCode
from shop.selling.totals import Discount

LONGEST_CODE = 40
UNKNOWN = "This code is not known, or it is no longer valid."
USED_UP = "This code has been used as often as it may be."


def written(code: str | None) -> str:
    """A code as it is kept; empty when none was given."""
    return (code or "").strip().upper()


def look_up(reader: Reader, code: str, now: datetime) -> Discount:
    """What a code takes off; raises BadInput at `discount` when it cannot be used now."""
    wanted = select(DiscountCode.percent, DiscountCode.amount, _left()).where(_is(code), _valid(now))
    found = reader.execute(wanted).first() if code.isprintable() and len(code) <= LONGEST_CODE else None
    if found is None:
        raise BadInput("discount", UNKNOWN)
    percent, amount, left = found
    if not left:
        raise BadInput("discount", USED_UP)
    return Discount(code, percent, amount)


def take(session: Session, code: str, now: datetime) -> None:
    """Use the code once; raises BadInput at `discount` when others were quicker, or its time is over."""
    _used(session, _is(code) & _valid(now) & _left())


def take_again(session: Session, code: str | None) -> None:
    """Use a code once more that was given back, whatever its time; raises BadInput when others have used it up."""
    if code is not None:
        _used(session, _is(code) & _left())


def give_back(session: Session, code: str | None) -> None:
    """The order that used the code is let go."""
    if code is not None:
        _change(session, _is(code) & (DiscountCode.uses > 0), -1)


def _is(code: str) -> ColumnElement[bool]:
    return DiscountCode.code == code


def _valid(now: datetime) -> ColumnElement[bool]:
    ends = or_(DiscountCode.valid_until.is_(None), DiscountCode.valid_until > now)
    return and_(DiscountCode.valid_from <= now, ends)


def _left() -> ColumnElement[bool]:
    return or_(DiscountCode.most_uses.is_(None), DiscountCode.uses < DiscountCode.most_uses)


def _used(session: Session, which: ColumnElement[bool]) -> None:
    if not _change(session, which, 1):
        raise BadInput("discount", USED_UP)


def _change(session: Session, which: ColumnElement[bool], by: int) -> bool:
    used = update(DiscountCode).where(which).values(uses=DiscountCode.uses + by)
    return bool(session.execute(used.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]
