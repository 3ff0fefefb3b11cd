"""The audit: every balance is what the ledger adds up to, and where one is not, it says which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event, select, text

from kits import host
from kits.stock.ledger import Cause
from kits.stock.moves import corrections, packing
from kits.stock.proof import Disagreement, disagreements
from kits.stock.tables import Lot


@pytest.fixture
def moved(items: tuple[int, int], put: Callable[..., None], promise: Callable[..., None], now: datetime) -> None:
    """Lot L1 of A: 20 came, 2 left, 3 are set aside, 4 in quarantine; lot L2 of B: 5 came."""
    put("A", 20, days=30, lot="L1")
    put("B", 5, days=30, lot="L2")
    promise("R-1", (items[0], 2, 20))
    promise("R-2", (items[0], 3, 20))
    with host.unit() as session:
        packing.ship(session, "R-1", Cause("staff:1", now))
        packing.allocate(session, "R-2", Cause("staff:1", now))
    with host.unit() as session:
        lot_id = session.scalars(select(Lot.id).where(Lot.code == "L1")).one()
    corrections.quarantine(lot_id, 4, Cause("staff:1", now, "The seal is broken."))


def falsify(statement: str) -> None:
    with host.unit() as session:
        session.execute(text(statement))


def found() -> list[Disagreement]:
    try:
        return disagreements(host.session())
    finally:
        host.end_reads()


def test_what_went_through_the_ledger_agrees(moved: None) -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE kits_lot SET on_hand = 19 WHERE code = 'L1'", [("A", "L1", "on_hand", 19, 18)]),
        ("UPDATE kits_lot SET on_hand = 0 WHERE code = 'L2'", [("B", "L2", "on_hand", 0, 5)]),
        ("UPDATE kits_lot SET allocated = 4 WHERE code = 'L1'", [("A", "L1", "allocated", 4, 3)]),
        ("UPDATE kits_lot SET quarantined = 0 WHERE code = 'L1'", [("A", "L1", "quarantined", 0, 4)]),
        ("UPDATE kits_lot SET quarantined = 1 WHERE code = 'L2'", [("B", "L2", "quarantined", 1, 0)]),
        ("UPDATE kits_reservation SET quantity = 1 WHERE state = 'allocated'", [("A", "L1", "reserved", 1, 3)]),
        ("UPDATE kits_reservation SET state = 'held' WHERE state = 'allocated'", [("A", "L1", "reserved", 0, 3)]),
        (
            "UPDATE kits_reservation SET lot_id = (SELECT max(id) FROM kits_lot) WHERE state = 'allocated'",
            [("A", "L1", "reserved", 0, 3), ("B", "L2", "reserved", 3, 0)],
        ),
        ("UPDATE kits_lot SET code = 'L9' WHERE code = 'L1'", []),
    ],
)
def test_a_falsified_balance_is_named(moved: None, statement: str, told: list[tuple[Any, ...]]) -> None:
    falsify(statement)
    assert found() == [Disagreement(*each) for each in told]


def test_all_that_is_wrong_is_told_at_once_by_sku_and_lot(moved: None) -> None:
    falsify("UPDATE kits_lot SET on_hand = on_hand + 1")
    falsify("UPDATE kits_lot SET allocated = 1, quarantined = 1")
    balances = ("on_hand", "allocated", "quarantined")
    assert [(each.code, each.which) for each in found()] == [(lot, which) for lot in ("L1", "L2") for which in balances]


def test_a_lot_that_no_movement_explains_is_found(
    moved: None, today: Any, now: datetime, items: tuple[int, int]
) -> None:
    with host.unit() as session:
        session.add(Lot(item_id=items[1], code="L0", expires_on=today, received_at=now, on_hand=1))
    assert found() == [Disagreement("B", "L0", "on_hand", 1, 0)]


def test_it_takes_one_statement_however_many_lots_there_are(put: Callable[..., None]) -> None:
    for number in range(12):
        put("AB"[number % 2], 5, days=30 + number)
    falsify("UPDATE kits_lot SET on_hand = 4")
    with statements() as said:
        assert len(found()) == 12
    assert len(said) == 1


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    said: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        said.extend([statement] if statement.lstrip().upper().startswith("SELECT") else [])

    event.listen(host.engine(), "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(host.engine(), "before_cursor_execute", note)
