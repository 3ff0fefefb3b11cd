"""Giving an order's money back: a part of it, or all of it, which ends the order and what belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import clock, host
from kits.errors import BadInput, WrongState
from kits.stock import proof
from kits.stock.tables import Lot, Reservation
from shop.orders import parcels
from shop.orders.tables import Order, OrderLine
from shop.payments.giving_back import money_back
from shop.payments.settle import settle_page
from shop.payments.tables import Payment, Refund
from shop.work.outbox import OutboxMail
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver
from tests.journeys.shopping import letters

Read = Callable[[Any], list[Any]]
WHOLE = 8900


@pytest.fixture
def bought(driver: Driver) -> Bought:
    return driver.buy()


def give(order: Bought, amount: int = WHOLE, mark: str = "a form", **other: Any) -> int:
    """What the button of a staff member does."""
    about = {"reason": "goodwill", "note": "", "actor": "staff:1", **other}
    return money_back.by_staff(order.order_id, amount, now=clock.now(), mark=mark, **about)


def refunded(driver: Driver) -> list[int]:
    """What Stripe gave back of each charge, the oldest first."""
    return [charge["refunded"] for charge in driver.sandbox.charges()[::-1]]


def free(read: Read) -> list[int]:
    """Units that nobody is promised or set aside, by lot."""
    held = len(read(select(Reservation.id).where(Reservation.state.in_(("held", "allocated")))))
    assert proof.disagreements(host.session()) == []
    host.end_reads()
    return [*read(select(Lot.free).order_by(Lot.id)), held]


def test_a_part_goes_back_and_the_order_is_packed_as_before(driver: Driver, bought: Bought, read: Read) -> None:
    give(bought, 500, note="The box was late.")
    driver.work()
    assert (driver.state(bought.order_id), refunded(driver)) == ("paid", [500])
    assert read(select(Refund.state)) == ["succeeded"]
    assert read(select(Subscription.state)) == ["active"]
    assert free(read) == [20, 20, 2]


def test_all_its_money_back_ends_the_order_and_its_refills_and_lets_its_stock_go(
    driver: Driver, bought: Bought, read: Read, mail_folder: Path
) -> None:
    parcels.start_packing([bought.order_id], actor="staff:1", now=clock.now())
    give(bought)
    assert (driver.state(bought.order_id), free(read)) == ("refunded", [20, 20, 0]), "at once, with what was set aside"
    assert read(select(OrderLine.given_back_at)) != [None]
    assert {each.state for each in driver.refills(bought)} == {"cancelled"}
    driver.work()
    assert refunded(driver) == [WHOLE]
    told = letters(mail_folder)[-1]
    assert told.subject == "£89.00 goes back to you"
    for words in ("your card ending in 4242", "gesture of goodwill", "refills have ended", "5 to 10 days"):
        assert words in told.text
    driver.travel(clock.today(clock.now()) + timedelta(days=300))
    assert driver.charges()[bought.number, "1"] == 0


def test_the_last_part_of_the_money_ends_the_order_as_all_of_it_at_once(driver: Driver, bought: Bought) -> None:
    give(bought, WHOLE - 1, mark="first")
    assert driver.state(bought.order_id) == "paid"
    give(bought, 1, mark="second")
    assert driver.state(bought.order_id) == "refunded"


def test_a_shipped_order_can_be_refunded_wholly(driver: Driver, bought: Bought, read: Read) -> None:
    parcels.ship(bought.order_id, tracking="", actor="staff:1", now=clock.now())
    give(bought)
    assert (driver.state(bought.order_id), free(read)) == ("refunded", [19, 19, 0])
    with pytest.raises(BadInput, match="nothing left"):
        give(bought, 1, mark="again")


def test_a_form_that_is_sent_twice_refunds_once(driver: Driver, bought: Bought, read: Read) -> None:
    assert give(bought, 500) == give(bought, 500)
    assert read(select(Refund.amount)) == [500]
    assert len(read(select(OutboxMail.id).where(OutboxMail.key.like("refund-%")))) == 1


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("amount", {"amount": 0}), ("amount", {"amount": -5}), ("amount", {"amount": WHOLE + 1}),
        ("reason", {"reason": "withdrawn"}), ("reason", {"reason": ""}), ("note", {"note": "x" * 501}),
    ],
)  # fmt: skip
def test_a_refund_that_cannot_be_is_refused_at_its_field(
    driver: Driver, bought: Bought, read: Read, field: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(BadInput) as refused:
        give(bought, **wrong)
    assert (refused.value.field, read(select(Refund.id))) == (field, [])


def test_an_unpaid_order_has_nothing_to_refund(driver: Driver, read: Read) -> None:
    with pytest.raises(BadInput, match="nothing left"):
        give(driver.order(), 1)
    assert read(select(Refund.id)) == []


def test_twenty_who_refund_at_once_give_back_no_more_than_was_paid(
    driver: Driver, bought: Bought, read: Read, at_once: Callable[..., list[Any]]
) -> None:
    answers = at_once([partial(give, bought, 1000, mark=f"form {n}") for n in range(20)])
    assert sum(isinstance(answer, int) for answer in answers) == 8, answers
    assert give(bought, 900, mark="the rest") > 0
    assert (sum(read(select(Refund.amount))), driver.state(bought.order_id)) == (WHOLE, "refunded")
    driver.work()
    assert refunded(driver) == [WHOLE]


def test_twenty_who_refund_all_at_once_and_a_packer_end_it_one_way(
    driver: Driver, bought: Bought, read: Read, at_once: Callable[..., list[Any]]
) -> None:
    ship = partial(parcels.ship, bought.order_id, tracking="", actor="staff:2", now=clock.now())
    works = [partial(give, bought, mark=f"form {n}") for n in range(10)]
    answers = at_once([*works[:5], ship, *works[5:]])
    assert sum(isinstance(answer, int) for answer in answers) == 1, answers
    assert driver.state(bought.order_id) == "refunded"
    assert free(read) in ([20, 20, 0], [19, 19, 0])
    sent = free(read) == [19, 19, 0]
    assert isinstance(answers[5], WrongState) != sent


def test_what_came_twice_is_no_part_of_what_the_order_was_paid_with(driver: Driver, bought: Bought, read: Read) -> None:
    with host.unit() as session:
        payment = session.scalars(select(Payment)).one()
        about = {name: getattr(payment, name) for name in ("order_id", "amount", "currency", "paid_at")}
        second = Payment(intent_id="pi_second", **about)
        session.add(
            Refund(payment=second, amount=WHOLE, key="k", reason="paid_twice", state="failed", asked_at=payment.paid_at)
        )
    with pytest.raises(BadInput):
        give(bought, WHOLE + 1)
    give(bought)
    assert read(select(Refund.payment_id).where(Refund.reason == "goodwill")) == read(
        select(Payment.id).where(Payment.intent_id != "pi_second")
    )


def test_a_second_page_that_is_paid_after_all_went_back_is_refunded_too(
    driver: Driver, read: Read, mail_folder: Path
) -> None:
    order = driver.order()
    page = driver.page(order.order_id)
    with host.unit() as session:  # a second page, as no use case of ours makes one
        session.execute(update(Order).values(state="paid", paid_at=clock.now()))
    settle_page(driver.pay(page), now=clock.now())
    driver.work()
    assert read(select(Refund.reason)) == ["paid_twice"]
    told = letters(mail_folder)[-1]
    assert "This order was paid already" in told.text
    assert "£89.00 goes back to your card ending in 4242" in told.text
