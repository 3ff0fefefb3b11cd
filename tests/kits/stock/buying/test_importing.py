"""A list of deliveries against the database: every fault named, the whole list booked or nothing of it, and once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from kits import host
from kits.audit import AuditEntry
from kits.catalogue.tables import Item
from kits.errors import BadInput
from kits.stock.buying.delivery_list import DeliveryRow
from kits.stock.buying.importing import FaultyList, book_all, check, examine
from kits.stock.buying.purchase_orders import close
from kits.stock.buying.tables import CLOSED
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import receive
from kits.stock.proof import disagreements
from kits.stock.recall.tables import Recall
from kits.stock.tables import Lot, StockMovement
from tests.kits.stock.buying.conftest import Look, Order, on_hand

AtOnce = Callable[..., list[Any]]
Make = Callable[..., Any]


def look_at(rows: list[DeliveryRow], today: date) -> Any:
    """What `check` says, its reads let go of."""
    try:
        return check(host.session(), rows, today)
    finally:
        host.end_reads()


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(host.engine(), "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(host.engine(), "before_cursor_execute", note)


def test_each_row_says_whether_its_lot_is_new(row: Make, delivery: Make, cause: Cause, today: date) -> None:
    receive(delivery(7, lot="OLD"), cause)
    found = look_at([row(2, lot="OLD"), row(3, lot="NEW"), row(4, lot="NEW"), row(5, sku="B", lot="NEW")], today)
    assert [(each.on_hand, each.more_of) for each in found.previews] == [
        (7, None),
        (None, None),
        (None, 3),
        (None, None),
    ]
    assert (found.faults, found.units, found.previews[0].item_name) == ((), 40, "One")


def test_a_dry_run_writes_nothing(row: Make, today: date) -> None:
    with statements() as sent:
        look_at([row(2)], today)
    assert {statement.split()[0] for statement in sent} == {"SELECT"}
    assert on_hand() == {}


def test_what_only_the_database_knows_is_a_fault_at_its_line_and_field(
    row: Make, delivery: Make, order: Order, cause: Cause, today: date
) -> None:
    receive(delivery(7, lot="OLD"), cause)
    open_one, closed = order(("A", 20, 5)), order(("A", 20, 5))
    close(closed, cause)
    rows = [
        row(2, sku="NONE"),
        row(3, lot="OLD", days=366),
        row(4, purchase_order="PO-NONE"),
        row(5, purchase_order=closed),
        row(6, sku="B", purchase_order=open_one),
        row(7, sku="NONE", purchase_order="PO-NONE"),
        row(8, days=0),
        row(9, purchase_order=open_one.lower()),
    ]
    found = look_at(rows, today)
    assert [(fault.line, fault.field) for fault in found.faults] == [
        (2, "sku"),
        (3, "expires"),
        (4, "purchase_order"),
        (5, "purchase_order"),
        (6, "purchase_order"),
        (7, "sku"),
        (7, "purchase_order"),
        (8, "expires"),
    ]
    said = " ".join(fault.sentence for fault in found.faults)
    assert all(words in said for words in ("no item NONE", "known with the expiry", "is closed", "has no line of B"))
    assert [each.row.line for each in found.previews] == [9]


def test_nothing_of_a_lot_under_recall_is_taken_in(
    row: Make, delivery: Make, cause: Cause, now: datetime, today: date
) -> None:
    receive(delivery(7, lot="BAD"), cause)
    with host.unit() as session:
        lot_id = session.scalars(select(Lot.id)).one()
        session.add(Recall(lot_id=lot_id, reason="r", message="m", actor="staff:1", begun_at=now))
    rows = [row(2, lot="BAD"), row(3, lot="GOOD")]
    assert [(fault.line, fault.field) for fault in look_at(rows, today).faults] == [(2, "lot")]
    with pytest.raises(BadInput, match="send it back"):
        receive(delivery(7, lot="BAD"), cause)
    with pytest.raises(FaultyList):
        book_all(rows, cause)
    assert on_hand() == {"BAD": 7}


def test_a_retired_item_and_more_than_was_ordered_are_warnings(
    row: Make, order: Order, items: tuple[int, int], cause: Cause, today: date
) -> None:
    number = order(("A", 15, 5))
    with host.unit() as session:
        session.get_one(Item, items[0]).retired_at = cause.now
    found = look_at([row(2, purchase_order=number), row(3, purchase_order=number)], today)
    assert found.faults == ()
    assert [each.warnings[0] for each in found.previews] == ["A is retired: nobody is sent it any more."] * 2
    assert [each.warnings[1:] for each in found.previews] == [(), (f"5 more than {number} still waits for.",)]


def test_faults_of_the_file_and_of_the_database_stand_together_by_line(row: Make, today: date) -> None:
    raw = b"sku,lot,quantity,expires\nNONE,L,1,2090-05-31\nA,L,none,2090-05-31\nNONE,M,1,2090-05-31\n"
    found = examine(host.session(), raw, today)
    assert [(fault.line, fault.field) for fault in found.faults] == [(2, "sku"), (3, "quantity"), (4, "sku")]


def test_a_list_is_booked_each_row_with_a_key_of_its_own(row: Make, order: Order, look: Look, cause: Cause) -> None:
    number = order(("A", 30, 5), ("B", 5, 5))
    rows = [row(2, purchase_order=number), row(3, lot="L2", purchase_order=number), row(7, supplier="Own Ltd")]
    assert book_all(rows, replace(cause, key="list:1"))
    assert on_hand() == {"L1": 20, "L2": 10}
    moves = host.session().execute(select(StockMovement.key, StockMovement.note).order_by(StockMovement.id)).all()
    note = f"Purchase order {number}"
    assert [tuple(move) for move in moves] == [("list:1:2", note), ("list:1:3", note), ("list:1:7", "")]
    assert [line.received for line in look(number).lines] == [20, 0]
    assert disagreements(host.session()) == []


def test_a_list_that_completes_an_order_may_bring_more_of_it(row: Make, order: Order, look: Look, cause: Cause) -> None:
    number = order(("A", 10, 5), ("B", 10, 5))
    rows = [row(line, sku=sku, lot=f"L{line}", purchase_order=number) for line, sku in enumerate("AABB", 2)]
    book_all(rows, cause)
    assert (look(number).state, [line.received for line in look(number).lines]) == (CLOSED, [20, 20])


def test_a_list_that_is_sent_twice_is_booked_once(row: Make, order: Order, look: Look, cause: Cause) -> None:
    number, once = order(("A", 20, 5)), replace(cause, key="list:1")
    rows = [row(2, quantity=20, purchase_order=number), row(3, lot="L2")]
    assert [book_all(rows, once) for _ in range(2)] == [True, False]
    assert on_hand() == {"L1": 20, "L2": 10}
    assert [line.received for line in look(number).lines] == [20]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(1, 6), data=st.data())
def test_a_list_is_booked_wholly_or_not_at_all(row: Make, cause: Cause, count: int, data: st.DataObject) -> None:
    before, at = on_hand(), data.draw(st.integers(0, count - 1) | st.none(), "the faulty row")
    host.end_reads()
    fault = data.draw(st.sampled_from([{"sku": "NONE"}, {"purchase_order": "PO-NONE"}, {"days": 0}]), "its fault")
    rows = [row(line, lot=f"L{line}", **(fault if line == at else {})) for line in range(count)]
    if at is None:
        assert book_all(rows, cause)
        assert on_hand() == {**before, **{each.lot: before.get(each.lot, 0) + 10 for each in rows}}
        return
    with pytest.raises(FaultyList) as refused:
        book_all(rows, cause)
    assert {each.line for each in refused.value.faults} == {at}
    assert on_hand() == before


def test_a_list_that_breaks_off_while_it_is_booked_leaves_nothing(
    row: Make, delivery: Make, order: Order, look: Look, cause: Cause
) -> None:
    number, rows = order(("A", 40, 5)), [row(line, lot=f"L{line}") for line in (2, 3, 4)]
    receive(delivery(7, lot="OTHER"), replace(cause, key="list:1:4"))
    with pytest.raises(IntegrityError):
        book_all([replace(each, purchase_order=number) for each in rows], replace(cause, key="list:1"))
    assert on_hand() == {"OTHER": 7}
    assert [line.received for line in look(number).lines] == [0]


def test_an_empty_list_is_refused(items: tuple[int, int], cause: Cause) -> None:
    with pytest.raises(BadInput, match="no deliveries"):
        book_all([], cause)


def test_who_booked_a_list_is_in_the_audit_log(row: Make, cause: Cause) -> None:
    book_all([row(2), row(3)], cause)
    entry = host.session().scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action) == ("staff:1", "deliveries.imported")
    assert entry.detail == {"deliveries": 2, "units": 20}


def test_checking_takes_as_many_statements_for_two_thousand_rows_as_for_two(
    row: Make, order: Order, cause: Cause, today: date
) -> None:
    number = order(("A", 20_000, 5))
    many = [row(line, lot=f"L{line % 700}", purchase_order=number) for line in range(2, 2002)]
    counts = []
    for rows in (many[:2], many):
        with statements() as sent:
            assert look_at(rows, today).faults == ()
        counts.append(len(sent))
    assert counts == [4, 4]
    assert book_all(many, replace(cause, key="list:1"))
    assert host.session().scalar(select(func.count()).select_from(StockMovement)) == 2000
