"""Reservations: all or nothing, counted over the whole basket, of stock that lasts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from kits import host
from kits.catalogue.tables import Item
from kits.errors import SoldOut
from kits.stock.ledger import Cause
from kits.stock.moves import packing
from kits.stock.promises.reservations import Demand, how_many, release, reserve, reserve_again
from kits.stock.tables import Reservation

Put = Callable[..., None]
Promise = Callable[..., None]
Left = Callable[[int, int], int]


def test_what_is_promised_is_no_longer_left(items: tuple[int, int], put: Put, promise: Promise, left: Left) -> None:
    put("A", 20, days=30)
    promise("R-1", (items[0], 7, 30))
    assert left(items[0], 30) == 13


def test_a_basket_is_promised_whole_or_not_at_all(
    items: tuple[int, int], put: Put, promise: Promise, left: Left
) -> None:
    put("A", 20, days=30)
    put("B", 1, days=30)
    with pytest.raises(SoldOut) as refused:
        promise("R-1", (items[0], 2, 30), (items[1], 2, 30))
    assert refused.value.left == 1
    assert left(items[0], 30) == 20
    assert host.session().scalar(select(func.count(Reservation.id))) == 0


def test_two_lines_of_one_item_count_together(items: tuple[int, int], put: Put, promise: Promise) -> None:
    put("A", 3, days=30)
    with pytest.raises(SoldOut):
        promise("R-1", (items[0], 2, 10), (items[0], 2, 30))


def test_an_expired_lot_is_not_counted(
    items: tuple[int, int], put: Put, left: Left, today: date, now: datetime
) -> None:
    put("A", 20, days=30)
    later = today + timedelta(days=31)
    with pytest.raises(SoldOut), host.unit() as session:
        reserve(session, "R-1", [Demand(items[0], 1, later)], today=later, now=now + timedelta(days=31))
    assert left(items[0], 30) == 20


def test_a_lot_that_expires_before_the_last_session_is_not_counted(
    items: tuple[int, int], put: Put, promise: Promise, left: Left
) -> None:
    put("A", 20, days=30)
    put("A", 2, days=60)
    assert (left(items[0], 30), left(items[0], 31), left(items[0], 60), left(items[0], 61)) == (22, 2, 2, 0)
    promise("R-1", (items[0], 2, 31))
    with pytest.raises(SoldOut):
        promise("R-2", (items[0], 1, 31))
    promise("R-3", (items[0], 20, 30))


def test_a_short_promise_does_not_use_up_the_stock_that_lasts_long(
    items: tuple[int, int], put: Put, promise: Promise, left: Left
) -> None:
    put("A", 5, days=30)
    put("A", 5, days=60)
    promise("R-1", (items[0], 5, 10))
    assert left(items[0], 60) == 5
    promise("R-2", (items[0], 5, 60))
    assert left(items[0], 10) == 0


def test_what_is_released_is_left_again_once(items: tuple[int, int], put: Put, promise: Promise, left: Left) -> None:
    put("A", 20, days=30)
    promise("R-1", (items[0], 7, 30), (items[0], 3, 10))
    promise("R-2", (items[0], 4, 30))
    with host.unit() as session:
        assert release(session, "R-1") == 2
        assert release(session, "R-1") == 0
    assert left(items[0], 30) == 16


def test_what_was_packed_is_not_released(items: tuple[int, int], put: Put, promise: Promise, now: datetime) -> None:
    put("A", 20, days=30)
    promise("R-1", (items[0], 7, 30))
    with host.unit() as session:
        packing.ship(session, "R-1", Cause("staff:1", now))
    with host.unit() as session:
        assert release(session, "R-1") == 0


def test_a_released_order_is_promised_again_only_while_there_is_stock(
    items: tuple[int, int], put: Put, promise: Promise, left: Left, today: date, now: datetime
) -> None:
    put("A", 10, days=30)
    promise("R-1", (items[0], 6, 30))
    with host.unit() as session:
        release(session, "R-1")
    with host.unit() as session:
        reserve_again(session, "R-1", today=today, now=now)
    assert left(items[0], 30) == 4
    with host.unit() as session:
        release(session, "R-1")
    promise("R-2", (items[0], 6, 30))
    with pytest.raises(SoldOut), host.unit() as session:
        reserve_again(session, "R-1", today=today, now=now)
    assert left(items[0], 30) == 4


def test_an_order_that_was_let_go_twice_is_promised_once_again(
    items: tuple[int, int], put: Put, promise: Promise, left: Left, today: date, now: datetime
) -> None:
    put("A", 10, days=30)
    promise("R-1", (items[0], 4, 30))
    for _ in range(3):
        with host.unit() as session:
            assert release(session, "R-1") == 1
        with host.unit() as session:
            reserve_again(session, "R-1", today=today, now=now)
        assert left(items[0], 30) == 6


def test_what_is_still_held_is_not_promised_a_second_time(
    items: tuple[int, int], put: Put, promise: Promise, left: Left, today: date, now: datetime
) -> None:
    put("A", 10, days=30)
    promise("R-1", (items[0], 4, 30))
    with host.unit() as session:
        reserve_again(session, "R-1", today=today, now=now)
    assert left(items[0], 30) == 6


def test_an_unknown_item_is_sold_out(items: tuple[int, int], promise: Promise) -> None:
    with pytest.raises(SoldOut):
        promise("R-1", (987654, 1, 30))


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lots=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 5)), max_size=3),
    basket=st.lists(st.tuples(st.integers(0, 1), st.integers(1, 2), st.integers(0, 7)), min_size=1, max_size=3),
)
def test_a_basket_can_be_promised_as_often_as_was_counted(
    lots: list[tuple[int, int]],
    basket: list[tuple[int, int, int]],
    put: Put,
    today: date,
    now: datetime,
) -> None:
    items = list(_two_fresh_items().items())
    for number, (days, units) in enumerate(lots):
        put(items[number % 2][0], units, days=days)
    demands = [Demand(items[which][1], units, today + timedelta(days=days)) for which, units, days in basket]
    counted, kept = how_many(host.session(), demands, today), 0
    host.end_reads()
    with host.unit() as session:
        try:
            while True:
                reserve(session, f"R-{kept}", demands, today=today, now=now)
                kept += 1
        except SoldOut:
            pass
    assert counted == kept


def _two_fresh_items() -> dict[str, int]:
    """Two items that no earlier example has used, their ids by SKU."""
    with host.unit() as session:
        made = [Item(sku=uuid.uuid4().hex, name="One of two") for _ in range(2)]
        session.add_all(made)
        session.flush()
        return {item.sku: item.id for item in made}
