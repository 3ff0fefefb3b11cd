"""Stock under many hands at once: nothing is sold twice, nothing is lost, nobody waits for ever."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from kits import host
from kits.catalogue.tables import Item
from kits.errors import SoldOut
from kits.stock.ledger import Cause
from kits.stock.moves import packing
from kits.stock.moves.receiving import Delivery, receive
from kits.stock.promises.reservations import Demand, lock, reserve
from kits.stock.tables import Lot, Reservation
from tests.bench.statements import counted

AtOnce = Callable[..., list[Any]]
Put = Callable[..., None]
Promise = Callable[..., None]


def test_forty_buyers_of_twenty_kits_make_exactly_twenty_orders(
    items: tuple[int, int], put: Put, promise: Promise, at_once: AtOnce
) -> None:
    put("A", 20, days=30)
    put("B", 20, days=30)
    baskets = [random.sample([(items[0], 1, 20), (items[1], 1, 25)], 2) for _ in range(40)]
    made = at_once([partial(promise, f"R-{n}", *basket) for n, basket in enumerate(baskets)])
    assert Counter(type(each) for each in made) == {type(None): 20, SoldOut: 20}
    held = host.session().execute(select(Reservation.item_id, func.sum(Reservation.quantity)).group_by("item_id"))
    assert {item: int(units) for item, units in held} == {items[0]: 20, items[1]: 20}


def test_the_same_order_packed_by_two_people_leaves_the_shelf_once(
    items: tuple[int, int], put: Put, promise: Promise, at_once: AtOnce, now: datetime
) -> None:
    put("A", 20, days=30)
    promise("R-1", (items[0], 2, 20))
    at_once([partial(_ship, "R-1", now)] * 6)
    assert host.session().scalar(select(Lot.on_hand)) == 18


def test_a_new_lot_that_two_people_book_is_one_lot(
    items: tuple[int, int], at_once: AtOnce, today: date, now: datetime
) -> None:
    expires = today + timedelta(days=30)
    book = partial(receive, Delivery("A", "L1", 5, expires), Cause("staff:1", now))
    done = at_once([book] * 8)
    assert [each for each in done if isinstance(each, Exception)] == []
    assert host.session().scalars(select(Lot.on_hand)).all() == [40]


def test_a_parcel_that_leaves_while_stock_is_counted_is_not_counted_twice(
    items: tuple[int, int], put: Put, promise: Promise, at_once: AtOnce, today: date, now: datetime
) -> None:
    # Lots and promises are read by two statements; a parcel between them leaves the shelf and its promise.
    put("A", 1, days=30)
    promise("R-1", (items[0], 1, 20))
    shipped = threading.Event()

    def buy() -> None:
        with between_counts(shipped), host.unit() as session:
            reserve(session, "R-2", [Demand(items[0], 1, today)], today=today, now=now)

    def pack() -> None:
        counting.wait(5)
        _ship("R-1", now)
        shipped.set()

    counting.clear()
    bought, _ = at_once([buy, pack])
    assert isinstance(bought, SoldOut)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_locks_are_taken_in_the_order_of_ids_wherever_the_rows_lie(app: Flask, items: tuple[int, int]) -> None:
    with host.unit() as session:
        lock(session, items[:1])  # on PostgreSQL a row that is written moves behind the others
    first, second = sorted(items)
    taken = threading.Event()

    def both() -> None:
        with app.app_context(), host.unit() as session:
            lock(session, [second, first])
            taken.set()

    waiting = threading.Thread(target=both)
    with host.unit() as session:
        lock(session, [first])
        waiting.start()
        assert not taken.wait(0.2)
        mine = select(Item.id).where(Item.id == second).with_for_update(nowait=True)
        assert session.scalar(mine) == second  # whoever waits for the first does not hold the second
    waiting.join(5)
    assert taken.is_set()


def test_all_locks_are_one_statement(items: tuple[int, int]) -> None:
    with host.unit() as session, counted(host.engine()) as statements:
        lock(session, items)
    assert len(statements) == 1
    assert host.session().scalars(select(Item.claims)).all() == [1, 1]


counting = threading.Event()


@contextmanager
def between_counts(shipped: threading.Event) -> Iterator[None]:
    """Wait a moment for `shipped` before the promises are read."""

    def pause(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "FROM kits_reservation" in statement and threading.current_thread() is me:
            counting.set()
            shipped.wait(0.5)

    me = threading.current_thread()
    event.listen(host.engine(), "before_cursor_execute", pause)
    try:
        yield
    finally:
        event.remove(host.engine(), "before_cursor_execute", pause)


def _ship(order: str, now: datetime) -> None:
    with host.unit() as session:
        packing.ship(session, order, Cause("staff:1", now))
