"""Buying in by many hands at once: all that comes is counted, nothing is booked twice, nobody waits for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select

from kits import host
from kits.audit import AuditEntry
from kits.stock.buying.importing import book_all
from kits.stock.buying.purchase_orders import change_line
from kits.stock.buying.tables import CLOSED, OPEN
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import receive
from tests.kits.stock.buying.conftest import Look, Order, lines, on_hand

AtOnce = Callable[..., list[Any]]
Make = Callable[..., Any]


def test_deliveries_at_once_are_all_counted_and_one_of_them_closes_the_order(
    order: Order, look: Look, delivery: Make, cause: Cause, at_once: AtOnce
) -> None:
    number = order(("A", 40, 5), ("B", 40, 5))
    works = [
        partial(receive, delivery(10, sku=sku, lot=f"L{n}", purchase_order=number), cause)
        for n in range(4)
        for sku in "AB"
    ]
    assert [each for each in at_once(works) if isinstance(each, Exception)] == []
    assert (lines(look, number), look(number).state) == ([(40, 0)] * 2, CLOSED)
    assert host.session().scalars(select(AuditEntry.action)).all().count("purchase_order.completed") == 1


def test_a_line_is_never_cut_below_what_comes_at_the_same_moment(
    order: Order, look: Look, delivery: Make, cause: Cause, at_once: AtOnce, today: date
) -> None:
    number = order(("A", 20, 5))
    cut = partial(change_line, look(number).lines[0].id, 5, today, cause)
    come = [partial(receive, delivery(2, lot=f"L{n}", purchase_order=number), cause) for n in range(4)]
    at_once([*come, cut])
    line = look(number).lines[0]
    assert (line.quantity, line.received) in {(20, 8), (5, 6)}  # cut after the third, it closes before the fourth


def test_lists_at_once_in_any_order_neither_wait_for_ever_nor_book_twice(
    row: Make, order: Order, look: Look, cause: Cause, at_once: AtOnce
) -> None:
    numbers = order(("A", 90, 5)), order(("B", 90, 5))
    rows = [row(2, purchase_order=numbers[0]), row(3, sku="B", lot="L2", purchase_order=numbers[1])]
    works = [
        partial(
            book_all, [replace(each, line=line) for line, each in enumerate(way, 2)], replace(cause, key=f"list:{n}")
        )
        for n in (1, 2, 3)
        for way in (rows, rows)
    ] + [partial(book_all, rows[::-1], replace(cause, key="list:4"))]
    assert sorted(str(each) for each in at_once(works)) == ["False"] * 3 + ["True"] * 4
    assert on_hand() == {"L1": 40, "L2": 40}
    assert [(look(number).state, look(number).lines[0].received) for number in numbers] == [(OPEN, 40)] * 2
