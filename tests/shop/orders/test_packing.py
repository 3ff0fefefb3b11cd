"""Setting lots aside for paid orders: each on its own, told by number where it cannot be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from kits import host
from kits.audit import AuditEntry
from kits.errors import WrongState
from kits.stock.ledger import Cause
from kits.stock.moves import corrections
from kits.stock.tables import Lot
from shop.orders import parcels
from shop.orders.find import order_by_number
from tests.shop.admin.conftest import place_one

Pay = Callable[[], tuple[int, str]]
STAFF = "staff:1"


def set_aside() -> dict[str, int]:
    """Units set aside by SKU."""
    found = {lot.item.sku: lot.allocated for lot in host.session().scalars(select(Lot))}
    host.end_reads()
    return found


def test_orders_are_set_aside_one_by_one_and_again_changes_nothing(pay: Pay, now: datetime) -> None:
    ids = [pay()[0] for _ in range(3)]
    for _ in range(2):
        assert parcels.start_packing(ids, actor=STAFF, now=now) == []
        assert set_aside() == {"ROLLER-025": 3, "SERUM-3M": 3}
    actions = host.session().scalars(select(AuditEntry.action).where(AuditEntry.action == "order.set_aside")).all()
    assert len(actions) == 3


def test_an_order_that_lacks_stock_is_told_by_number_and_stops_no_other(
    pay: Pay, lot_ids: dict[str, int], now: datetime
) -> None:
    orders = [pay() for _ in range(3)]
    corrections.write_off(lot_ids["SERUM-3M"], 18, Cause(STAFF, now, "a broken shelf"))
    [refused] = parcels.start_packing([each for each, _ in orders], actor=STAFF, now=now)
    assert (refused.number, set_aside()) == (orders[2][1], {"ROLLER-025": 2, "SERUM-3M": 2})
    assert "receive more" in refused.sentence


def test_an_order_that_is_not_paid_is_told_by_number(pay: Pay, stocked: str, now: datetime) -> None:
    paid, _ = pay()
    number = place_one(stocked, now)
    [refused] = parcels.start_packing([_id(number), paid], actor=STAFF, now=now)
    assert refused.number == number
    assert set_aside() == {"ROLLER-025": 1, "SERUM-3M": 1}


def test_what_there_is_can_be_set_aside_for_a_parcel_with_a_part(
    pay: Pay, lot_ids: dict[str, int], now: datetime
) -> None:
    order_id, _ = pay()
    corrections.quarantine(lot_ids["SERUM-3M"], 20, Cause(STAFF, now, "a torn seal"))
    assert parcels.set_aside_what_there_is(order_id, actor=STAFF, now=now) == 1
    assert set_aside() == {"ROLLER-025": 1, "SERUM-3M": 0}


def test_what_was_set_aside_can_be_put_back(pay: Pay, now: datetime) -> None:
    order_id, _ = pay()
    parcels.start_packing([order_id], actor=STAFF, now=now)
    assert [parcels.stop_packing(order_id, actor=STAFF, now=now) for _ in range(2)] == [2, 0]
    assert set_aside() == {"ROLLER-025": 0, "SERUM-3M": 0}


def test_an_order_that_has_left_is_neither_put_back_nor_exchanged(
    pay: Pay, lot_ids: dict[str, int], now: datetime
) -> None:
    order_id, _ = pay()
    parcels.ship(order_id, tracking="", actor=STAFF, now=now)
    lot = lot_ids["SERUM-3M"]
    for step in (
        partial(parcels.stop_packing, order_id),
        partial(parcels.set_aside_what_there_is, order_id),
    ):
        with pytest.raises(WrongState):
            step(actor=STAFF, now=now)
    with pytest.raises(WrongState):
        parcels.use_other_lot(order_id, lot, lot, Cause(STAFF, now))


def test_packers_of_the_same_orders_at_once_set_each_aside_once(
    pay: Pay, now: datetime, at_once: Callable[..., list[Any]]
) -> None:
    ids = [pay()[0] for _ in range(3)]
    there, back = (partial(parcels.start_packing, each, actor=STAFF, now=now) for each in (ids, ids[::-1]))
    assert at_once([there, back, there, back]) == [[]] * 4
    assert set_aside() == {"ROLLER-025": 3, "SERUM-3M": 3}


def _id(number: str) -> int:
    found = order_by_number(host.session(), number).id
    host.end_reads()
    return found
