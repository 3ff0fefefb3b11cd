"""A refill that is paid and has not left when its plan is held or ended: sent anyway or refunded, never both."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select, update

from kits import clock, host
from kits.errors import WrongState
from kits.stock.tables import ALLOCATED, HELD, Reservation
from shop.orders import parcels
from shop.orders.tables import Order, Parcel
from shop.payments.settle import settle_page
from shop.payments.tables import Payment, Refund
from subscriptions.commands import end
from subscriptions.controls import pauses
from subscriptions.controls.doing import taken
from subscriptions.pages.sections import today_card
from subscriptions.unsent import choosing
from tests.journeys.driving import Bought, Driver, days
from tests.journeys.mistakes import nothing_changed
from tests.servers.client import Visitor
from tests.shop.admin.conftest import words
from tests.shop.storefront.conftest import all_hidden

Subjects = Callable[[], list[str]]
AtOnce = Callable[..., list[Any]]
OTHER_CARD = "5555555555554444"
ASKS = "Your paid refill: send it or refund it?"


@pytest.fixture
def plan_id(bought: Bought) -> int:
    return bought.subscription_id or 0


@pytest.fixture
def order_id(driver: Driver, bought: Bought) -> int:
    """The order of the plan's first refill: paid, and nothing of it has left."""
    driver.until_due(bought)
    driver.work()
    return driver.refill(bought).order_id or 0


@pytest.fixture
def page(bought: Bought) -> str:
    return f"/orders/{bought.token}/refills/{bought.subscription_id}/box/1"


def hold(plan_id: int) -> None:
    pauses.hold(plan_id, actor="customer", now=clock.now())


def stop(plan_id: int) -> None:
    end(plan_id, actor="customer", now=clock.now())


def go_on(plan_id: int) -> None:
    with host.unit() as session:
        pauses.go_on(session, taken(session, plan_id)[0], actor="customer", now=clock.now())


def send(plan_id: int) -> None:
    choosing.send(plan_id, 1, actor="customer", now=clock.now())


def refund(plan_id: int) -> None:
    choosing.refund(plan_id, 1, actor="customer", now=clock.now())


def ship(order_id: int) -> None:
    parcels.ship(order_id, tracking="", actor="staff:1", now=clock.now())


def choose(client: Visitor, page: str, choice: str) -> Any:
    return client.post(page, data={**all_hidden(client.get(page)), "choice": choice})


def money(order_id: int) -> tuple[int, int, int]:
    """How often it was refunded, how many parcels left, and how many units wait for it."""
    session = host.session()
    refunds = session.scalars(select(Refund).join(Refund.payment).where(Payment.order_id == order_id)).all()
    parcels_ = session.scalars(select(Parcel).where(Parcel.order_id == order_id)).all()
    number = select(Order.number).where(Order.id == order_id).scalar_subquery()
    mine = Reservation.order_number == number, Reservation.state.in_((HELD, ALLOCATED))
    kept = session.scalars(select(Reservation).where(*mine)).all()
    host.end_reads()
    return len(refunds), len(parcels_), len(kept)


@pytest.mark.parametrize("change", [hold, stop])
def test_it_is_not_packed_and_its_customer_is_asked_once(
    change: Callable[[int], None], plan_id: int, order_id: int, driver: Driver, subjects: Subjects
) -> None:
    change(plan_id)
    change(plan_id)
    [refused] = parcels.start_packing([order_id], actor="staff:1", now=clock.now())
    assert "held or ended after it was paid" in refused.sentence
    with pytest.raises(WrongState, match="not packed"):
        ship(order_id)
    driver.work()
    assert subjects().count(ASKS) == 1
    with current_app.test_request_context():
        assert "1 paid, not to be packed" in " ".join(today_card(clock.now()).split())


@pytest.mark.parametrize("change", [hold, stop])
def test_refunded_its_money_goes_back_and_its_stock_is_let_go(
    change: Callable[[int], None], plan_id: int, order_id: int, driver: Driver, page: str, client: Visitor
) -> None:
    change(plan_id)
    assert choose(client, page, "refund").status_code == 303
    assert "Your refill is refunded" in words(client.get(page))
    assert (driver.state(order_id), money(order_id)) == ("refunded", (1, 0, 0))
    with pytest.raises(WrongState):
        send(plan_id)


@pytest.mark.parametrize("change", [hold, stop])
def test_sent_anyway_it_is_packed_and_not_refunded(
    change: Callable[[int], None], plan_id: int, order_id: int, page: str, client: Visitor
) -> None:
    change(plan_id)
    assert choose(client, page, "send").status_code == 303
    assert "We send your refill" in words(client.get(page))
    with pytest.raises(WrongState, match="being sent"):
        refund(plan_id)
    ship(order_id)
    assert money(order_id)[:2] == (0, 1)
    assert "Your refill has left" in words(client.get(page))


def test_a_held_plan_that_goes_on_has_its_box_sent(plan_id: int, order_id: int) -> None:
    hold(plan_id)
    go_on(plan_id)
    ship(order_id)
    assert money(order_id)[:2] == (0, 1)


def test_a_box_that_has_left_is_not_asked_about(
    plan_id: int, order_id: int, driver: Driver, page: str, client: Visitor, subjects: Subjects
) -> None:
    ship(order_id)
    hold(plan_id)
    driver.work()
    assert (subjects().count(ASKS), "Your refill has left" in words(client.get(page))) == (0, True)
    with pytest.raises(WrongState):
        refund(plan_id)


@pytest.mark.parametrize("change", [hold, stop])
def test_a_payment_that_was_out_already_is_asked_about_when_it_arrives(
    change: Callable[[int], None], plan_id: int, driver: Driver, bought: Bought, subjects: Subjects
) -> None:
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_chargeDeclinedExpiredCard")
    driver.work()
    order_id = driver.refill(bought).order_id or 0
    paid_page = driver.pay(driver.page(order_id), OTHER_CARD)
    change(plan_id)  # what they paid is not known to us yet
    settle_page(paid_page, now=clock.now())
    driver.work()
    assert (driver.refill(bought).state, subjects().count(ASKS)) == ("paid", 1)
    assert parcels.start_packing([order_id], actor="staff:1", now=clock.now()) != []


def test_while_the_bank_looks_into_the_payment_nothing_is_refunded(
    plan_id: int, order_id: int, page: str, client: Visitor
) -> None:
    hold(plan_id)
    with host.unit() as session:
        session.execute(update(Payment).where(Payment.order_id == order_id).values(dispute="open"))
    form = {**all_hidden(client.get(page)), "choice": "refund"}
    with nothing_changed():
        assert client.post(page, data=form).status_code == 409


@pytest.mark.parametrize("choice", ["", "both", "\0", "x" * 5000])
def test_without_one_of_the_two_nothing_is_done(
    choice: str, plan_id: int, order_id: int, page: str, client: Visitor
) -> None:
    hold(plan_id)
    with nothing_changed():
        assert choose(client, page, choice).status_code == 422


def test_a_form_without_its_token_and_anothers_link_do_nothing(
    plan_id: int, order_id: int, page: str, client: Visitor, driver: Driver, bought: Bought
) -> None:
    hold(plan_id)
    other, form = driver.buy(), {**all_hidden(client.get(page)), "choice": "refund"}
    wrong = [
        page.replace(bought.token, other.token),
        page.replace("/box/1", "/box/2"),
        page.replace("/box/1", "/box/9"),
    ]
    with nothing_changed():
        assert client.post(page, data={"choice": "refund"}).status_code == 400
        for path in wrong:
            assert (client.get(path).status_code, client.post(path, data=form).status_code) == (404, 404), path


def test_refunding_at_once_refunds_once(plan_id: int, order_id: int, driver: Driver, at_once: AtOnce) -> None:
    stop(plan_id)
    assert at_once([partial(refund, plan_id)] * 3) == [None] * 3
    driver.work()
    assert money(order_id) == (1, 0, 0)


@pytest.mark.parametrize("_", range(3))
def test_a_refund_and_the_wish_to_have_it_sent_at_once_are_never_both_done(
    _: int, plan_id: int, order_id: int, driver: Driver, at_once: AtOnce
) -> None:
    hold(plan_id)
    results = at_once([partial(refund, plan_id), partial(send, plan_id)])
    assert sorted(type(each) for each in results if each is not None) == [WrongState]
    ships = at_once([partial(ship, order_id)])
    assert (money(order_id)[0], ships == [None]) in ((1, False), (0, True))


@pytest.mark.parametrize("_", range(3))
def test_a_hold_and_a_parcel_at_once(
    _: int, plan_id: int, order_id: int, driver: Driver, at_once: AtOnce, subjects: Subjects
) -> None:
    held, shipped = at_once([partial(hold, plan_id), partial(ship, order_id)])
    assert held is None
    driver.work()
    left = money(order_id)[1] == 1
    assert (shipped is None, subjects().count(ASKS)) == ((True, 0) if left else (False, 1))


def test_refunding_and_packing_at_once_send_nothing(plan_id: int, order_id: int, at_once: AtOnce) -> None:
    stop(plan_id)
    refunded, shipped = at_once([partial(refund, plan_id), partial(ship, order_id)])
    assert (refunded, type(shipped), money(order_id)) == (None, WrongState, (1, 0, 0))


def test_a_plan_that_ended_by_itself_has_its_last_box_sent(
    plan_id: int, order_id: int, driver: Driver, subjects: Subjects
) -> None:
    driver.travel(clock.now() + days(330))
    assert subjects().count(ASKS) == 0
    ship(order_id)
