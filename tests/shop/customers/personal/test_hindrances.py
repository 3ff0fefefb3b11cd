"""What hinders an erasure: what has not left, what comes back, money on its way; and each room may add its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.errors import WrongState
from shop.customers.personal.contract import ErasurePart
from shop.customers.personal.erasing import erase
from shop.payments.tables import Payment, Refund
from shop.registers import registers
from shop.returns.tables import Return
from tests.journeys.driving import Bought, Driver, days
from tests.journeys.mistakes import nothing_changed
from tests.shop.customers.personal.conftest import MARIA, email_of, ship_paid

Read = Callable[[Any], list[Any]]
KEPT = {f"shop_kept_person.{column}" for column in ("email", "name", "line1", "postcode")}
INVOICES = {"shop_document_buyer.name", "shop_document_buyer.address"}


def test_nobody_is_erased_while_a_paid_order_has_not_left(driver: Driver, sent: Bought, maria: int) -> None:
    waiting = driver.buy(email=MARIA, refills=False)
    with nothing_changed(), pytest.raises(WrongState, match=f"Order {waiting.number} has not left us yet"):
        erase(maria, now=clock.now())
    ship_paid()
    erase(maria, now=clock.now())
    assert email_of(maria) != MARIA


@pytest.mark.parametrize(
    ("state", "days_left", "hinders"),
    [
        ("announced", 0, True),
        ("announced", -1, False),
        ("received", -9, True),
        ("inspected", -9, True),
        ("refunded", 9, False),
        ("closed", 9, False),
    ],
)
def test_nobody_is_erased_while_a_return_is_not_settled(
    sent: Bought, maria: int, today: date, state: str, days_left: int, hinders: bool
) -> None:
    with host.unit() as session:
        back = Return(
            order_id=sent.order_id, number=1, kind="withdrawal", state=state, actor="customer",
            declared_at=clock.now(), send_by=today + days(days_left),
        )  # fmt: skip
        session.add(back)
    if hinders:
        with nothing_changed(), pytest.raises(WrongState, match=f"order {sent.number} is not settled yet"):
            erase(maria, now=clock.now())
    else:
        erase(maria, now=clock.now())
        assert email_of(maria) != MARIA


@pytest.mark.parametrize(("state", "hinders"), [("pending", True), ("failed", True), ("succeeded", False)])
def test_nobody_is_erased_while_their_money_is_on_its_way_back(
    sent: Bought, maria: int, state: str, hinders: bool
) -> None:
    with host.unit() as session:
        payment = session.scalars(select(Payment)).one()
        session.add(Refund(payment=payment, amount=100, state=state, key="r", reason="other", asked_at=clock.now()))
    if hinders:
        with nothing_changed(), pytest.raises(WrongState, match=f"order {sent.number} has not arrived yet"):
            erase(maria, now=clock.now())
    else:
        erase(maria, now=clock.now())
        assert email_of(maria) != MARIA


def test_money_that_the_bank_gave_back_hinders_nobody(sent: Bought, maria: int) -> None:
    with host.unit() as session:
        payment = session.scalars(select(Payment)).one()
        payment.dispute = "lost"
        session.add(Refund(payment=payment, amount=100, state="failed", key="r", reason="other", asked_at=clock.now()))
    erase(maria, now=clock.now())
    assert email_of(maria) != MARIA


def test_a_page_paid_unnoticed_is_settled_and_hinders(driver: Driver, maria: int) -> None:
    order = driver.order(email=MARIA)
    driver.pay(driver.page(order.order_id))
    with pytest.raises(WrongState, match="has not left us yet"):
        erase(maria, now=clock.now())
    assert driver.state(order.order_id) == "paid"
    assert email_of(maria) == MARIA


def test_a_room_above_can_hinder_finish_and_erase(maria: int, app: Any) -> None:
    done: list[str] = []
    registers(app).erasure_parts.append(
        ErasurePart(
            hinders=lambda session, customer_id, now: None if done else "First return the roller.",
            finish=lambda customer_id, now: done.append("finished"),
            erase=lambda session, customer_id, now: done.append("erased"),
        )
    )
    with nothing_changed(), pytest.raises(WrongState, match="First return the roller"):
        erase(maria, now=clock.now())
    done.append("returned")
    erase(maria, now=clock.now())
    assert done == ["returned", "finished", "erased"]
