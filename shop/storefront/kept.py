"""What the signed session cookie keeps of a visitor: the basket as small data, forms' marks, an unpaid order."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import session

from kits.errors import BadInput
from shop.orders.basket import MOST_LINES, Wish

BASKET, FORM, PLACED = "refillery_basket", "refillery_checkout", "refillery_placed"
REMOVED, UNPAID = "refillery_removed", "refillery_unpaid"
FULL = f"A basket takes {MOST_LINES} different plans. Remove one first."


@dataclass(frozen=True)
class Put:
    """A line of the basket, and what one of it and one of its refills cost when it was put in, in minor units.

    None for a line that was put in before prices were kept.
    """

    wish: Wish
    unit: int | None = None
    refill: int | None = None


def key_of(wish: Wish) -> str:
    """What names a line of the basket: wishes that differ in no more than the quantity share it."""
    if wish.start is None:
        return f"{wish.kit}.box"
    return f"{wish.kit}.{wish.sessions}.{wish.every_weeks}.{wish.start.isoformat()}.{int(wish.refills)}"


def puts() -> list[Put]:
    """The basket's lines, in the order they were added. Nothing of them is checked."""
    return [_read(line) for line in session.get(BASKET, ())]


def wishes() -> list[Wish]:
    """The same without their prices."""
    return [put.wish for put in puts()]


def wish_of(key: str) -> Wish | None:
    """The line with this key, if it is there."""
    return next((wish for wish in wishes() if key_of(wish) == key), None)


def basket_count() -> int:
    """How many kits and loose boxes are in the basket."""
    return sum(wish.quantity for wish in wishes())


def joined(wish: Wish, instead_of: str = "") -> Wish:
    """`wish` together with what the basket holds of the same, not counting the line `instead_of`.

    Raises BadInput when the basket is full.
    """
    known = {key_of(each): each for each in wishes() if key_of(each) != instead_of}
    same = known.get(key_of(wish))
    if same is None and len(known) >= MOST_LINES:
        raise BadInput("lines", FULL)
    return replace(wish, quantity=wish.quantity + same.quantity) if same else wish


def put(line: Put, instead_of: str = "") -> None:
    """Keep `line`, in the place of `instead_of`, or of the line with its own key if there is one."""
    new = key_of(line.wish)
    known = [(key_of(each.wish), each) for each in puts()]
    lines = {new if key == instead_of else key: each for key, each in known}
    lines[new] = line
    _write(lines.values())


def put_all(lines: Sequence[Put]) -> None:
    """Keep all of these or none; of what is there already, the larger quantity. Raises BadInput for too many."""
    both = {key_of(each.wish): each for each in puts()}
    for line in lines:
        same = both.get(key_of(line.wish), line)
        both[key_of(line.wish)] = max(same, line, key=lambda each: each.wish.quantity)
    if len(both) > MOST_LINES:
        raise BadInput("lines", FULL)
    _write(both.values())


def remove(key: str) -> None:
    """Take the line with this key out, if it is there; until the basket changes again it can be put back."""
    lines = puts()
    for place, line in enumerate(lines):
        if key_of(line.wish) == key:
            _write(lines[:place] + lines[place + 1 :])
            session[REMOVED] = [place, _written(line)]


def removed() -> Put | None:
    """The line that was removed last, while it can be put back."""
    return _read(session[REMOVED][1]) if REMOVED in session else None


def undo() -> None:
    """Put the line that was removed last back where it was; a second time there is nothing to put back."""
    if REMOVED in session:
        place, line = session[REMOVED]
        lines = puts()
        _write([*lines[:place], _read(line), *lines[place:]])


def unpaid() -> str | None:
    """The token of the order that this visitor placed last, until it is known to be paid."""
    token: str | None = session.get(UNPAID)
    return token


def forget_unpaid() -> None:
    """There is no such order any more."""
    session.pop(UNPAID, None)


def submission() -> str:
    """The mark of the checkout form now open: two clicks on it make one order. A basket that changes gets a new one."""
    mark: str = session.setdefault(FORM, secrets.token_urlsafe(24))
    return mark


def is_ours(mark: str) -> bool:
    """True when `mark` is of this visitor's open form, or of the one that was placed last."""
    return mark in (session.get(FORM), session.get(PLACED))


def ordered(mark: str, token: str) -> None:
    """The basket of this form became an order: empty it, and let a second click on the form find that order.

    A form that was placed before leaves alone what is in the basket by now.
    """
    if mark == session.get(FORM):
        session[PLACED], session[UNPAID] = mark, token
        _write(())


def _read(line: Sequence[Any]) -> Put:
    kit, quantity, sessions, every_weeks, start, refills, *prices = line
    day = date.fromisoformat(start) if start else None
    return Put(Wish(kit, quantity, sessions, every_weeks, day, bool(refills)), *prices)


def _write(lines: Iterable[Put]) -> None:
    # What a form shows that is still open is not in the basket any more, so its mark orders nothing.
    session.pop(FORM, None)
    session[BASKET] = [_written(each) for each in lines]
    if session[BASKET]:
        submission()  # made here, so that looking at the checkout writes no cookie
    session.pop(REMOVED, None)


def _written(line: Put) -> list[Any]:
    wish = line.wish
    start = wish.start.isoformat() if wish.start else None
    of_wish = [wish.kit, wish.quantity, wish.sessions, wish.every_weeks, start, int(wish.refills)]
    return [*of_wish, line.unit, line.refill]
