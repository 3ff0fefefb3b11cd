"""Packing: lots set aside first expired first out, put back, shipped whole or in part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.errors import BadInput, SoldOut, WrongState
from kits.stock.ledger import Cause
from kits.stock.moves import corrections, packing
from kits.stock.promises.reservations import Demand, reserve
from kits.stock.tables import StockMovement
from tests.kits.stock.moves.looking import Do, Left, Promise, Put, lot_id, lots, units


def test_an_order_is_set_aside_from_the_lot_that_expires_first_and_goes_on_in_the_next(
    items: tuple[int, int], put: Put, promise: Promise, do: Do
) -> None:
    put("A", 5, days=90, lot="late")
    put("A", 2, days=30, lot="early")
    promise("R-1", (items[0], 4, 20))
    assert do(packing.allocate, "R-1") == 4
    assert lots() == {"early": (2, 2), "late": (5, 2)}
    assert (units("held"), units("allocated")) == (0, 4)


def test_setting_aside_twice_changes_nothing(items: tuple[int, int], put: Put, promise: Promise, do: Do) -> None:
    put("A", 5, days=30, lot="L1")
    promise("R-1", (items[0], 2, 20))
    assert [do(packing.allocate, "R-1") for _ in range(2)] == [2, 0]
    assert lots() == {"L1": (5, 2)}


def test_what_is_set_aside_is_not_promised_again_and_what_is_put_back_is_promised_as_before(
    items: tuple[int, int], put: Put, promise: Promise, do: Do, left: Left
) -> None:
    put("A", 5, days=30, lot="L1")
    promise("R-1", (items[0], 2, 20))
    do(packing.allocate, "R-1")
    assert left(items[0], 20) == 3
    assert do(packing.put_back, "R-1") == 2
    assert left(items[0], 20) == 3
    assert lots() == {"L1": (5, 0)}


def test_only_one_lot_of_an_order_is_put_back(items: tuple[int, int], put: Put, promise: Promise, do: Do) -> None:
    put("A", 1, days=30, lot="early")
    put("A", 3, days=60, lot="late")
    promise("R-1", (items[0], 3, 20))
    do(packing.allocate, "R-1")
    assert do(packing.put_back, "R-1", lot_id=lot_id("early")) == 1
    assert lots() == {"early": (1, 0), "late": (3, 2)}


def test_what_must_last_longer_passes_over_a_lot_that_does_not(
    items: tuple[int, int], put: Put, promise: Promise, do: Do
) -> None:
    put("A", 5, days=30, lot="early")
    put("A", 5, days=60, lot="late")
    promise("R-1", (items[0], 1, 50), (items[0], 1, 20))
    do(packing.allocate, "R-1")
    assert lots() == {"early": (5, 1), "late": (5, 1)}


def test_an_order_that_lacks_one_item_keeps_nothing_set_aside_unless_a_part_is_asked_for(
    items: tuple[int, int], put: Put, promise: Promise, do: Do
) -> None:
    put("A", 2, days=30, lot="LA")
    put("B", 2, days=30, lot="LB")
    promise("R-1", (items[0], 2, 20), (items[1], 2, 20))
    corrections.write_off(lot_id("LB"), 1, Cause("staff:1", _now(), "broken"))
    with pytest.raises(SoldOut) as refused:
        do(packing.allocate, "R-1")
    assert refused.value.left == 1
    assert lots() == {"LA": (2, 0), "LB": (1, 0)}
    assert do(packing.allocate, "R-1", partly=True) == 3
    assert (units("held"), units("allocated")) == (1, 3)


def test_a_part_is_shipped_and_then_the_rest(items: tuple[int, int], put: Put, promise: Promise, do: Do) -> None:
    put("A", 2, days=30, lot="early")
    put("A", 9, days=60, lot="late")
    promise("R-1", (items[0], 4, 20))
    do(packing.allocate, "R-1")
    first = do(packing.ship, "R-1", units={items[0]: 3})
    assert [line.quantity for line in first] == [-2, -1]
    assert lots() == {"early": (0, 0), "late": (8, 1)}
    assert [line.quantity for line in do(packing.ship, "R-1")] == [-1]
    assert (units("shipped"), units("allocated"), units("held")) == (4, 0, 0)


def test_a_part_is_shipped_although_the_shelf_lacks_the_rest(
    items: tuple[int, int], put: Put, promise: Promise, do: Do
) -> None:
    put("A", 2, days=30, lot="LA")
    put("B", 1, days=30, lot="LB")
    promise("R-1", (items[0], 2, 20), (items[1], 1, 20))
    corrections.quarantine(lot_id("LB"), 1, Cause("staff:1", _now(), "a torn seal"))
    do(packing.ship, "R-1", units={items[0]: 2})
    assert lots() == {"LA": (0, 0), "LB": (1, 0)}
    with pytest.raises(SoldOut):
        do(packing.ship, "R-1")
    assert units("held") == 1


def test_the_lots_that_were_picked_are_the_lots_that_leave(
    items: tuple[int, int], put: Put, promise: Promise, do: Do
) -> None:
    put("A", 2, days=30, lot="early")
    put("A", 2, days=60, lot="late")
    promise("R-1", (items[0], 4, 20))
    do(packing.allocate, "R-1")
    do(packing.ship, "R-1", lots={lot_id("late"): 1})
    assert lots() == {"early": (2, 2), "late": (1, 1)}


@pytest.mark.parametrize(
    "asked",
    [
        lambda item: {"units": {item: 3}},
        lambda item: {"units": {item: -1}},
        lambda item: {"units": {987654: 1}},
        lambda item: {"lots": {lot_id("L1"): 3}},
        lambda item: {"lots": {lot_id("L2"): 1}},
    ],
)
def test_a_parcel_takes_no_more_than_is_left_of_the_order(
    items: tuple[int, int], put: Put, promise: Promise, do: Do, asked: Callable[[int], dict[str, Any]]
) -> None:
    put("A", 9, days=30, lot="L1")
    put("A", 9, days=60, lot="L2")
    promise("R-1", (items[0], 2, 20))
    do(packing.allocate, "R-1")
    with pytest.raises(BadInput) as refused:
        do(packing.ship, "R-1", **asked(items[0]))
    assert refused.value.field == "units"
    assert lots() == {"L1": (9, 2), "L2": (9, 0)}


def test_what_expires_between_setting_aside_and_shipping_stays_until_it_is_packed_anew(
    items: tuple[int, int], put: Put, promise: Promise, do: Do
) -> None:
    put("A", 2, days=30, lot="early")
    put("A", 2, days=60, lot="late")
    promise("R-1", (items[0], 1, 20))
    do(packing.allocate, "R-1")
    with pytest.raises(WrongState, match="Lot early has expired"):
        do(packing.ship, "R-1", days=31)
    do(packing.put_back, "R-1", days=31)
    do(packing.ship, "R-1", days=31)
    assert lots() == {"early": (2, 0), "late": (1, 0)}


def test_what_is_set_aside_can_go_into_no_quarantine(
    items: tuple[int, int], put: Put, promise: Promise, do: Do
) -> None:
    put("A", 3, days=30, lot="L1")
    promise("R-1", (items[0], 2, 20))
    do(packing.allocate, "R-1")
    with pytest.raises(SoldOut) as refused:
        corrections.quarantine(lot_id("L1"), 2, Cause("staff:1", _now(), "a recall"))
    assert refused.value.left == 1
    corrections.quarantine(lot_id("L1"), 1, Cause("staff:1", _now(), "a recall"))
    do(packing.ship, "R-1")
    assert lots() == {"L1": (1, 0)}


def test_the_order_s_lines_in_the_ledger_tell_each_step(
    items: tuple[int, int], put: Put, promise: Promise, do: Do
) -> None:
    put("A", 3, days=30, lot="L1")
    promise("R-1", (items[0], 2, 20))
    for step in (packing.allocate, packing.put_back, packing.ship):
        do(step, "R-1")
    told = select(StockMovement.kind, StockMovement.quantity, StockMovement.allocated, StockMovement.actor)
    lines = host.session().execute(told.where(StockMovement.order_number == "R-1").order_by(StockMovement.id))
    kinds = [("allocate", 0, 2), ("allocate", 0, -2), ("allocate", 0, 2), ("ship", -2, -2)]
    assert [tuple(line) for line in lines] == [(*kind, "staff:1") for kind in kinds]


def _now() -> datetime:
    return clock.now()


def test_what_expired_set_aside_is_owed_still_and_not_promised_to_anyone_else(
    items: tuple[int, int], put: Put, promise: Promise, do: Do, today: date, now: datetime
) -> None:
    put("A", 1, days=30, lot="early")
    put("A", 1, days=60, lot="late")
    promise("R-1", (items[0], 1, 10))
    do(packing.allocate, "R-1")
    later = today + timedelta(days=40)
    with pytest.raises(SoldOut), host.unit() as session:
        reserve(session, "R-2", [Demand(items[0], 1, later)], today=later, now=now + timedelta(days=40))
    do(packing.put_back, "R-1", days=40)
    do(packing.ship, "R-1", days=40)
    assert lots() == {"early": (1, 0), "late": (0, 0)}
