"""An erasure beside a charge, a settling webhook, a new order, the outbox, and itself; and with a dead gateway."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.audit import AuditEntry
from kits.errors import RefilleryError
from shop.customers.personal.aftermath import forget
from shop.customers.personal.erasing import erase
from shop.customers.personal.tables import Erasure
from shop.customers.tables import Customer
from shop.orders.tables import Order
from shop.payments import settle, webhooks
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import OutcomeUnknown
from shop.payments.tables import Payment, PaymentAttempt, WebhookEvent
from shop.registers import registers
from shop.sandbox.events.signing import sign
from shop.work import duties
from shop.work.mailing import sending
from shop.work.outbox import OutboxMail
from subscriptions.unsent import choosing
from tests.journeys.driving import Bought, Driver, days
from tests.journeys.shopping import rows
from tests.servers.sandbox import SECRET
from tests.shop.customers.personal.conftest import MARIA, NAME, STREET, email_of, ship_paid, traces

Read = Callable[[Any], list[Any]]
AtOnce = Callable[..., list[Any]]


def tried(customer_id: int) -> str:
    """`erased`, or the kind of error that says why not."""
    try:
        erase(customer_id, now=clock.now())
    except RefilleryError as error:
        return type(error).__name__
    return "erased"


def test_while_a_charge_is_in_flight_nobody_is_erased(
    driver: Driver, sent: Bought, maria: int, at_once: AtOnce
) -> None:
    driver.until_due(sent)
    driver.sandbox.fault("payment_intents.confirm", "delay", seconds=0.6)

    def customer() -> str:
        while driver.refill(sent).order_id is None:
            time.sleep(0.02)
        time.sleep(0.15)
        return tried(maria)

    assert at_once([driver.work, customer])[1] == "Busy"
    assert email_of(maria) == MARIA
    driver.work()
    assert tried(maria) == "WrongState", "what was paid meanwhile is sent or refunded first"
    choosing.send(sent.subscription_id or 0, 1, actor="customer", now=clock.now())
    ship_paid()
    assert tried(maria) == "erased"
    assert driver.charges() == {(sent.number, "-"): 1, (sent.number, "1"): 1}


def test_a_charge_whose_outcome_is_unknown_is_found_out_before_anybody_is_erased(
    driver: Driver, sent: Bought, maria: int, read: Read
) -> None:
    driver.until_due(sent)
    driver.sandbox.fault("payment_intents.confirm", "lose_request", times=3)
    duties.one_round(registers().duties)
    assert "unknown" in read(select(PaymentAttempt.state))
    driver.sandbox.fault("payment_intents.cancel", "lose_request", times=3)
    assert tried(maria) == "OutcomeUnknown"
    assert email_of(maria) == MARIA
    assert tried(maria) == "erased"
    driver.travel(clock.now() + days(30))
    assert driver.charges() == {(sent.number, "-"): 1}


def test_beside_a_webhook_that_settles_the_order_is_paid_and_nobody_erased(
    driver: Driver, maria: int, at_once: AtOnce
) -> None:
    order = driver.order(email=MARIA)
    page = driver.pay(driver.page(order.order_id))
    settled, erased = at_once([lambda: settle.settle_page(page, now=clock.now()), lambda: tried(maria)])
    assert not isinstance(settled, Exception)
    assert erased in ("WrongState", "Busy")
    assert (driver.state(order.order_id), email_of(maria)) == ("paid", MARIA)


def test_an_order_placed_at_the_same_moment_belongs_to_somebody_who_is_there(
    driver: Driver, maria: int, at_once: AtOnce, read: Read
) -> None:
    outcome = at_once([lambda: tried(maria), *([lambda: driver.order(email=MARIA)] * 3)])[0]
    nameless = select(Order.name).join(Customer).where(Customer.erased_at.is_not(None))
    named = [name for name in read(nameless) if name == NAME]
    assert outcome in ("erased", "Busy", "WrongState")
    assert named == []
    assert (email_of(maria) != MARIA) is (outcome == "erased")


def test_many_erasures_at_once_are_one(driver: Driver, maria: int, at_once: AtOnce, read: Read) -> None:
    assert set(at_once([lambda: tried(maria)] * 4)) == {"erased"}
    assert len(read(select(AuditEntry.id).where(AuditEntry.action == "customer.erased"))) == rows(Erasure) == 1
    assert len(read(select(OutboxMail.id).where(OutboxMail.key == f"erased-{maria}"))) == 1


def test_a_mail_that_is_leaving_at_that_moment_leaves_no_trace(
    driver: Driver, maria: int, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    with host.unit() as session:
        mail = OutboxMail(
            key="leaves", to=MARIA, subject="x", text=NAME, html=NAME, message_id="<x>", queued_at=clock.now()
        )
        session.add(mail)
        session.flush()
        mail_id = mail.id
    real = sending.deliver

    def slowly(*args: Any) -> None:
        monkeypatch.setattr(sending, "deliver", real)
        erase(maria, now=clock.now())
        real(*args)

    monkeypatch.setattr(sending, "deliver", slowly)
    sending.send_mail(mail_id, clock.now())
    driver.work()
    assert read(select(OutboxMail.state).where(OutboxMail.id == mail_id)) == ["dropped"]
    assert not any(column.startswith("shop_outbox") for column in traces(MARIA, NAME, STREET))


def test_a_dead_gateway_only_delays_what_happens_there(driver: Driver, maria: int, read: Read) -> None:
    (gateway_id,) = read(select(Customer.stripe_customer).where(Customer.id == maria))
    driver.sandbox.fault("customers.delete", "lose_request", times=3)
    erase(maria, now=clock.now())
    (erasure,) = read(select(Erasure.id))
    with pytest.raises(OutcomeUnknown):
        forget(erasure, clock.now())
    assert read(select(Erasure.forgotten_at)) == [None]
    assert email_of(maria) != MARIA
    driver.work()
    assert read(select(Erasure.forgotten_at)) != [None]
    with pytest.raises(Exception, match="No such customer"):
        gateway()._v1.customers.update(gateway_id, {"name": "x"})


def test_what_the_gateway_knows_no_more_is_forgotten_all_the_same(driver: Driver, maria: int, read: Read) -> None:
    (gateway_id,) = read(select(Customer.stripe_customer).where(Customer.id == maria))
    gateway().forget_customer(gateway_id)
    erase(maria, now=clock.now())
    driver.work()
    assert read(select(Erasure.forgotten_at)) != [None]


def test_while_the_plan_cannot_be_closed_at_the_gateway_nobody_is_erased(
    driver: Driver, sent: Bought, maria: int
) -> None:
    driver.until_due(sent)
    driver.card_behaves(sent, "pm_card_chargeDeclined")
    driver.work()
    driver.sandbox.fault("payment_intents.cancel", "lose_request", times=3)
    assert tried(maria) == "OutcomeUnknown"
    assert email_of(maria) == MARIA
    assert tried(maria) == "erased"


def test_events_about_an_erased_person_are_kept_without_their_words(driver: Driver, maria: int, read: Read) -> None:
    (gateway_id,) = read(select(Customer.stripe_customer).where(Customer.id == maria))
    about = {"id": gateway_id, "object": "customer", "email": MARIA, "name": NAME}
    _deliver("customer.updated", about, 1)
    assert "shop_webhook_event.body" in traces(MARIA)
    erase(maria, now=clock.now())
    driver.work()
    _deliver("customer.deleted", about, 2)
    _deliver("checkout.session.completed", {"id": "cs_1", "object": "checkout.session", "customer": gateway_id}, 3)
    assert read(select(WebhookEvent.body).where(WebhookEvent.event_id.in_(["evt_1", "evt_2", "evt_3"]))) == [""] * 3
    assert "shop_webhook_event.body" not in traces(MARIA, NAME)


def test_events_that_name_a_person_without_the_gateway_s_number_of_them_lose_their_words_too(
    driver: Driver, sent: Bought, maria: int, read: Read
) -> None:
    (gateway_id,) = read(select(Customer.stripe_customer).where(Customer.id == maria))
    (intent,) = read(select(Payment.intent_id).where(Payment.order_id == sent.order_id))
    evidence = {"customer_email_address": MARIA, "customer_name": NAME}
    dispute = {"id": "du_1", "object": "dispute", "payment_intent": intent, "evidence": evidence}
    card = {"id": "pm_1", "object": "payment_method", "customer": None, "billing_details": {"email": MARIA}}
    _deliver("charge.dispute.created", dispute, 4)
    assert "shop_webhook_event.body" in traces(MARIA)
    erase(maria, now=clock.now())
    driver.work()
    _deliver("charge.dispute.updated", dispute, 5)
    _deliver("payment_method.detached", card, 6, {"customer": gateway_id})
    assert "shop_webhook_event.body" not in traces(MARIA, NAME)


def test_money_that_comes_late_for_an_erased_person_goes_back(driver: Driver, maria: int, read: Read) -> None:
    order = driver.order(email=MARIA)
    erase(maria, now=clock.now())
    with host.unit() as session:
        assert settle.why_back(session, session.get_one(Order, order.order_id), clock.now()) == "cancelled"


def _deliver(kind: str, about: dict[str, Any], number: int, before: dict[str, Any] | None = None) -> None:
    data = {"object": about, **({"previous_attributes": before} if before else {})}
    event = {"id": f"evt_{number}", "object": "event", "type": kind, "data": data}
    body = json.dumps(event).encode()
    webhooks.store(body, sign(SECRET, body, int(time.time())), now=clock.now())
