"""Purchase orders once they are placed: received in part or whole, changed, closed, opened again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from kits import host
from kits.audit import AuditEntry
from kits.errors import BadInput, NotFound, WrongState
from kits.stock.buying.arrivals import spread
from kits.stock.buying.purchase_orders import change_line, close, order_by_number, reopen, when
from kits.stock.buying.tables import CLOSED, OPEN, PurchaseLine
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import receive
from kits.stock.outlook.forecast import Incoming
from kits.stock.outlook.incoming import expected
from kits.stock.tables import Lot, StockMovement
from tests.kits.stock.buying.conftest import Look, Order, lines

AtOnce = Callable[..., list[Any]]
Make = Callable[..., Any]


def test_a_line_is_received_in_several_deliveries_and_lots(
    order: Order, look: Look, delivery: Make, cause: Cause
) -> None:
    number = order(("A", 20, 5))
    receive(delivery(8, lot="L1", purchase_order=number), cause)
    assert (lines(look, number), look(number).state) == ([(8, 12)], OPEN)
    receive(delivery(12, lot="L2", purchase_order=number.lower()), cause)
    assert (lines(look, number), look(number).state) == ([(20, 0)], CLOSED)


def test_the_movement_names_the_order_and_the_lot_its_supplier(order: Order, delivery: Make, cause: Cause) -> None:
    number = order(("A", 20, 5))
    receive(delivery(8, purchase_order=number), replace(cause, note="Two boxes damp."))
    assert host.session().scalars(select(StockMovement.note)).one() == f"Two boxes damp. Purchase order {number}"
    assert host.session().scalars(select(Lot.supplier)).one() == "Northern Labs"


def test_more_than_was_ordered_is_taken(order: Order, look: Look, delivery: Make, cause: Cause) -> None:
    number = order(("A", 20, 5))
    receive(delivery(25, purchase_order=number), cause)
    assert (lines(look, number), look(number).state) == ([(25, 0)], CLOSED)


def test_by_number_the_line_that_is_due_first_is_filled_first(
    order: Order, look: Look, delivery: Make, cause: Cause
) -> None:
    number = order(("A", 20, 9), ("A", 10, 5), ("B", 5, 5))
    receive(delivery(15, purchase_order=number), cause)
    assert lines(look, number) == [(5, 15), (10, 0), (0, 5)]


def test_a_line_that_was_chosen_takes_all_of_it(order: Order, look: Look, delivery: Make, cause: Cause) -> None:
    number = order(("A", 20, 9), ("A", 10, 5))
    receive(delivery(15, purchase_line=look(number).lines[0].id), cause)
    assert lines(look, number) == [(15, 5), (0, 10)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 12)), min_size=1, max_size=5), st.integers(1, 40))
def test_whatever_comes_is_counted_and_fills_lines_before_any_has_too_many(
    stand: list[tuple[int, int]], units: int
) -> None:
    wanted = [PurchaseLine(quantity=quantity, received=received) for quantity, received in stand]
    gap = sum(line.outstanding for line in wanted)
    taken = list(spread(wanted, units))
    assert sum(count for _, count in taken) == units
    for line, count in taken:
        line.received += count
    assert sum(line.outstanding for line in wanted) == max(0, gap - units)


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ({"purchase_order": "PO-NONE"}, "purchase_order", "no purchase order PO-NONE"),
        ({"purchase_order": "a\x00b"}, "purchase_order", "no purchase order"),
        ({"purchase_line": 10**9}, "purchase_line", "no such line"),
    ],
)
def test_an_order_that_is_not_there_takes_nothing(
    items: tuple[int, int], delivery: Make, cause: Cause, asked: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        receive(delivery(5, **asked), cause)
    assert refused.value.field == field
    assert host.session().scalars(select(Lot)).all() == []


def test_an_order_takes_only_items_it_has_and_only_while_it_is_open(
    order: Order, look: Look, delivery: Make, cause: Cause
) -> None:
    number = order(("A", 20, 5))
    line = look(number).lines[0].id
    for asked in ({"purchase_order": number}, {"purchase_line": line}):
        with pytest.raises(BadInput, match="no line of B"):
            receive(delivery(5, sku="B", **asked), cause)
    close(number, cause)
    with pytest.raises(BadInput, match="Reopen it first, or receive"):
        receive(delivery(5, purchase_order=number), cause)
    reopen(number, cause)
    receive(delivery(5, purchase_order=number), cause)
    assert lines(look, number) == [(5, 15)]


def test_a_line_of_another_item_of_the_same_order_is_refused(
    order: Order, look: Look, delivery: Make, cause: Cause
) -> None:
    number = order(("A", 20, 5), ("B", 20, 5))
    with pytest.raises(BadInput, match="is not of B"):
        receive(delivery(5, sku="B", purchase_line=look(number).lines[0].id), cause)


def test_a_delivery_that_is_sent_twice_is_counted_once_also_when_it_closed_the_order(
    order: Order, look: Look, delivery: Make, cause: Cause
) -> None:
    number, once = order(("A", 20, 5)), replace(cause, key="form-1")
    for _ in range(2):
        receive(delivery(20, purchase_order=number), once)
    assert lines(look, number) == [(20, 0)]


def test_a_form_whose_words_were_changed_after_it_was_booked_is_no_second_click(
    items: tuple[int, int], delivery: Make, cause: Cause
) -> None:
    receive(delivery(20), replace(cause, key="form-1"))
    with pytest.raises(WrongState, match="booked already, as 20 of A, lot L1"):
        receive(delivery(20, lot="L2"), replace(cause, key="form-1"))
    assert host.session().scalars(select(Lot.on_hand)).all() == [20]


def test_a_line_may_come_later_or_bring_another_number(order: Order, look: Look, cause: Cause, today: date) -> None:
    number = order(("A", 20, 5))
    line = look(number).lines[0].id
    change_line(line, 30, today + timedelta(days=40), cause)
    assert [(each.quantity, each.expected_on) for each in look(number).lines] == [(30, today + timedelta(days=40))]
    entry = host.session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.detail["before"]["quantity"]) == ("purchase_order.changed", 20)  # type: ignore[index]


def test_a_line_is_not_cut_below_what_has_come(
    order: Order, look: Look, delivery: Make, cause: Cause, today: date
) -> None:
    number = order(("A", 20, 5))
    receive(delivery(8, purchase_order=number), cause)
    line = look(number).lines[0].id
    for quantity, days in ((7, 5), (-1, 5), (10**7, 5), (8, -1), (8, 800)):
        with pytest.raises(BadInput):
            change_line(line, quantity, today + timedelta(days=days), cause)
    change_line(line, 8, today, cause)
    assert (lines(look, number), look(number).state) == ([(8, 0)], CLOSED)


def test_a_line_that_was_called_off_is_waited_for_no_more(order: Order, look: Look, cause: Cause, today: date) -> None:
    number = order(("A", 20, 5), ("B", 20, 5))
    line = look(number).lines[0].id
    change_line(line, 0, today, cause)
    assert (lines(look, number), look(number).state) == ([(0, 0), (0, 20)], OPEN)


def test_a_closed_order_is_not_changed(order: Order, look: Look, cause: Cause, today: date) -> None:
    number = order(("A", 20, 5))
    line = look(number).lines[0].id
    close(number, cause)
    with pytest.raises(WrongState, match="Reopen it first"):
        change_line(line, 30, today, cause)


def test_the_forecast_counts_what_open_orders_still_bring(
    order: Order, delivery: Make, cause: Cause, items: tuple[int, int], today: date
) -> None:
    first, second = order(("A", 20, 5), ("B", 7, 9)), order(("A", 3, 2))
    receive(delivery(8, purchase_order=first), cause)
    a, b = items
    whole = {
        a: [Incoming(today + timedelta(days=2), 3), Incoming(today + timedelta(days=5), 12)],
        b: [Incoming(today + timedelta(days=9), 7)],
    }
    assert expected(host.session()) == whole
    host.end_reads()
    close(second, cause)
    assert expected(host.session()) == {**whole, a: whole[a][1:]}


@pytest.mark.parametrize("number", ["PO-NONE", "", "a\x00b"])
def test_an_order_that_is_not_there_is_not_found(items: tuple[int, int], cause: Cause, number: str) -> None:
    for work in (close, reopen):
        with pytest.raises(NotFound):
            work(number, cause)
    with pytest.raises(NotFound):
        change_line(10**9, 5, date(2027, 1, 4), cause)
    with pytest.raises(NotFound):
        order_by_number(host.session(), number)


def test_closing_twice_is_written_down_once(order: Order, cause: Cause) -> None:
    number = order(("A", 20, 5))
    for work in (close, close, reopen, reopen):
        work(number, cause)
    actions = [f"purchase_order.{action}" for action in ("placed", "closed", "reopened")]
    assert host.session().scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == actions


@pytest.mark.parametrize(
    ("days", "said"),
    [(-1200, "1,200 days ago"), (-5, "5 days ago"), (-1, "yesterday"), (0, "today"), (1, "tomorrow"), (9, "in 9 days")],
)
def test_how_far_off_a_delivery_is_stands_in_words(days: int, said: str, today: date) -> None:
    assert when(today + timedelta(days=days), today) == f"expected {said}"
