"""Packing: lots set aside first expired first out, put back, exchanged, shipped whole or in part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from kits import clock, host
from kits.errors import BadInput, NotFound, SoldOut, WrongState
from kits.stock import ledger
from kits.stock.ledger import Cause
from kits.stock.moves import corrections, packing
from kits.stock.moves.other_lot import take_instead
from kits.stock.moves.to_pack import Waiting, waiting
from kits.stock.tables import Lot, Reservation, StockMovement

AtOnce = Callable[..., list[Any]]
Put = Callable[..., None]
Promise = Callable[..., None]
Do = Callable[..., Any]
Left = Callable[[int, int], int]


@pytest.fixture(autouse=True)
def _balances_agree(items: tuple[int, int]) -> Iterator[None]:
    """After each of these tests the balances are what the ledger adds up to."""
    yield
    host.end_reads()
    assert ledger.disagreements(host.session()) == []


@pytest.fixture
def do(now: datetime) -> Do:
    """`do(packing.ship, "R-1", days=3)`: a step of packing in a unit of its own, some days from now."""

    def step(what: Callable[..., Any], order: str, *more: Any, days: int = 0, reason: str = "", **named: Any) -> Any:
        cause = Cause("staff:1", now + timedelta(days=days), reason)
        with host.unit() as session:
            return what(session, order, *more, cause=cause, **named)

    return step


def lots() -> dict[str, tuple[int, int]]:
    """On hand and set aside by lot code."""
    rows = host.session().execute(select(Lot.code, Lot.on_hand, Lot.allocated)).all()
    host.end_reads()
    return {code: (on_hand, allocated) for code, on_hand, allocated in rows}


def lot_id(code: str) -> int:
    """The id of a lot."""
    found = host.session().scalars(select(Lot.id).where(Lot.code == code)).one()
    host.end_reads()
    return found


def units(state: str) -> int:
    """Units of all reservations in a state."""
    found = host.session().scalar(select(func.sum(Reservation.quantity)).where(Reservation.state == state)) or 0
    host.end_reads()
    return int(found)


def looked_at(day: date, *orders: str) -> list[Waiting]:
    """What the orders wait for."""
    found = waiting(host.session(), orders, day)
    host.end_reads()
    return [found[order] for order in orders]


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


def test_another_lot_takes_the_place_of_the_one_that_is_not_found_with_its_reason_in_the_ledger(
    items: tuple[int, int], put: Put, promise: Promise, do: Do
) -> None:
    put("A", 2, days=30, lot="early")
    put("A", 2, days=60, lot="late")
    promise("R-1", (items[0], 2, 20))
    do(packing.allocate, "R-1")
    do(take_instead, "R-1", lot_id("late"), lot_id("early"), reason="early was not found")
    assert lots() == {"early": (2, 1), "late": (2, 1)}
    reasons = select(StockMovement.allocated).where(StockMovement.reason == "early was not found")
    assert host.session().scalars(reasons.order_by(StockMovement.id)).all() == [-1, 1]


@pytest.mark.parametrize(
    ("which", "sentence"),
    [
        ("short", "expires too soon"),
        ("full", "set aside for other orders or in quarantine"),
        ("other", "not set aside for this order any more"),
    ],
)
def test_a_lot_that_cannot_serve_the_order_takes_no_place(
    items: tuple[int, int], put: Put, promise: Promise, do: Do, which: str, sentence: str
) -> None:
    put("A", 1, days=30, lot="early")
    put("A", 1, days=60, lot="full")
    put("A", 1, days=10, lot="short")
    put("B", 1, days=60, lot="other")
    promise("R-1", (items[0], 1, 20))
    do(packing.allocate, "R-1")
    corrections.quarantine(lot_id("full"), 1, Cause("staff:1", _now(), "a torn seal"))
    with pytest.raises(WrongState, match=sentence):
        do(take_instead, "R-1", lot_id(which), lot_id("early"))
    assert lots()["early"] == (1, 1)


def test_the_lot_that_another_order_needs_because_it_lasts_takes_no_place(
    items: tuple[int, int], put: Put, promise: Promise, do: Do
) -> None:
    put("A", 1, days=30, lot="early")
    put("A", 1, days=60, lot="late")
    promise("R-1", (items[0], 1, 20))
    promise("R-2", (items[0], 1, 50))
    do(packing.allocate, "R-1")
    with pytest.raises(WrongState, match="other orders need that"):
        do(take_instead, "R-1", lot_id("late"), lot_id("early"))
    do(packing.ship, "R-2")
    assert lots() == {"early": (1, 1), "late": (0, 0)}


def test_a_lot_nobody_knows_takes_no_place(items: tuple[int, int], put: Put, promise: Promise, do: Do) -> None:
    put("A", 1, days=30, lot="early")
    with pytest.raises(NotFound):
        do(take_instead, "R-1", 987654, lot_id("early"))


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


def test_two_people_who_pack_the_same_order_at_once_set_it_aside_once(
    items: tuple[int, int], put: Put, promise: Promise, do: Do, at_once: AtOnce
) -> None:
    put("A", 20, days=30, lot="L1")
    promise("R-1", (items[0], 3, 20))
    assert sorted(at_once([partial(do, packing.allocate, "R-1")] * 4)) == [0, 0, 0, 3]
    assert lots() == {"L1": (20, 3)}


def test_what_one_ships_while_another_puts_it_back_leaves_once_or_not_at_all(
    items: tuple[int, int], put: Put, promise: Promise, do: Do, at_once: AtOnce
) -> None:
    put("A", 20, days=30, lot="L1")
    promise("R-1", (items[0], 3, 20))
    do(packing.allocate, "R-1")
    shipping = partial(do, packing.ship, "R-1", lots={lot_id("L1"): 3})
    shipped, back = at_once([shipping, partial(do, packing.put_back, "R-1")])
    if isinstance(shipped, BadInput):
        assert (back, lots()) == (3, {"L1": (20, 0)})
    else:
        assert (back, lots()) == (0, {"L1": (17, 0)})


def test_orders_of_two_items_packed_and_put_back_at_once_never_wait_for_each_other_in_a_ring(
    items: tuple[int, int], put: Put, promise: Promise, do: Do, at_once: AtOnce
) -> None:
    put("A", 20, days=30)
    put("B", 20, days=30)
    orders = [f"R-{number}" for number in range(4)]
    for number, order in enumerate(orders):
        both = [(items[0], 1, 20), (items[1], 1, 20)]
        promise(order, *(both if number % 2 else both[::-1]))
    steps = [partial(do, step, order) for order in orders for step in (packing.allocate, packing.put_back)]
    assert [each for each in at_once(steps) if isinstance(each, Exception)] == []


def _now() -> datetime:
    return clock.now()
