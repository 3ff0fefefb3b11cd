"""How long an order can be withdrawn from, by the shop's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from shop.orders.tables import Order, Parcel
from shop.returns import right

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def order(*delivered: datetime | None, state: str = "shipped", kind: str = "kit") -> Order:
    """An order sent on 1 March 2027 in a parcel for each day of delivery."""
    sent = datetime(2027, 3, 1, 12, tzinfo=UTC)
    return Order(state=state, kind=kind, parcels=[Parcel(shipped_at=sent, delivered_at=day) for day in delivered])


def at(day: int, hour: int = 12, month: int = 3) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=UTC)


def test_it_lasts_fourteen_days_after_the_day_the_last_parcel_came(app: Flask) -> None:
    two = order(at(3), at(10))
    assert right.last_day(two) == date(2027, 3, 24)
    assert right.lasts(two, date(2027, 3, 24))
    assert not right.lasts(two, date(2027, 3, 25))


def test_the_day_is_that_of_the_shop_when_the_clocks_go_forward(app: Flask) -> None:
    # On 28 March the clocks go forward: 23:30 UTC is half past midnight of the next day in London from then on.
    assert right.last_day(order(at(27, 23))) == date(2027, 4, 10)
    assert right.last_day(order(at(28, 23))) == date(2027, 4, 12)


def test_a_parcel_nobody_saw_come_counts_as_a_fortnight_on_its_way(app: Flask) -> None:
    assert right.last_day(order(None)) == date(2027, 3, 29)
    assert right.last_day(order(at(3), None)) == date(2027, 3, 29)


@pytest.mark.parametrize("parcels", [(), (at(3),)])
def test_before_the_last_part_has_left_it_always_lasts(app: Flask, parcels: tuple[datetime, ...]) -> None:
    waiting = order(*parcels, state="paid")
    assert right.last_day(waiting) is None
    assert right.lasts(waiting, date(2030, 1, 1))


@pytest.mark.parametrize("state", ["awaiting_payment", "cancelled", "refunded"])
def test_what_is_not_paid_for_cannot_be_withdrawn_from(app: Flask, state: str) -> None:
    assert not right.lasts(order(at(3), state=state), date(2027, 3, 4))


def test_a_free_replacement_cannot_be_withdrawn_from(app: Flask) -> None:
    assert not right.lasts(order(at(3), kind="replacement"), date(2027, 3, 4))


@pytest.mark.parametrize(
    ("received", "sent", "by"),
    [
        (date(2027, 10, 20), None, date(2027, 11, 3)),
        (date(2027, 10, 20), date(2027, 10, 18), date(2027, 11, 1)),
        (None, date(2027, 10, 18), date(2027, 11, 1)),
        (None, None, None),
    ],
)
def test_the_money_is_due_a_fortnight_after_the_goods_or_the_proof_of_sending(
    app: Flask, received: date | None, sent: date | None, by: date | None
) -> None:
    assert right.refund_by(received_on=received, sent_on=sent) == by
