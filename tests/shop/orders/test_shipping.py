"""Parcels: an order leaves in one or in several, each once, and its customer reads of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from kits import host
from kits.errors import BadInput, SoldOut, WrongState
from kits.stock.ledger import Cause
from kits.stock.moves import corrections
from kits.stock.tables import Lot, StockMovement
from shop.orders import parcels
from shop.orders.find import order_by_id
from shop.orders.parcels.contents import contents, still_to_come
from shop.orders.tables import Parcel
from shop.registers import Settled, registers
from shop.work.outbox import OutboxMail

Pay = Callable[[], tuple[int, str]]
STAFF = "staff:1"
ROLLER, SERUM = "ROLLER-025", "SERUM-3M"


@pytest.fixture
def ship(now: datetime) -> Callable[..., None]:
    """Ship as a member of staff, now."""
    return partial(parcels.ship, tracking="TRACK-1", actor=STAFF, now=now)


@pytest.fixture
def steps(app: Any) -> Iterator[list[str]]:
    """What the settle steps hear."""
    heard: list[str] = []

    def hear(_: object, settled: Settled) -> None:
        heard.append(settled.what)

    registers().settle_steps.append(hear)
    yield heard
    registers().settle_steps.remove(hear)


def told(order_id: int) -> tuple[str, str | None, list[dict[str, int]]]:
    """The order's state, its tracking number, and units by SKU of each of its parcels."""
    session = host.session()
    order = order_by_id(session, order_id)
    inside = contents(session, order)
    found = [{each.lot.item.sku: each.units for each in inside[parcel.id]} for parcel in order.parcels]
    state, tracking = order.state, order.tracking
    host.end_reads()
    return state, tracking, found


def mails(number: str) -> list[OutboxMail]:
    """The order's mails about parcels, the first first."""
    mine = select(OutboxMail).where(OutboxMail.key.startswith(f"parcel-sent-{number}-"))
    return list(host.session().scalars(mine.order_by(OutboxMail.id)))


def on_hand() -> dict[str, int]:
    """Units on hand by SKU."""
    found = {lot.item.sku: lot.on_hand for lot in host.session().scalars(select(Lot))}
    host.end_reads()
    return found


def test_an_order_leaves_in_one_parcel_that_names_its_lots(pay: Pay, ship: Callable[..., None], now: datetime) -> None:
    order_id, _ = pay()
    ship(order_id)
    assert told(order_id) == ("shipped", "TRACK-1", [{ROLLER: 1, SERUM: 1}])
    assert order_by_id(host.session(), order_id).shipped_at == now
    assert host.session().scalars(select(Parcel.actor)).all() == [STAFF]


def test_a_part_leaves_first_and_the_order_is_shipped_with_its_last_parcel(
    pay: Pay, ship: Callable[..., None], item_ids: dict[str, int], steps: list[str]
) -> None:
    order_id, _ = pay()
    steps.clear()
    ship(order_id, units={item_ids[ROLLER]: 1}, tracking="FIRST")
    assert told(order_id) == ("paid", None, [{ROLLER: 1}])
    assert steps == ["leaving"]
    ship(order_id, tracking="LAST")
    assert told(order_id) == ("shipped", "LAST", [{ROLLER: 1}, {SERUM: 1}])
    assert steps == ["leaving", "leaving", "shipped"]


def test_a_part_leaves_although_the_rest_is_not_on_the_shelf(
    pay: Pay, ship: Callable[..., None], item_ids: dict[str, int], lot_ids: dict[str, int], now: datetime
) -> None:
    order_id, _ = pay()
    corrections.quarantine(lot_ids[SERUM], 20, Cause(STAFF, now, "a torn seal"))
    ship(order_id, units={item_ids[ROLLER]: 1})
    with pytest.raises(SoldOut):
        ship(order_id)
    assert told(order_id)[::2] == ("paid", [{ROLLER: 1}])


def test_the_customer_reads_what_is_in_each_parcel_and_what_follows(
    pay: Pay, ship: Callable[..., None], lot_ids: dict[str, int], now: datetime
) -> None:
    order_id, number = pay()
    parcels.start_packing([order_id], actor=STAFF, now=now)
    ship(order_id, lots={lot_ids[ROLLER]: 1}, tracking="FIRST")
    assert list(still_to_come(host.session(), order_by_id(host.session(), order_id)).values()) == [1]
    host.end_reads()
    ship(order_id)
    first, last = mails(number)
    assert (first.to, first.subject, last.subject) == (
        "ada@example.org", f"On its way: order {number}", f"On its way: the rest of order {number}",
    )  # fmt: skip
    for words in ("A part of your order", "FIRST", "lot LOT-ROLLER-025", "What follows later", "/orders/"):
        assert words in first.text
    assert "LOT-SERUM-3M" not in first.text
    assert "follows" not in last.text


def test_a_parcel_that_is_sent_twice_leaves_once(pay: Pay, ship: Callable[..., None], item_ids: dict[str, int]) -> None:
    order_id, number = pay()
    for _ in range(2):
        ship(order_id, units={item_ids[ROLLER]: 1}, parcel=1)
    assert told(order_id)[2] == [{ROLLER: 1}]
    for _ in range(2):
        ship(order_id, parcel=2)
    assert told(order_id)[2] == [{ROLLER: 1}, {SERUM: 1}]
    assert len(mails(number)) == 2
    assert on_hand() == {ROLLER: 19, SERUM: 19}


def test_two_clicks_at_once_send_one_parcel(
    pay: Pay, ship: Callable[..., None], at_once: Callable[..., list[Any]]
) -> None:
    order_id, number = pay()
    assert at_once([partial(ship, order_id, parcel=1)] * 4) == [None] * 4
    assert len(mails(number)) == 1
    assert on_hand() == {ROLLER: 19, SERUM: 19}


def test_a_parcel_that_leaves_while_it_is_put_back_leaves_whole_or_not_at_all(
    pay: Pay, ship: Callable[..., None], lot_ids: dict[str, int], at_once: Callable[..., list[Any]], now: datetime
) -> None:
    order_id, _ = pay()
    parcels.start_packing([order_id], actor=STAFF, now=now)
    shipping = partial(ship, order_id, lots=dict.fromkeys(lot_ids.values(), 1))
    shipped, back = at_once([shipping, partial(parcels.stop_packing, order_id, actor=STAFF, now=now)])
    if shipped is None:
        assert isinstance(back, WrongState)
    else:
        assert (type(shipped), back) == (BadInput, 2)
    assert set(on_hand().values()) == {19 if shipped is None else 20}


def test_a_parcel_out_of_turn_and_one_of_an_order_that_has_left_are_refused(
    pay: Pay, ship: Callable[..., None]
) -> None:
    order_id, _ = pay()
    with pytest.raises(WrongState, match="has changed"):
        ship(order_id, parcel=2)
    ship(order_id)
    with pytest.raises(WrongState, match="Only a paid order"):
        ship(order_id)


@pytest.mark.parametrize("nothing", [{"units": {}}, {"lots": {}}, {"lots": {1: 0}}])
def test_an_empty_parcel_is_not_sent(pay: Pay, ship: Callable[..., None], nothing: dict[str, Any]) -> None:
    order_id, _ = pay()
    with pytest.raises(BadInput, match="would be empty"):
        ship(order_id, **nothing)
    assert told(order_id) == ("paid", None, [])


def test_a_refused_parcel_leaves_no_trace(pay: Pay, ship: Callable[..., None], item_ids: dict[str, int]) -> None:
    order_id, number = pay()
    with pytest.raises(BadInput):
        ship(order_id, units={item_ids[ROLLER]: 2})
    assert (told(order_id)[2], mails(number)) == ([], [])
    host.end_reads()
    assert host.session().scalars(select(StockMovement.kind).where(StockMovement.order_number == number)).all() == []


def test_what_has_expired_since_it_was_set_aside_is_not_sent(
    pay: Pay, ship: Callable[..., None], now: datetime
) -> None:
    order_id, _ = pay()
    parcels.start_packing([order_id], actor=STAFF, now=now)
    with pytest.raises(WrongState, match="has expired"):
        ship(order_id, now=now + timedelta(days=800))
    assert told(order_id)[2] == []
