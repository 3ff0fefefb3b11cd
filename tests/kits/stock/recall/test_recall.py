"""Recalling a lot: what is left goes out of use and stays out, and the ledger says who received it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from kits import host, signals
from kits.audit import AuditEntry
from kits.errors import BadInput, NotFound, WrongState
from kits.stock.ledger import Cause
from kits.stock.moves import corrections, packing, returns, stock_take
from kits.stock.proof import disagreements
from kits.stock.recall.recall import Begun, call_off, recipients
from kits.stock.recall.tables import Recall
from kits.stock.tables import Lot, StockMovement

LotId = Callable[[str], int]
Recalled = Callable[..., Begun]
Ship = Callable[..., None]


def balances(code: str) -> tuple[int, int, int]:
    row = host.session().execute(select(Lot.on_hand, Lot.allocated, Lot.quarantined).where(Lot.code == code)).one()
    host.end_reads()
    return row[0], row[1], row[2]


def agreed() -> bool:
    found = disagreements(host.session())
    host.end_reads()
    return found == []


def who(lot: int) -> list[tuple[str, int]]:
    rows = host.session().execute(recipients(lot).order_by(StockMovement.order_number)).all()
    host.end_reads()
    return [(row.order_number, int(row.units)) for row in rows]


@pytest.fixture
def why(now: datetime) -> Cause:
    return Cause("staff:1", now, "a reason")


@pytest.fixture
def packed(promise: Callable[..., None], items: tuple[int, int], lot_id: LotId, now: datetime) -> None:
    """Order R-1 has four units of BAD set aside."""
    promise("R-1", (items[0], 4, 5))
    with host.unit() as session:
        packing.allocate(session, "R-1", Cause("staff:1", now))


def test_all_that_is_left_of_a_recalled_lot_goes_into_quarantine(recalled: Recalled, ship: Ship) -> None:
    ship("R-1", 3)
    assert recalled("BAD").quarantined == 7
    assert (balances("BAD"), balances("GOOD")) == ((7, 0, 7), (10, 0, 0))
    assert agreed()


def test_orders_that_had_some_set_aside_are_given_another_lot(packed: None, recalled: Recalled, now: datetime) -> None:
    begun = recalled("BAD")
    assert (begun.put_back, begun.missing, balances("BAD")) == (("R-1",), 0, (10, 0, 10))
    with host.unit() as session:
        sent = packing.ship(session, "R-1", Cause("staff:1", now))
        assert [row.lot_id for row in sent] == list(session.scalars(select(Lot.id).where(Lot.code == "GOOD")))
    assert agreed()


def test_what_is_lacking_for_the_orders_then_is_said(packed: None, recalled: Recalled) -> None:
    recalled("GOOD")
    assert recalled("BAD").missing == 4


def test_a_lot_that_has_all_left_the_house_is_recalled_all_the_same(recalled: Recalled, ship: Ship, app: Any) -> None:
    ship("R-1", 10)
    assert recalled("BAD").quarantined == 0


def test_a_recall_is_written_down_and_told_to_the_host_after_the_commit(
    recalled: Recalled, lot_id: LotId, app: Any
) -> None:
    heard: list[Any] = []

    def hear(sender: object, **about: object) -> None:
        heard.append((about, host.session().scalars(select(Recall.reason)).all()))

    with signals.lot_recalled.connected_to(hear):
        recalled("BAD", reason="cloudy")
    assert heard == [({"lot_id": lot_id("BAD")}, ["cloudy"])]
    actions = host.session().scalars(select(AuditEntry.action).where(AuditEntry.action == "lot.recalled")).all()
    assert actions == ["lot.recalled"]


@pytest.mark.parametrize(
    ("reason", "message", "field"),
    [("", "m", "reason"), (" ", "m", "reason"), ("r" * 501, "m", "reason"), ("r", "\n ", "message"),
     ("r", "m" * 2001, "message")],
)  # fmt: skip
def test_a_recall_that_does_not_say_why_is_refused_and_changes_nothing(
    reason: str, message: str, field: str, recalled: Recalled
) -> None:
    with pytest.raises(BadInput) as refused:
        recalled("BAD", message, reason)
    assert (refused.value.field, balances("BAD")) == (field, (10, 0, 0))


def test_a_lot_is_recalled_once(recalled: Recalled) -> None:
    recalled("BAD")
    with pytest.raises(WrongState, match="already"):
        recalled("BAD")


def test_nothing_brings_a_recalled_lot_back_into_use(
    recalled: Recalled, lot_id: LotId, ship: Ship, why: Cause, put: Any
) -> None:
    ship("R-1", 2)
    recalled("BAD")
    bad = lot_id("BAD")
    back = Cause("staff:1", why.now, "back", order_number="R-1")
    attempts: list[tuple[type[Exception], Callable[[], object]]] = [
        (WrongState, lambda: corrections.release(bad, 1, why)),
        (WrongState, lambda: corrections.adjust(bad, 1, why)),
        (WrongState, lambda: stock_take.take([stock_take.Counted(bad, 8, 9)], why)),
        (BadInput, lambda: returns.take_back(bad, 1, "restock", back)),
        (BadInput, lambda: put("A", 5, days=30, lot="BAD")),
    ]
    for error, attempt in attempts:
        with pytest.raises(error):
            attempt()
    assert balances("BAD") == (8, 0, 8)


@pytest.mark.parametrize(("what", "left"), [("inspect", (9, 0, 9)), ("discard", (8, 0, 8))])
def test_a_recalled_unit_that_comes_back_is_looked_at_or_thrown_away(
    what: returns.What, left: tuple[int, int, int], recalled: Recalled, lot_id: LotId, ship: Ship, now: datetime
) -> None:
    ship("R-1", 2)
    recalled("BAD")
    returns.take_back(lot_id("BAD"), 1, what, Cause("staff:1", now, "back", order_number="R-1"))
    assert (balances("BAD"), agreed()) == (left, True)


def test_what_is_in_quarantine_is_written_off_during_a_recall(recalled: Recalled, lot_id: LotId, why: Cause) -> None:
    recalled("BAD")
    corrections.write_off(lot_id("BAD"), 10, why, quarantined=True)
    assert balances("BAD") == (0, 0, 0)


def test_a_recall_that_is_called_off_leaves_the_release_to_a_person(
    recalled: Recalled, lot_id: LotId, why: Cause
) -> None:
    begun = recalled("BAD")
    with host.unit() as session:
        call_off(session, begun.recall_id, why)
    assert balances("BAD") == (10, 0, 10)
    corrections.release(lot_id("BAD"), 10, why)
    assert balances("BAD") == (10, 0, 0)
    recalled("BAD")


def test_calling_off_needs_a_recall_and_a_reason(recalled: Recalled, now: datetime) -> None:
    begun = recalled("BAD")
    for recall_id, reason, error in ((begun.recall_id, " ", BadInput), (begun.recall_id + 1, "r", NotFound)):
        with pytest.raises(error), host.unit() as session:
            call_off(session, recall_id, Cause("staff:1", now, reason))


def test_who_received_a_lot_is_counted_by_order_without_what_came_back(
    ship: Ship, lot_id: LotId, now: datetime
) -> None:
    for number, units in (("R-1", 3), ("R-2", 2), ("R-3", 6)):
        ship(number, units)
    bad = lot_id("BAD")
    for number, units in (("R-1", 1), ("R-2", 2)):
        returns.take_back(bad, units, "discard", Cause("staff:1", now, "back", order_number=number))
    assert (who(bad), who(lot_id("GOOD"))) == ([("R-1", 2), ("R-3", 5)], [("R-3", 1)])


def test_it_is_known_when_the_last_of_a_lot_was_shipped(ship: Ship, lot_id: LotId, now: datetime) -> None:
    ship("R-1", 1)
    ship("R-1", 1, days=2)
    row = host.session().execute(recipients(lot_id("BAD"))).one()
    assert row.shipped_at == now + timedelta(days=2)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_lots_recipients_are_found_by_the_lots_index(items: tuple[int, int], lot_id: LotId, now: datetime) -> None:
    bad, good = lot_id("BAD"), lot_id("GOOD")
    same = {"at": now, "kind": "ship", "item_id": items[0], "quantity": -1, "actor": "command", "order_number": "R-1"}
    with host.unit() as session:
        # As in a ledger that has grown: of a small table the planner reads what it likes.
        shipped = [{**same, "lot_id": good}] * 60 + [{**same, "lot_id": bad}]
        session.execute(insert(StockMovement), shipped * 300)
        session.execute(text("ANALYZE kits_stock_movement"))
    query = recipients(bad).compile(host.engine(), compile_kwargs={"literal_binds": True})
    plan = "\n".join(host.session().scalars(text(f"EXPLAIN {query}")))
    host.end_reads()
    assert "ix_kits_stock_movement_lot_id" in plan
