"""What the signed session cookie keeps of a visitor: the basket as small data, and checkout forms' marks."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from flask import session

from kits.errors import BadInput
from shop.orders.basket import MOST_LINES, Wish

BASKET, FORM, PLACED = "refillery_basket", "refillery_checkout", "refillery_placed"


def key_of(wish: Wish) -> str:
    """What names a line of the basket: wishes that differ in no more than the quantity share it."""
    if wish.start is None:
        return f"{wish.kit}.box"
    return f"{wish.kit}.{wish.sessions}.{wish.every_weeks}.{wish.start.isoformat()}.{int(wish.refills)}"


def wishes() -> list[Wish]:
    """The basket's lines, in the order they were added. Nothing of them is checked."""
    return [_read(line) for line in session.get(BASKET, ())]


def basket_count() -> int:
    """How many kits are in the basket."""
    return sum(wish.quantity for wish in wishes())


def joined(wish: Wish) -> Wish:
    """`wish` together with what the basket holds of the same; raises BadInput when the basket is full."""
    known = {key_of(each): each for each in wishes()}
    same = known.get(key_of(wish))
    if same is None and len(known) >= MOST_LINES:
        raise BadInput("lines", f"A basket takes {MOST_LINES} different plans. Remove one first.")
    return replace(wish, quantity=wish.quantity + same.quantity) if same else wish


def put(wish: Wish) -> None:
    """Keep `wish`, in place of the line with its key if there is one."""
    lines = {key_of(each): each for each in wishes()}
    lines[key_of(wish)] = wish
    _write(lines.values())


def remove(key: str) -> None:
    """Take the line with this key out, if it is there."""
    _write(each for each in wishes() if key_of(each) != key)


def submission() -> str:
    """The mark of the checkout form now open: two clicks on it make one order. A basket that changes gets a new one."""
    mark: str = session.setdefault(FORM, secrets.token_urlsafe(24))
    return mark


def is_ours(mark: str) -> bool:
    """True when `mark` is of this visitor's open form, or of the one that was placed last."""
    return mark in (session.get(FORM), session.get(PLACED))


def ordered(mark: str) -> None:
    """The basket of this form became an order: empty it, and let a second click on the form find that order.

    A form that was placed before leaves alone what is in the basket by now.
    """
    if mark == session.get(FORM):
        session[PLACED] = session.pop(FORM)
        session.pop(BASKET, None)


def _read(line: list[Any]) -> Wish:
    kit, quantity, sessions, every_weeks, start, refills = line
    day = date.fromisoformat(start) if start else None
    return Wish(kit, quantity, sessions, every_weeks, day, bool(refills))


def _write(lines: Iterable[Wish]) -> None:
    # What a form shows that is still open is not in the basket any more, so its mark orders nothing.
    session.pop(FORM, None)
    session[BASKET] = [_written(each) for each in lines]


def _written(wish: Wish) -> list[Any]:
    start = wish.start.isoformat() if wish.start else None
    return [wish.kit, wish.quantity, wish.sessions, wish.every_weeks, start, int(wish.refills)]
