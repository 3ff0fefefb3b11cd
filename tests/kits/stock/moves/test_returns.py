"""Returns: what comes back goes into use, into quarantine or away, and never more than was sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from kits import host, signals
from kits.audit import AuditEntry
from kits.errors import BadInput, NotFound
from kits.stock.ledger import Cause
from kits.stock.moves import packing
from kits.stock.moves.returns import take_back, with_customer
from kits.stock.recall.tables import Recall
from kits.stock.tables import Lot, StockMovement

Put = Callable[..., None]
Promise = Callable[..., None]
Back = Callable[..., None]


@pytest.fixture
def sent(items: tuple[int, int], put: Put, promise: Promise, now: datetime) -> int:
    """The id of a lot of 10 that lasts 30 days; order R-1 was sent 3 of it."""
    put("A", 10, days=30, lot="L1")
    promise("R-1", (items[0], 3, 20))
    with host.unit() as session:
        packing.ship(session, "R-1", Cause("staff:1", now))
    return _lot("L1")


@pytest.fixture
def back(sent: int, now: datetime) -> Back:
    """`back(2, "discard")`: order R-1 sends back 2 of its lot."""

    def book(units: int, what: Any, *, order: str = "R-1", days: int = 0, key: str | None = None) -> None:
        cause = Cause("staff:1", now + timedelta(days=days), "the box was dented", order_number=order, key=key)
        take_back(sent, units, what, cause)

    return book


def balances() -> tuple[int, int]:
    """On hand and in quarantine of the lot."""
    found = host.session().execute(select(Lot.on_hand, Lot.quarantined)).one()
    host.end_reads()
    return found[0], found[1]


@pytest.mark.parametrize(
    ("what", "after", "kinds"),
    [
        ("restock", (9, 0), ["return"]),
        ("inspect", (9, 2), ["return"]),
        ("discard", (7, 0), ["return", "write_off"]),
    ],
)
def test_what_comes_back_goes_where_it_was_decided(
    back: Back, what: str, after: tuple[int, int], kinds: list[str]
) -> None:
    back(2, what)
    assert balances() == after
    lines = select(StockMovement).where(StockMovement.kind.in_(("return", "write_off"))).order_by(StockMovement.id)
    told = [(line.kind, line.reason, line.order_number) for line in host.session().scalars(lines)]
    assert told == [(kind, "the box was dented", "R-1") for kind in kinds]


def test_a_return_is_in_the_audit_log(back: Back) -> None:
    back(2, "inspect")
    entry = host.session().scalars(select(AuditEntry).where(AuditEntry.action == "stock.returned")).one()
    assert (entry.subject, entry.detail) == ("R-1", {"lot": "L1", "units": 2, "what": "inspect"})


@pytest.mark.parametrize("units", [0, -1, 4])
def test_no_more_comes_back_than_the_order_was_sent(back: Back, units: int) -> None:
    with pytest.raises(BadInput, match="from 1 to 3"):
        back(units, "restock")
    assert balances() == (7, 0)


def test_what_came_back_before_is_not_with_the_customer_any_more(back: Back, sent: int) -> None:
    back(2, "discard")
    assert with_customer(host.session(), "R-1") == {sent: 1}
    host.end_reads()
    with pytest.raises(BadInput, match="from 1 to 1"):
        back(2, "restock")
    back(1, "restock")
    with pytest.raises(BadInput, match="nothing of this lot left"):
        back(1, "restock")


def test_an_order_that_never_had_the_lot_returns_nothing(back: Back) -> None:
    with pytest.raises(BadInput):
        back(1, "restock", order="R-2")


def test_what_is_only_set_aside_cannot_come_back(
    back: Back, items: tuple[int, int], promise: Promise, now: datetime
) -> None:
    promise("R-2", (items[0], 1, 20))
    with host.unit() as session:
        packing.allocate(session, "R-2", Cause("staff:1", now))
    with pytest.raises(BadInput):
        back(1, "restock", order="R-2")


def test_an_expired_lot_is_not_restocked_but_may_be_looked_at_or_thrown_away(back: Back) -> None:
    with pytest.raises(BadInput, match="has expired"):
        back(1, "restock", days=31)
    back(1, "inspect", days=31)
    back(1, "discard", days=31)
    assert balances() == (8, 1)


def test_a_recalled_lot_is_not_restocked(back: Back, sent: int, now: datetime) -> None:
    with host.unit() as session:
        session.add(Recall(lot_id=sent, reason="a torn seal", message="Stop.", actor="staff:1", begun_at=now))
    with pytest.raises(BadInput, match="was recalled"):
        back(1, "restock")
    back(1, "inspect")
    assert balances() == (8, 1)


def test_a_return_sent_twice_is_booked_once(back: Back) -> None:
    for _ in range(2):
        back(1, "discard", key="return-1")
    assert host.session().scalar(select(func.count()).where(StockMovement.kind == "return")) == 1


def test_two_people_who_book_the_last_unit_at_once_book_it_once(back: Back, at_once: Callable[..., list[Any]]) -> None:
    done = at_once([partial(back, 2, "restock")] * 2)
    assert sorted(type(each).__name__ for each in done) == ["BadInput", "NoneType"]
    assert balances() == (9, 0)


def test_only_a_lot_there_is_and_a_known_decision_are_taken(back: Back, now: datetime) -> None:
    with pytest.raises(BadInput):
        back(1, "sell")
    with pytest.raises(NotFound):
        take_back(987654, 1, "restock", Cause("staff:1", now, order_number="R-1"))


@pytest.mark.parametrize(("what", "heard"), [("restock", 1), ("inspect", 0), ("discard", 0)])
def test_only_what_goes_back_into_use_is_told_as_stock_that_came_in(back: Back, what: str, heard: int) -> None:
    signals.stock_received.connect(_hear)
    _heard.clear()
    try:
        back(1, what)
    finally:
        signals.stock_received.disconnect(_hear)
    assert len(_heard) == heard


_heard: list[int] = []


def _hear(sender: object, lot_id: int, quantity: int) -> None:
    _heard.append(quantity)


def _lot(code: str) -> int:
    found = host.session().scalars(select(Lot.id).where(Lot.code == code)).one()
    host.end_reads()
    return found
