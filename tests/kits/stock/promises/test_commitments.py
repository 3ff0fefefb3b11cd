"""Commitments: what refills are about to need is kept back from new kits, and from nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from kits import host
from kits.errors import SoldOut
from kits.stock.figures import Figures, figures
from kits.stock.promises.commitments import commit_to, withdraw
from kits.stock.promises.reservations import Demand, reserve

Put = Callable[..., None]
Promise = Callable[..., None]
Left = Callable[[int, int], int]
Keep = Callable[..., None]


@pytest.fixture
def keep(now: datetime, today: date) -> Keep:
    """`keep("refill:1", (item_id, quantity, days), …)` keeps it back for a refill."""

    def kept(source: str, *demands: tuple[int, int, int]) -> None:
        wanted = [Demand(item, quantity, today + timedelta(days=days)) for item, quantity, days in demands]
        with host.unit() as session:
            commit_to(session, source, wanted, wanted_on=today + timedelta(days=14), now=now)

    return kept


@pytest.fixture
def refill(now: datetime, today: date) -> Promise:
    """`refill("R-1", (item_id, quantity, days), …)` promises stock to a refill's order."""

    def take(order: str, *demands: tuple[int, int, int]) -> None:
        wanted = [Demand(item, quantity, today + timedelta(days=days)) for item, quantity, days in demands]
        with host.unit() as session:
            reserve(session, order, wanted, today=today, now=now, for_refill=True)

    return take


@pytest.fixture
def told(today: date) -> Callable[[], dict[str, Figures]]:
    """The figures by SKU."""

    def read() -> dict[str, Figures]:
        try:
            return {row.item.sku: row for row in figures(host.session(), today)}
        finally:
            host.end_reads()

    return read


def let_go(source: str) -> None:
    with host.unit() as session:
        withdraw(session, source)


def test_new_kits_may_not_take_what_a_refill_is_about_to_need(
    items: tuple[int, int], put: Put, keep: Keep, promise: Promise, left: Left
) -> None:
    put("A", 5, days=60)
    keep("refill:1", (items[0], 3, 50))
    assert left(items[0], 50) == 2
    promise("R-1", (items[0], 2, 50))
    with pytest.raises(SoldOut) as refused:
        promise("R-2", (items[0], 1, 10))
    assert refused.value.left == 0


def test_a_refill_takes_although_its_own_and_later_commitments_stand(
    items: tuple[int, int], put: Put, keep: Keep, refill: Promise
) -> None:
    put("A", 3, days=60)
    keep("refill:1", (items[0], 3, 50))
    keep("refill:2", (items[0], 3, 55))
    refill("R-1", (items[0], 3, 50))
    with pytest.raises(SoldOut):
        refill("R-2", (items[0], 1, 50))


def test_a_refill_takes_nothing_that_an_order_was_promised(
    items: tuple[int, int], put: Put, promise: Promise, refill: Promise
) -> None:
    put("A", 3, days=60)
    promise("R-1", (items[0], 2, 50))
    with pytest.raises(SoldOut) as refused:
        refill("R-2", (items[0], 2, 50))
    assert refused.value.left == 1


def test_where_reserved_kits_leave_too_little_nothing_is_available_and_the_shortfall_is_told(
    items: tuple[int, int], put: Put, keep: Keep, promise: Promise, told: Callable[[], dict[str, Figures]]
) -> None:
    put("A", 5, days=60)
    promise("R-1", (items[0], 4, 50))
    keep("refill:1", (items[0], 3, 50))
    row = told()["A"]
    assert (row.on_hand, row.reserved, row.committed, row.available, row.missing) == (5, 4, 3, 0, 2)
    with pytest.raises(SoldOut):
        promise("R-2", (items[0], 1, 1))


def test_what_is_withdrawn_can_be_sold_again(
    items: tuple[int, int], put: Put, keep: Keep, left: Left, told: Callable[[], dict[str, Figures]]
) -> None:
    put("A", 5, days=60)
    keep("refill:1", (items[0], 3, 50))
    keep("refill:2", (items[0], 4, 50))
    let_go("refill:1")
    assert left(items[0], 50) == 1
    let_go("refill:2")
    assert (left(items[0], 50), told()["A"].committed, told()["A"].missing) == (5, 0, 0)
    let_go("refill:2")
    assert left(items[0], 50) == 5


def test_what_is_kept_anew_replaces_what_was(items: tuple[int, int], put: Put, keep: Keep, left: Left) -> None:
    put("A", 5, days=60)
    put("B", 5, days=60)
    keep("refill:1", (items[0], 3, 50), (items[1], 1, 50))
    keep("refill:1", (items[0], 2, 50))
    assert (left(items[0], 50), left(items[1], 50)) == (3, 5)


def test_each_item_is_kept_back_for_itself(
    items: tuple[int, int], put: Put, keep: Keep, promise: Promise, left: Left
) -> None:
    put("A", 5, days=60)
    put("B", 2, days=60)
    keep("refill:1", (items[0], 1, 50), (items[1], 2, 50))
    assert (left(items[0], 50), left(items[1], 50)) == (4, 0)
    with pytest.raises(SoldOut):
        promise("R-1", (items[0], 1, 50), (items[1], 1, 50))
    promise("R-2", (items[0], 4, 50))


def test_a_refill_that_needs_the_late_lot_leaves_the_early_one_to_new_kits(
    items: tuple[int, int], put: Put, keep: Keep, promise: Promise, left: Left
) -> None:
    put("A", 2, days=30)
    put("A", 2, days=90)
    keep("refill:1", (items[0], 2, 80))
    assert (left(items[0], 20), left(items[0], 40)) == (2, 0)
    promise("R-1", (items[0], 2, 20))
    assert left(items[0], 20) == 0


def test_stock_that_does_not_last_until_the_refills_sessions_is_missing_though_the_sums_would_do(
    items: tuple[int, int], put: Put, keep: Keep, told: Callable[[], dict[str, Figures]]
) -> None:
    put("A", 5, days=30)
    keep("refill:1", (items[0], 2, 80))
    assert (told()["A"].available, told()["A"].missing) == (3, 2)


def test_a_commitment_may_exceed_what_there_is(
    items: tuple[int, int], keep: Keep, told: Callable[[], dict[str, Figures]]
) -> None:
    keep("refill:1", (items[0], 2, 80))
    assert (told()["A"].committed, told()["A"].available, told()["A"].missing) == (2, 0, 2)
