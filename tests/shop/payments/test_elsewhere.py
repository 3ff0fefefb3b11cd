"""Money that came another way: noted once, after whatever is open at Stripe was closed there; paid back by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import clock, host
from kits.audit import AuditEntry
from kits.errors import BadInput, Busy, WrongState
from kits.stock.tables import Reservation
from shop.orders.tables import Order
from shop.papers.tables import Document
from shop.payments.elsewhere import Came, mark_paid
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import GatewayError
from shop.payments.giving_back import by_hand, money_back
from shop.payments.settle import settle
from shop.payments.tables import Payment, PaymentAttempt, Refund
from subscriptions.stops.tables import BillingStop
from tests.journeys.driving import Bought, Driver
from tests.journeys.shopping import letters
from tests.shop.admin.conftest import paid_intent

Read = Callable[[Any], list[Any]]
SOFT, OUT = "pm_card_chargeDeclined", 0.8
SENT = Came("bank_transfer", "BACS 0042", "Its card was declined, so they sent it.")


def note(order_id: int | None, came: Came = SENT) -> bool:
    return mark_paid(order_id or 0, came, actor="staff:1", now=clock.now())


@pytest.fixture
def declined(driver: Driver) -> Bought:
    """A plan whose first refill was ordered and declined."""
    bought = driver.buy()
    driver.until_due(bought)
    driver.card_behaves(bought, SOFT)
    driver.work()
    assert driver.refill(bought).state == "declined"
    return bought


def intent_of(read: Read, order_id: int | None) -> str:
    return str(read(select(PaymentAttempt.intent_id).where(PaymentAttempt.order_id == order_id))[-1])


def test_a_declined_refill_paid_by_bank_transfer_is_paid_once_its_intent_is_cancelled_at_stripe(
    driver: Driver, declined: Bought, read: Read, mail_folder: Path
) -> None:
    order_id = driver.refill(declined).order_id
    assert note(order_id) is True
    assert gateway().intent(intent_of(read, order_id)).cancelled
    assert (driver.state(order_id), driver.refill(declined).state) == ("paid", "paid")
    [paid] = read(select(Payment).where(Payment.order_id == order_id))
    assert (paid.intent_id, paid.means, paid.reference, paid.amount) == (None, "bank_transfer", "BACS 0042", 4900)
    [invoice] = read(select(Document.snapshot).where(Document.order_id == order_id))
    assert invoice["paid_by"] == "bank transfer"
    [entry] = read(select(AuditEntry).where(AuditEntry.action == "order.paid_elsewhere"))
    assert (entry.actor, entry.detail["payment"], entry.detail["amount"]) == ("staff:1", paid.id, 4900)
    assert paid.note == SENT.reason
    assert SENT.reason not in str(entry.detail), "the log stays for ever, and a reason may name a person"
    driver.card_behaves(declined, None)
    driver.travel(clock.today(clock.now()) + timedelta(days=10))
    assert driver.charges()[declined.number, "1"] == 0, "nobody charges it any more"
    assert "paid by bank transfer" in next(
        it.text for it in letters(mail_folder) if it.subject.endswith("will be sent")
    )


def test_the_same_money_noted_twice_or_by_many_at_once_is_one_payment(
    driver: Driver, declined: Bought, read: Read, at_once: Callable[..., list[Any]]
) -> None:
    order_id = driver.refill(declined).order_id
    said = at_once([lambda: note(order_id)] * 6)
    assert all(each is True or isinstance(each, Busy) for each in said), said
    assert note(order_id) is True
    assert len(read(select(Payment.id).where(Payment.order_id == order_id))) == 1
    with pytest.raises(WrongState, match="under the reference BACS 0042"):
        note(order_id, Came("cash", "Till 1", "In the shop."))


def test_it_is_refused_while_a_worker_charges_the_order_and_nothing_is_noted(
    driver: Driver, read: Read, at_once: Callable[..., list[Any]]
) -> None:
    bought = driver.buy()
    driver.until_due(bought)
    driver.sandbox.fault("payment_intents.confirm", "delay", seconds=OUT)

    def when_it_is_out() -> bool:
        while not driver.refill(bought).order_id:
            time.sleep(0.02)
        time.sleep(OUT / 4)
        return note(driver.refill(bought).order_id)

    said = at_once([driver.work, when_it_is_out])[1]
    assert isinstance(said, Busy)
    assert (driver.refill(bought).state, driver.charges()[bought.number, "1"]) == ("paid", 1)
    assert read(select(Payment.means)) == [None, None]


def test_what_turns_out_to_be_paid_on_stripe_is_settled_and_not_noted_as_well(driver: Driver, read: Read) -> None:
    order = driver.order()
    driver.pay(driver.page(order.order_id))  # nobody has told us yet
    assert note(order.order_id) is False
    assert (driver.state(order.order_id), read(select(Payment.means))) == ("paid", [None])
    driver.work()
    assert [charge["refunded"] for charge in driver.sandbox.charges()] == [0]


def test_nothing_is_noted_while_stripe_cannot_say_that_the_intent_is_cancelled(
    driver: Driver, declined: Bought, read: Read
) -> None:
    order_id = driver.refill(declined).order_id
    driver.sandbox.fault("payment_intents.cancel", "lose_request", times=5)
    with pytest.raises(GatewayError):
        note(order_id)
    assert (driver.state(order_id), len(read(select(Payment.id)))) == ("awaiting_payment", 1)


def test_a_kit_that_is_paid_in_cash_closes_its_page_and_asks_for_a_card_for_its_refills(
    driver: Driver, read: Read, mail_folder: Path
) -> None:
    order = driver.order()
    page = driver.page(order.order_id)
    assert note(order.order_id, Came("cash", "Till 3", "In the shop.")) is True
    assert gateway().page(read(select(PaymentAttempt.session_id))[0]).status == "expired"
    assert driver.sandbox.pay(page).status_code != 303
    driver.work()
    assert (driver.state(order.order_id), read(select(BillingStop.cause))) == ("paid", ["card"])
    told = {it.subject: it.text for it in letters(mail_folder)}
    assert "in cash. Your invoice is attached" in told[f"Order {order.number} is paid"]
    assert "A card is needed for your refills" in told


def test_a_transfer_that_comes_after_its_kit_was_let_go_is_taken_while_there_is_stock(
    driver: Driver, read: Read
) -> None:
    order = driver.order()
    driver.travel(clock.now() + timedelta(days=2))
    assert driver.state(order.order_id) == "cancelled"
    assert note(order.order_id) is True
    assert driver.state(order.order_id) == "paid"
    assert len(read(select(Reservation.id).where(Reservation.state == "held"))) == 2


def test_a_second_payment_on_stripe_of_what_was_paid_elsewhere_goes_back(driver: Driver, read: Read) -> None:
    order = driver.order()
    note(order.order_id)
    settle(paid_intent(order.number), now=clock.now())  # a page that no use case of ours leaves open
    assert read(select(Refund.reason)) == ["paid_twice"]
    assert read(select(Payment.means).order_by(Payment.id)) == ["bank_transfer", None]


@pytest.mark.parametrize(
    ("field", "came"),
    [
        ("means", Came("", "1", "x")), ("means", Came("stripe", "1", "x")),
        ("reference", Came("cash", "  ", "x")), ("reference", Came("cash", "x" * 101, "x")),
        ("reason", Came("cash", "1", "")), ("reason", Came("cash", "1", "x" * 501)),
    ],
)  # fmt: skip
def test_what_is_not_said_whole_is_refused_at_its_field(driver: Driver, read: Read, field: str, came: Came) -> None:
    order = driver.order()
    with pytest.raises(BadInput) as refused:
        note(order.order_id, came)
    assert (refused.value.field, read(select(Payment.id))) == (field, [])


@pytest.fixture
def in_cash(driver: Driver) -> Bought:
    """A kit that was paid in cash."""
    order = driver.order()
    note(order.order_id, Came("cash", "Till 3", "In the shop."))
    driver.work()
    return driver.seen(order.order_id)


def give(order: Bought, amount: int, reference: str = "", mark: str = "a form") -> int:
    about = {"reason": "goodwill", "note": "", "actor": "staff:1", "reference": reference}
    return money_back.by_staff(order.order_id, amount, now=clock.now(), mark=mark, **about)


def test_a_refund_of_it_is_paid_back_by_hand_under_a_reference(
    driver: Driver, in_cash: Bought, read: Read, mail_folder: Path
) -> None:
    with pytest.raises(BadInput) as refused:
        give(in_cash, 500)
    assert (refused.value.field, read(select(Refund.id))) == ("reference", [])
    assert give(in_cash, 500, "Till 9") == give(in_cash, 500, "Till 9")
    driver.work()
    assert [(r.state, r.reference, r.gateway_id) for r in read(select(Refund))] == [("succeeded", "Till 9", None)]
    assert len(read(select(Document.id).where(Document.kind == "credit_note"))) == 1
    assert driver.sandbox.charges() == []
    told = letters(mail_folder)[-1].text
    assert "under the reference Till 9" in told
    assert "card" not in told


def test_what_others_want_refunded_of_it_waits_for_a_hand(driver: Driver, in_cash: Bought, read: Read) -> None:
    assert money_back.all_of(in_cash.order_id, reason="not_wanted", actor="duty:x", now=clock.now())
    driver.work()
    [refund] = read(select(Refund.id).where(Refund.state == "pending"))
    assert driver.state(in_cash.order_id) == "refunded"
    for _ in range(2):
        by_hand.paid_back(refund, "Till 9", actor="staff:1", now=clock.now())
    assert [(r.state, r.reference) for r in read(select(Refund))] == [("succeeded", "Till 9")]
    assert len(read(select(Document.id).where(Document.kind == "credit_note"))) == 1
    assert len(read(select(AuditEntry.id).where(AuditEntry.action == "order.paid_back"))) == 1


def test_a_refund_that_stripe_sends_is_not_paid_back_by_hand(driver: Driver, read: Read) -> None:
    bought = driver.buy()
    refund = give(bought, 500)
    with pytest.raises(WrongState, match="Stripe sends this refund"):
        by_hand.paid_back(refund, "Till 9", actor="staff:1", now=clock.now())
    assert read(select(Refund.state)) == ["pending"]


def test_what_is_due_for_nothing_is_not_noted(driver: Driver, read: Read) -> None:
    order = driver.order()
    with host.unit() as session:
        session.execute(update(Order).values(state="paid"))
    with pytest.raises(WrongState, match="Nothing is due"):
        note(order.order_id)
    assert read(select(Payment.id)) == []
