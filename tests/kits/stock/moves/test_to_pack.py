"""What orders wait for: what is set aside, what is not yet, and what the shelf lacks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kits import clock, host
from kits.stock.ledger import Cause
from kits.stock.moves import corrections, packing
from kits.stock.tables import Reservation
from tests.kits.stock.moves.looking import Do, Promise, Put, looked_at, lot_id


def test_what_orders_wait_for_says_what_is_set_aside_and_what_the_shelf_lacks(
    items: tuple[int, int], put: Put, promise: Promise, do: Do, today: date
) -> None:
    put("A", 3, days=30, lot="LA")
    put("B", 2, days=30, lot="LB")
    promise("R-1", (items[0], 2, 20))
    promise("R-2", (items[0], 1, 20), (items[1], 2, 20))
    do(packing.allocate, "R-1")
    corrections.quarantine(lot_id("LB"), 1, Cause("staff:1", _now(), "a torn seal"))
    first, second = looked_at(today, "R-1", "R-2")
    assert [(row.lot.code, row.units, row.expired) for row in first.set_aside] == [("LA", 2, False)]
    assert (first.not_yet, second.set_aside) == ([], [])
    assert [(row.item.sku, row.units, row.missing) for row in second.not_yet] == [("A", 1, 0), ("B", 2, 1)]
    assert [row.item.sku for row in second.lacks] == ["B"]
    [later] = looked_at(today + timedelta(days=31), "R-1")
    assert [row.lot.code for row in later.expired] == ["LA"]


def test_an_order_that_lacks_something_takes_nothing_from_the_next_one(
    items: tuple[int, int], put: Put, promise: Promise, today: date
) -> None:
    put("A", 1, days=30, lot="LA")
    put("B", 1, days=30, lot="LB")
    promise("R-1", (items[0], 1, 20), (items[1], 1, 20))
    corrections.write_off(lot_id("LB"), 1, Cause("staff:1", _now(), "broken"))
    with host.unit() as session:
        session.add(Reservation(item_id=items[0], order_number="R-2", quantity=1, serves_until=today, made_at=_now()))
    first, second = looked_at(today, "R-1", "R-2")
    assert [row.item.sku for row in first.lacks] == ["B"]
    assert second.lacks == []


def _now() -> datetime:
    return clock.now()
