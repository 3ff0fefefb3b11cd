"""The forecasts of all items: from lots, what orders hold, what plans want and what is on its way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from kits import host
from kits.catalogue.tables import Item
from kits.errors import NotFound
from kits.stock.buying.tables import CLOSED, PurchaseLine, PurchaseOrder
from kits.stock.outlook.forecast import Advice, ItemForecast, Wanted
from kits.stock.outlook.kept import committed_units, kept_item, kept_items, replace_all
from kits.stock.outlook.reckoning import Demand, reckoned_items
from kits.stock.promises.commitments import commit_to
from kits.stock.promises.reservations import Demand as Promise
from tests.bench.statements import counted

Reckon = Callable[..., dict[str, ItemForecast]]


@pytest.fixture
def reckon(items: tuple[int, int], today: date) -> Reckon:
    """`reckon({item_id: [Wanted(…)]})`: forecasts by SKU."""

    def reckoned(demand: Demand | None = None) -> dict[str, ItemForecast]:
        session = host.session()
        found = reckoned_items(session, session.scalars(select(Item)).all(), demand or {}, today)
        told = {item.sku: forecast for item, forecast in found}
        host.end_reads()
        return told

    return reckoned


def change(item_id: int, **values: object) -> None:
    with host.unit() as session:
        for name, value in values.items():
            setattr(session.get_one(Item, item_id), name, value)


def order(number: str, item: int, quantity: int, on: date, *, received: int = 0, state: str = "open") -> None:
    with host.unit() as session:
        line = PurchaseLine(item_id=item, quantity=quantity, received=received, expected_on=on)
        session.add(PurchaseOrder(number=number, supplier="", ordered_on=on, state=state, lines=[line]))


def test_a_year_begins_with_what_is_free_and_what_orders_hold_leaves_it_today(
    items: tuple[int, int], put: Callable[..., None], promise: Callable[..., None], reckon: Reckon
) -> None:
    put("A", 20, days=30)
    promise("R-1", (items[0], 3, 10))
    week = reckon()["A"].weeks[0]
    assert (week.opening, week.wanted) == (20, 3)


def test_what_an_order_holds_needs_a_lot_that_lasts_for_it(
    items: tuple[int, int], put: Callable[..., None], promise: Callable[..., None], reckon: Reckon, today: date
) -> None:
    put("A", 5, days=5)
    put("A", 5, days=90)
    promise("R-1", (items[0], 5, 80))
    wanted = {items[0]: [Wanted(today, today + timedelta(days=60), 1)]}
    assert (reckon(wanted)["A"].runs_out_on, reckon(wanted)["A"].missing) == (today, 1)


def test_what_is_ordered_and_has_not_come_is_counted_on_its_day(
    items: tuple[int, int], reckon: Reckon, today: date
) -> None:
    order("PO-1", items[0], 30, today + timedelta(days=14), received=10)
    order("PO-2", items[0], 99, today + timedelta(days=14), state=CLOSED)
    order("PO-3", items[1], 7, today + timedelta(days=14), received=8)
    found = reckon()
    assert [sum(week.arriving for week in found[sku].weeks) for sku in ("A", "B")] == [20, 0]


def test_an_item_is_ordered_by_its_own_lead_time_safety_stock_and_packs(
    items: tuple[int, int], reckon: Reckon, today: date
) -> None:
    change(items[0], lead_days=10, safety_stock=2, pack_size=6)
    change(items[1], safety_stock=0)
    wanted = {items[0]: [Wanted(today + timedelta(days=30), today + timedelta(days=60), 3)]}
    found = reckon(wanted)
    assert (found["A"].order, found["B"].order) == (Advice(6, today - timedelta(days=10), today, late=True), None)


def test_a_retired_item_drops_out_when_nothing_of_it_is_left_or_wanted(
    items: tuple[int, int], put: Callable[..., None], reckon: Reckon, now: datetime, today: date
) -> None:
    change(items[0], retired_at=now)
    assert set(reckon()) == {"B"}
    assert set(reckon({items[0]: [Wanted(today, today, 1)]})) == {"A", "B"}
    put("A", 1, days=30)
    assert set(reckon()) == {"A", "B"}


def test_a_retired_item_is_not_to_be_ordered(
    items: tuple[int, int], reckon: Reckon, now: datetime, today: date
) -> None:
    change(items[0], retired_at=now)
    found = reckon({items[0]: [Wanted(today, today, 1)]})["A"]
    assert (found.runs_out_on, found.order) == (today, None)


def test_the_number_of_statements_does_not_grow_with_the_items(reckon: Reckon) -> None:
    with counted(host.engine()) as few:
        reckon()
    with host.unit() as session:
        session.add_all(Item(sku=f"M{number}", name="More") for number in range(30))
    with counted(host.engine()) as many:
        assert len(reckon()) == 32
    assert len(few) == len(many)


def test_what_is_kept_is_read_as_it_was_reckoned_and_replaced_as_a_whole(
    items: tuple[int, int], put: Callable[..., None], reckon: Reckon, now: datetime
) -> None:
    put("A", 20, days=30)
    found = reckon()["A"]
    for ids in (items, items[:1]):
        with host.unit() as session:
            replace_all(session, dict.fromkeys(ids, found), now)
    [row] = kept_items(host.session())
    assert (row.item.sku, row.made_at, ItemForecast.from_json(row.figures)) == ("A", now, found)
    assert kept_item(host.session(), "A") is row
    with pytest.raises(NotFound):
        kept_item(host.session(), "B")


def test_what_is_committed_is_added_up_by_item(items: tuple[int, int], now: datetime, today: date) -> None:
    with host.unit() as session:
        for source in ("refill 1", "refill 2"):
            commit_to(session, source, [Promise(items[0], 2, today)], wanted_on=today, now=now)
    assert [committed_units(host.session(), item) for item in items] == [4, 0]
