"""Each thing that is watched is wrong past its threshold and well before it; all are read in one statement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kits import clock, host
from shop.orders.tables import Order
from shop.watching import own, reading
from tests.bench.statements import counted
from tests.shop.watching.conftest import a_mail, a_payment, a_worker, an_attempt, an_event

Figures = Callable[..., dict[str, int]]


def ago(now: datetime, **span: float) -> datetime:
    return now - timedelta(**span)


def order_id(number: str) -> int:
    found = host.session().scalars(select(Order.id).where(Order.number == number)).one()
    host.end_reads()
    return found


def test_an_empty_shop_is_well_without_a_worker(figures: Figures) -> None:
    assert figures() == {}


def test_all_figures_are_read_in_one_statement(app: Flask, now: datetime) -> None:
    with counted(host.engine()) as found:
        reading.look(host.session(), now)
    host.end_reads()
    assert len(found) == 1


@pytest.mark.parametrize(("minutes", "wrong"), [(59, {}), (61, {"mails": 1})])
def test_mails_that_do_not_leave(figures: Figures, now: datetime, minutes: int, wrong: dict[str, int]) -> None:
    a_mail(ago(now, minutes=minutes))
    assert figures(now) == wrong


@pytest.mark.parametrize(("minutes", "done", "wrong"), [(29, False, {}), (31, False, {"events": 1}), (31, True, {})])
def test_events_that_are_not_worked_on(
    figures: Figures, now: datetime, minutes: int, done: bool, wrong: dict[str, int]
) -> None:
    an_event(ago(now, minutes=minutes), done=done)
    assert figures(now) == wrong


@pytest.mark.parametrize(
    ("payment", "event", "wrong"),
    [(5.9, None, {}), (6.1, None, {"silence": 1}), (6.1, 7.0, {"silence": 1}), (7.0, 6.9, {}), (1.0, 700.0, {})],
)
def test_payments_of_which_no_event_tells(
    figures: Figures, placed: str, now: datetime, payment: float, event: float | None, wrong: dict[str, int]
) -> None:
    a_payment(order_id(placed), ago(now, hours=payment))
    if event is not None:
        an_event(ago(now, hours=event), done=True)
    assert figures(now) == wrong


def test_no_event_is_waited_for_of_money_that_came_another_way(figures: Figures, placed: str, now: datetime) -> None:
    a_payment(order_id(placed), ago(now, hours=7), "cash")
    assert figures(now) == {}


@pytest.mark.parametrize(
    ("minutes", "more", "wrong"),
    [
        (29, {}, {}),
        (31, {}, {"stuck": 1}),
        (31, {"state": "unknown"}, {"stuck": 1}),
        (31, {"state": "declined"}, {}),
        (31, {"way": "hosted", "ends": -29}, {}),
        (90, {"way": "hosted", "ends": -31}, {"stuck": 1}),
    ],
)
def test_payments_whose_outcome_is_not_known(
    figures: Figures, placed: str, now: datetime, minutes: int, more: dict[str, object], wrong: dict[str, int]
) -> None:
    known = {name: value for name, value in more.items() if name != "ends"}
    if "ends" in more:
        known["expires_at"] = ago(now, minutes=-float(str(more["ends"])))
    an_attempt(order_id(placed), ago(now, minutes=minutes), **known)
    assert figures(now) == wrong
    assert [title for title, *_ in own.stuck_orders(now)] == [f"Order {placed}"] * len(wrong)
    host.end_reads()


@pytest.mark.parametrize(("seconds", "wrong"), [(299.0, {}), (361.0, {"worker": 6})])
def test_workers_that_are_not_seen(figures: Figures, seconds: float, wrong: dict[str, int]) -> None:
    a_worker(seconds)
    a_worker(4000)
    assert figures() == wrong


def test_a_worker_that_was_never_started_is_missed_once_something_is_sold(
    figures: Figures, paid: str, now: datetime
) -> None:
    assert "worker" not in figures(now + timedelta(minutes=4))
    assert figures(now + timedelta(minutes=6))["worker"] == own.NEVER


def test_business_time_that_jumps_leaves_workers_where_they_were(figures: Figures) -> None:
    a_worker(1.0)
    assert figures(clock.now() + timedelta(days=400)) == {}


def test_each_sentence_says_what_is_wrong_in_plain_words(app: Flask) -> None:
    for watch in reading.watches():
        for figure in (1, 1200):
            said = watch.says(figure)
            assert said.endswith(".")
            assert "None" not in said
            assert str(figure) in said.replace(",", "") or figure == 1
