"""Placing purchase orders: numbered, checked line by line, once a form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from kits import host
from kits.audit import AuditEntry
from kits.catalogue.tables import Item
from kits.errors import BadInput
from kits.stock.buying.placing import NewLine, NewOrder, place
from kits.stock.buying.tables import OPEN, PurchaseLine, PurchaseOrder
from kits.stock.ledger import Cause
from tests.kits.stock.buying.conftest import Look, Order

AtOnce = Callable[..., list[Any]]


def placed() -> tuple[int, int]:
    """How many orders and lines there are."""
    host.end_reads()
    tables = (PurchaseOrder, PurchaseLine)
    orders, lines = (host.session().scalar(select(func.count()).select_from(table)) or 0 for table in tables)
    return orders, lines


def test_an_order_says_what_is_to_come_from_whom_and_when(order: Order, look: Look, today: date) -> None:
    found = look(order(("A", 20, 5), ("B", 30, 9)))
    assert (found.supplier, found.ordered_on, found.state) == ("Northern Labs", today, OPEN)
    assert [(line.item.sku, line.outstanding, line.expected_on) for line in found.lines] == [
        ("A", 20, today + timedelta(days=5)),
        ("B", 30, today + timedelta(days=9)),
    ]


def test_orders_are_numbered_through_the_year(order: Order, today: date) -> None:
    assert [order(("A", 1, 5)) for _ in range(3)] == [f"PO-{today.year}-000{n}" for n in (1, 2, 3)]


def test_a_number_of_one_s_own_is_kept_in_capitals_and_the_next_goes_on_after_it(order: Order, today: date) -> None:
    assert order(("A", 1, 5), number=f" po-{today.year}-0041 ") == f"PO-{today.year}-0041"
    assert order(("A", 1, 5), number="Spring.7") == "SPRING.7"
    assert order(("A", 1, 5)) == f"PO-{today.year}-0042"


def test_a_number_is_given_once(order: Order) -> None:
    order(("A", 1, 5), number="N-1")
    with pytest.raises(BadInput, match="There is an order N-1 already"):
        order(("A", 1, 5), number="n-1")


def test_a_form_that_is_sent_twice_places_one_order(items: tuple[int, int], cause: Cause, today: date) -> None:
    form = partial(place, NewOrder("S", [NewLine("A", 5, today)]), replace(cause, key="form-1"))
    assert form() == form()
    assert placed() == (1, 1)


def test_a_form_that_is_sent_twice_at_once_places_one_order(
    items: tuple[int, int], cause: Cause, today: date, at_once: AtOnce
) -> None:
    form = partial(place, NewOrder("S", [NewLine("A", 5, today)]), replace(cause, key="form-1"))
    assert len(set(at_once([form] * 6))) == 1
    assert placed() == (1, 1)


def test_orders_that_are_placed_at_once_have_numbers_of_their_own(order: Order, at_once: AtOnce) -> None:
    made = at_once([partial(order, ("A", 1, 5))] * 8)
    assert sorted(str(number)[-4:] for number in made) == [f"000{n}" for n in range(1, 9)]


def test_who_ordered_what_is_in_the_audit_log(order: Order, today: date) -> None:
    number = order(("A", 20, 0))
    entry = host.session().scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.subject) == ("staff:1", "purchase_order.placed", number)
    assert entry.detail == {"lines": [["A", 20, today.isoformat()]]}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"supplier": "  "}, "supplier"),
        ({"supplier": "x" * 201}, "supplier"),
        ({"supplier": "a\x00b"}, "supplier"),
        ({"number": "a/b"}, "number"),
        ({"number": "x" * 41}, "number"),
        ({"note": "x" * 501}, "note"),
        ({"note": "a\x00b"}, "note"),
        ({"lines": []}, "lines"),
        ({"lines": [NewLine("A", 1, date.max)] * 51}, "lines"),
    ],
)
def test_an_order_that_cannot_be_is_refused_at_its_field(
    items: tuple[int, int], cause: Cause, today: date, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        place(replace(NewOrder("S", [NewLine("A", 1, today)]), **changed), cause)
    assert refused.value.field == field
    assert placed() == (0, 0)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (("A", 0, 5), "quantity-2"),
        (("A", 1_000_001, 5), "quantity-2"),
        (("A", 1, -1), "expected-2"),
        (("A", 1, 731), "expected-2"),
        (("NONE", 1, 5), "sku-2"),
        (("A\x00", 1, 5), "sku-2"),
    ],
)
def test_a_line_that_cannot_be_is_refused_at_its_own_field(
    order: Order, line: tuple[str, int, int], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        order(("A", 1, 5), line)
    assert refused.value.field == field
    assert placed() == (0, 0)


def test_a_retired_item_is_not_ordered_but_its_successor(items: tuple[int, int], order: Order, cause: Cause) -> None:
    with host.unit() as session:
        item = session.get_one(Item, items[0])
        item.retired_at, item.successor_id = cause.now, items[1]
    with pytest.raises(BadInput, match="Order B in its place"):
        order(("A", 1, 5))
