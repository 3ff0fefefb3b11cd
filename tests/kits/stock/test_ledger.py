"""The ledger: what comes in, what goes out, and that the balance is always their sum."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from kits import host, signals
from kits.errors import BadInput, NotFound, SoldOut
from kits.stock.ledger import Cause
from kits.stock.moves import packing
from kits.stock.moves.receiving import Delivery, receive
from kits.stock.tables import Lot, StockMovement

Put = Callable[..., None]
Promise = Callable[..., None]
Left = Callable[[int, int], int]


@pytest.fixture
def ship(now: datetime) -> Callable[..., None]:
    """Ship an order, `days` from now."""

    def go(order: str, days: int = 0) -> None:
        with host.unit() as session:
            packing.ship(session, order, Cause("staff:1", now + timedelta(days=days)))

    return go


def on_hand() -> dict[str, int]:
    """Lot code to balance; fails when a balance is not the sum of its movements."""
    session = host.session()
    summed = func.coalesce(func.sum(StockMovement.quantity), 0)
    rows = session.execute(select(Lot.code, Lot.on_hand, summed).outerjoin(StockMovement).group_by(Lot.id)).all()
    host.end_reads()
    assert all(kept == moved for _, kept, moved in rows)
    return {code: kept for code, kept, _ in rows}


def test_a_delivery_becomes_a_lot_and_a_line_of_the_ledger(items: tuple[int, int], today: date, now: datetime) -> None:
    expires = today + timedelta(days=30)
    receive(Delivery("A", " L1 ", 20, expires), Cause("staff:7", now))
    lot = host.session().scalars(select(Lot)).one()
    line = host.session().scalars(select(StockMovement)).one()
    assert (lot.code, lot.item_id, lot.expires_on, lot.on_hand) == ("L1", items[0], expires, 20)
    assert (line.kind, line.quantity, line.actor, line.lot_id, line.order_number) == (
        "receive", 20, "staff:7", lot.id, None,
    )  # fmt: skip
    assert line.at == now


def test_more_of_a_known_lot_adds_up(items: tuple[int, int], put: Put) -> None:
    put("A", 20, days=30, lot="L1")
    put("A", 5, days=30, lot="L1")
    assert on_hand() == {"L1": 25}


def test_two_items_may_share_a_lot_code(items: tuple[int, int], put: Put) -> None:
    put("A", 20, days=30, lot="L1")
    put("B", 5, days=60, lot="L1")
    assert host.session().scalar(select(func.count(Lot.id))) == 2


@pytest.mark.parametrize(
    ("code", "quantity", "days", "field"),
    [
        ("L1", 0, 30, "quantity"),
        ("L1", -1, 30, "quantity"),
        ("L1", 10**9, 30, "quantity"),
        ("L1", 10**30, 30, "quantity"),
        ("L1", 5, 0, "expires"),
        ("L1", 5, -1, "expires"),
        ("  ", 5, 30, "lot"),
        ("L" * 61, 5, 30, "lot"),
        ("L\0", 5, 30, "lot"),
        ("L\n", 5, 31, "expires"),
        ("L1", 5, 31, "expires"),
    ],
)
def test_a_delivery_that_cannot_be_is_refused_at_its_field_and_changes_nothing(
    put: Put, today: date, now: datetime, code: str, quantity: int, days: int, field: str
) -> None:
    put("A", 20, days=30, lot="L1")
    put("A", 20, days=30, lot="L")
    with pytest.raises(BadInput) as refused:
        receive(Delivery("A", code, quantity, today + timedelta(days=days)), Cause("command", now))
    assert refused.value.field == field
    assert on_hand() == {"L1": 20, "L": 20}


@pytest.mark.parametrize("sku", ["NONE", "", "a", "A\0"])
def test_an_unknown_sku_is_refused(items: tuple[int, int], today: date, now: datetime, sku: str) -> None:
    with pytest.raises(NotFound):
        receive(Delivery(sku, "L1", 5, today + timedelta(days=30)), Cause("command", now))
    assert on_hand() == {}


def test_an_order_takes_what_expires_first(items: tuple[int, int], put: Put, promise: Promise, ship: Put) -> None:
    put("A", 5, days=90, lot="late")
    put("A", 5, days=30, lot="early")
    put("A", 5, days=60, lot="middle")
    promise("R-1", (items[0], 7, 20))
    ship("R-1")
    assert on_hand() == {"early": 0, "middle": 3, "late": 5}


def test_a_lot_that_expires_too_soon_is_passed_over(
    items: tuple[int, int], put: Put, promise: Promise, ship: Put
) -> None:
    put("A", 5, days=30, lot="early")
    put("A", 5, days=60, lot="late")
    promise("R-1", (items[0], 2, 31))
    ship("R-1")
    assert on_hand() == {"early": 5, "late": 3}


def test_a_parcel_late_in_the_post_room_takes_nothing_that_has_expired_since(
    items: tuple[int, int], put: Put, promise: Promise, ship: Put
) -> None:
    put("A", 5, days=30, lot="early")
    put("A", 5, days=60, lot="late")
    promise("R-1", (items[0], 2, 10))
    ship("R-1", days=40)
    assert on_hand() == {"early": 5, "late": 3}


def test_an_order_for_two_times_leaves_the_other_orders_theirs(
    items: tuple[int, int], put: Put, promise: Promise, ship: Put
) -> None:
    put("A", 2, days=30, lot="early")
    put("A", 2, days=60, lot="late")
    promise("R-1", (items[0], 1, 20), (items[0], 1, 50))
    promise("R-2", (items[0], 1, 20), (items[0], 1, 60))
    ship("R-1")
    ship("R-2")
    assert on_hand() == {"early": 0, "late": 0}


def test_shipping_names_the_order_and_the_lot(items: tuple[int, int], put: Put, promise: Promise, ship: Put) -> None:
    put("A", 5, days=30, lot="L1")
    put("B", 5, days=30, lot="L2")
    promise("R-1", (items[0], 2, 20), (items[1], 1, 20))
    ship("R-1")
    moved = select(Lot.code, StockMovement.quantity, StockMovement.order_number, StockMovement.actor)
    lines = host.session().execute(moved.join(StockMovement).where(StockMovement.kind == "ship")).all()
    assert sorted(map(tuple, lines)) == [("L1", -2, "R-1", "staff:1"), ("L2", -1, "R-1", "staff:1")]


def test_an_order_is_shipped_once(items: tuple[int, int], put: Put, promise: Promise, ship: Put, left: Left) -> None:
    put("A", 5, days=30, lot="L1")
    promise("R-1", (items[0], 2, 20))
    ship("R-1")
    ship("R-1")
    assert on_hand() == {"L1": 3}
    assert left(items[0], 20) == 3


def test_what_the_shelf_no_longer_holds_is_not_shipped_in_part(
    items: tuple[int, int], put: Put, promise: Promise, ship: Put
) -> None:
    put("A", 5, days=30, lot="L1")
    promise("R-1", (items[0], 3, 20))
    with pytest.raises(SoldOut):
        ship("R-1", days=31)
    assert on_hand() == {"L1": 5}
    ship("R-1")
    assert on_hand() == {"L1": 2}


def test_the_database_itself_refuses_a_negative_balance(items: tuple[int, int], put: Put) -> None:
    put("A", 1, days=30)
    with pytest.raises(IntegrityError), host.unit() as session:
        session.scalars(select(Lot)).one().on_hand = -1


def test_the_host_hears_of_a_delivery_after_the_commit(items: tuple[int, int], put: Put) -> None:
    signals.stock_received.connect(_hear)
    _heard.clear()
    try:
        put("A", 4, days=30)
    finally:
        signals.stock_received.disconnect(_hear)
    assert _heard == [(host.session().scalar(select(Lot.id)), 4)]


_heard: list[tuple[int, int]] = []


def _hear(sender: object, lot_id: int, quantity: int) -> None:
    assert not host.session().in_transaction()
    _heard.append((lot_id, quantity))
    raise RuntimeError("a receiver's error is the receiver's own")
