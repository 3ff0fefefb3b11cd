"""Stripe loses requests and answers, fails, is busy: money moves once, and in the end everything is settled."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import stripe
from sqlalchemy import select

from kits import clock, host
from kits.errors import RefilleryError, WrongState
from shop.payments.giving_back import refunds
from shop.payments.settle import settle_page
from shop.payments.tables import Payment, Refund
from shop.registers import registers
from shop.work import duties
from tests.journeys.driving import Bought, Driver

# More often than the SDK tries by itself, which is three times. A stored 500, and an answer that was lost, it gets
# back under the same key, so these need not strike as often.
TIMES = {"lose_request": 5, "lose_response": 1, "http_500": 2, "http_409": 5, "http_429": 5}
MODES = tuple(TIMES)
BUYERS = 10


@pytest.fixture(autouse=True)
def _hasty_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK waits as often as ever between its own tries, but not as long."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.02)


@pytest.fixture
def answers_lost(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """`answers_lost("/confirm", 5)`: so many answers of POSTs to such addresses reach Stripe's SDK as a lost line."""
    left: dict[str, int] = {}
    real = stripe.RequestsClient.request

    def request(self: Any, method: str, url: str, *args: Any, **more: Any) -> Any:
        answer = real(self, method, url, *args, **more)
        for ending in left:
            if method.upper() == "POST" and url.endswith(ending) and left[ending] > 0:
                left[ending] -= 1
                raise stripe.APIConnectionError("the line was cut", should_retry=True)
        return answer

    monkeypatch.setattr(stripe.RequestsClient, "request", request)
    return left.__setitem__


def until_answered(ask: Callable[[], Any]) -> Any:
    """Ask again, as a person would, for as long as trying again may help."""
    for _ in range(40):
        try:
            return ask()
        except RefilleryError as error:
            if not error.retry:
                raise
            time.sleep(0.02)
    raise AssertionError("no answer after forty tries")


def asked_back(order: Bought, amount: int) -> None:
    """A refund is written down."""
    with host.unit() as session:
        payment = session.scalars(select(Payment).where(Payment.order_id == order.order_id)).one()
        refunds.ask(session, payment, amount, reason="a test", now=clock.now())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("step", ["create", "confirm"])
def test_a_refill_is_charged_once_whatever_befalls_its_intent(step: str, mode: str, driver: Driver) -> None:
    bought = driver.buy()
    driver.until_due(bought)
    driver.sandbox.fault(f"payment_intents.{step}", mode, times=TIMES[mode])
    driver.work()
    assert driver.faults() == [], "all of them struck"
    assert driver.charges() == {(bought.number, "-"): 1, (bought.number, "1"): 1}
    assert driver.refill(bought).state == "paid"


@pytest.mark.parametrize("mode", MODES)
def test_an_order_is_paid_and_refunded_once_whatever_befalls_its_page_and_refund(mode: str, driver: Driver) -> None:
    order = driver.order()
    driver.sandbox.fault("checkout.sessions.create", mode, times=TIMES[mode])
    url = until_answered(lambda: driver.page(order.order_id))
    settle_page(driver.pay(url), now=clock.now())
    assert (driver.state(order.order_id), driver.charges()) == ("paid", {(order.number, "-"): 1})
    driver.sandbox.fault("refunds.create", mode, times=TIMES[mode])
    asked_back(order, 100)
    driver.work()
    assert driver.faults() == [], "all of them struck"
    assert [charge["refunded"] for charge in driver.sandbox.charges()] == [100]
    assert host.session().scalars(select(Refund.state)).all() == ["succeeded"]


def test_answers_lost_more_often_than_the_sdk_asks_leave_one_charge(
    driver: Driver, answers_lost: Callable[[str, int], None]
) -> None:
    bought = driver.buy()
    driver.until_due(bought)
    for ending in ("/payment_intents", "/confirm"):
        answers_lost(ending, 7)
    driver.work()
    assert driver.charges() == {(bought.number, "-"): 1, (bought.number, "1"): 1}
    assert driver.refill(bought).state == "paid"


def test_customers_who_pay_in_person_while_workers_retry_are_charged_once(
    driver: Driver, at_once: Callable[..., list[Any]]
) -> None:
    bought = [driver.buy() for _ in range(BUYERS)]
    driver.until_due(bought[-1])
    driver.sandbox.fault("payment_intents.confirm", "http_429", times=3 * BUYERS)
    duties.one_round(registers().duties)
    orders = [driver.refill(each).order_id for each in bought]
    assert set(map(driver.state, orders)) == {"awaiting_payment"}
    driver.sandbox.fault("payment_intents.confirm", "lose_response", times=3)
    customers = [
        lambda order_id=order_id, back=n % 2: _pays(driver, order_id, back) for n, order_id in enumerate(orders)
    ]
    assert at_once([driver.work, driver.work, *customers])[2:] == [None] * BUYERS
    driver.work()
    assert set(map(driver.state, orders)) == {"paid"}
    kept = [charge["metadata"] for charge in driver.sandbox.charges() if not charge["refunded"]]
    assert sorted(each["root_order"] for each in kept if "refill" in each) == sorted(each.number for each in bought)
    assert {driver.refill(each).state for each in bought} == {"paid"}


def _pays(driver: Driver, order_id: int, comes_back: int) -> None:
    """Pay a refill on the page; whoever does not come back leaves it to the worker to find out."""
    try:
        page = driver.pay(until_answered(lambda: driver.page(order_id)))
    except WrongState:
        return  # the worker was first
    if comes_back:
        settle_page(page, now=clock.now())
