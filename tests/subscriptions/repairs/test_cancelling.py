"""Staff cancel a refill: its order is closed at Stripe, its stock is free, its customer told, and the plan goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kits.audit import AuditEntry
from kits.errors import BadInput, NotFound, WrongState
from kits.stock.tables import Reservation
from shop.payments.gateway.account import gateway
from shop.payments.tables import PaymentAttempt
from subscriptions.repairs.cancelling import cancel
from subscriptions.repairs.tables import Repair
from tests.journeys.driving import Driver, days
from tests.journeys.shopping import letters
from tests.subscriptions.repairs.conftest import Desk

Read = Callable[[Any], list[Any]]


def test_a_declined_refill_is_cancelled_and_the_next_one_comes(
    driver: Driver, desk: Desk, read: Read, mail_folder: Path
) -> None:
    desk.decline()
    order_id = driver.refill(desk.bought).order_id
    intent = read(select(PaymentAttempt.intent_id).where(PaymentAttempt.order_id == order_id))[-1]
    held = select(Reservation.id).where(Reservation.state == "held")
    before = len(read(held))
    desk.cancel()
    assert gateway().intent(intent).cancelled
    assert (desk.state, driver.state(order_id), len(read(held))) == ("cancelled", "cancelled", before - 1)
    [entry] = read(select(AuditEntry).where(AuditEntry.action == "refill.cancelled_by_staff"))
    [repair] = read(select(Repair))
    assert (entry.actor, entry.detail) == ("staff:1", {"repair": repair.id})
    assert repair.reason == "They asked for it by phone."
    driver.card_behaves(desk.bought, None)
    driver.work()
    assert "We have cancelled refill 1 of your plan" in letters(mail_folder)[-1].text
    second = driver.refill(desk.bought, 2)
    driver.travel(second.notice_on)
    driver.travel(driver.refill(desk.bought, 2).charge_on)
    assert (driver.refill(desk.bought, 2).state, desk.charges) == ("paid", 0)


def test_one_that_is_not_announced_yet_is_cancelled_once_however_often_the_form_is_sent(
    driver: Driver, desk: Desk, mail_folder: Path
) -> None:
    for _ in range(2):
        desk.cancel()
    driver.work()
    assert (desk.state, desk.repairs()) == ("cancelled", ["cancelled"])
    assert [mail.subject for mail in letters(mail_folder)].count("Your plan has changed") == 1
    with pytest.raises(WrongState, match="left out already"):
        desk.cancel("another form")
    driver.travel(driver.refill(desk.bought).charge_on + days(1))
    assert desk.charges == 0


def test_during_a_workers_charge_it_is_refused_and_the_refill_is_paid(
    desk: Desk, at_once: Callable[..., list[Any]]
) -> None:
    said = desk.during_a_charge(at_once, desk.cancel)
    assert isinstance(said, WrongState), said
    assert (desk.state, desk.charges, desk.repairs()) == ("paid", 1, [])


def test_what_is_paid_is_not_cancelled(driver: Driver, desk: Desk) -> None:
    driver.until_due(desk.bought)
    driver.work()
    with pytest.raises(WrongState, match="no longer to come"):
        desk.cancel()
    with pytest.raises(BadInput):
        desk.cancel(reason=" ")
    with pytest.raises(NotFound):
        cancel(10**6, desk.asked(), now=desk.driver.travel(driver.refill(desk.bought).charge_on, work=False))
    assert (desk.state, desk.charges) == ("paid", 1)
