"""Erasing a person: plans end, what names them goes, and what the law asks for stands apart until its time is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from kits import clock, host
from kits.audit import AuditEntry
from shop.customers import addresses
from shop.customers.personal.erasing import erase
from shop.customers.personal.tables import KeptPerson
from shop.customers.signing_in.asking import LINK_DUTY, ask
from shop.customers.tables import Customer, MagicLink, SavedAddress
from shop.orders.tables import Order
from shop.payments.tables import Payment, Refund
from shop.reconciliation.tables import Finding
from shop.returns.tables import Return
from shop.work.duties import run_once
from shop.work.outbox import OutboxMail
from subscriptions.repairs.tables import Repair
from subscriptions.tables import Refill, Subscription
from tests.journeys.driving import Bought, Driver, days
from tests.journeys.mistakes import nothing_changed
from tests.journeys.shopping import letters, rows
from tests.servers.client import Visitor
from tests.shop.customers.conftest import send_link
from tests.shop.customers.personal.conftest import MARIA, NAME, STREET, customer_of, email_of, ship_paid, traces

Read = Callable[[Any], list[Any]]
KEPT = {f"shop_kept_person.{column}" for column in ("email", "name", "line1", "postcode")}
INVOICES = {"shop_document_buyer.name", "shop_document_buyer.address"}


def test_the_person_is_found_nowhere_but_where_the_law_says(driver: Driver, sent: Bought, maria: int) -> None:
    driver.until_due(sent)
    driver.work()
    ship_paid()
    driver.page(driver.order(email=MARIA).order_id)
    send_link(MARIA, clock.now())
    assert len(traces(MARIA, NAME, STREET)) > 8
    erase(maria, now=clock.now())
    driver.work()
    assert traces(MARIA, NAME, STREET, "SE1 6HA") == KEPT | INVOICES


def test_cards_links_and_addresses_go(driver: Driver, sent: Bought, maria: int, read: Read, client: Visitor) -> None:
    erase(maria, now=clock.now())
    driver.work()
    assert read(select(Payment.card_last4)) == read(select(Payment.card)) == [None]
    assert read(select(Subscription.card_last4)) == read(select(Subscription.card)) == [None]
    assert rows(MagicLink) == rows(SavedAddress) == 0
    assert client.get(f"/orders/{sent.token}").status_code == 404, "links in old mails lead nowhere"
    assert client.get(f"/orders/{sent.token}/invoice.pdf").status_code == 404


def test_nothing_is_charged_after_an_erasure(driver: Driver, sent: Bought, maria: int) -> None:
    driver.until_due(sent)
    erase(maria, now=clock.now())
    driver.travel(clock.now() + days(200))
    assert {refill.state for refill in driver.refills(sent)} == {"cancelled"}
    assert driver.charges() == {(sent.number, "-"): 1}


def test_an_unpaid_order_is_cancelled_with_its_page(driver: Driver, maria: int) -> None:
    order = driver.order(email=MARIA)
    page = driver.page(order.order_id)
    erase(maria, now=clock.now())
    assert driver.state(order.order_id) == "cancelled"
    assert driver.sandbox.pay(page, "4242424242424242").status_code != 303


def test_a_declined_refill_is_closed_and_never_charged(driver: Driver, sent: Bought, maria: int) -> None:
    driver.until_due(sent)
    driver.card_behaves(sent, "pm_card_chargeDeclined")
    driver.work()
    erase(maria, now=clock.now())
    refill = driver.refill(sent)
    assert (refill.state, driver.state(refill.order_id)) == ("cancelled", "cancelled")


def test_what_staff_wrote_to_the_person_goes(sent: Bought, maria: int) -> None:
    said = {"note": f"For {NAME}", "return_id": None}
    with host.unit() as session:
        payment = session.scalars(select(Payment)).one()
        session.add(
            Refund(payment=payment, amount=1, state="succeeded", key="r", reason="other", asked_at=clock.now(), **said)
        )
        session.add(
            Return(
                order_id=sent.order_id, number=1, kind="goodwill", state="closed", actor="staff:1",
                declared_at=clock.now(), note=f"For {NAME}",
            )
        )  # fmt: skip
        session.execute(update(Payment).values(note=f"For {NAME}"))
        about = {"amount": 1, "currency": "GBP", "state": "looked_into", "found_at": clock.now(), "seen_in": 1}
        session.add(Finding(kind="k", about="a", order_number=sent.number, reason=f"For {NAME}", **about))
        refill = session.scalars(select(Refill).order_by(Refill.id)).first()
        session.add(
            Repair(refill=refill, what="replaced", mark="m", reason=f"For {NAME}", actor="staff:1", at=clock.now())
        )
    erase(maria, now=clock.now())
    assert traces("For A Buyer") == set()


def test_mails_that_wait_are_dropped_and_the_last_one_confirms(
    driver: Driver, maria: int, read: Read, mail_folder: Any
) -> None:
    with host.unit() as session:
        session.add(_mail("waits", MARIA))
        session.add(_mail("of-another", "bob@example.org"))
    already = len(letters(mail_folder))
    erase(maria, now=clock.now())
    driver.work()
    new = letters(mail_folder)[already:]
    assert sorted((mail.to, mail.subject) for mail in new) == [
        ("bob@example.org", "of-another"),
        (MARIA, "Your data is erased"),
    ]
    last = next(mail for mail in new if mail.to == MARIA)
    assert "Your name and address on invoices, for tax, until" in last.text
    assert "to warn you if something we sent you is recalled, until" in last.text
    assert read(select(OutboxMail.state).where(OutboxMail.key == "waits")) == ["dropped"]
    assert read(select(OutboxMail.text).where(OutboxMail.to.like("erased-%"), OutboxMail.text != "")) == []


def _mail(key: str, to: str) -> OutboxMail:
    return OutboxMail(
        key=key, to=to, subject=key, text="A Buyer", html="A Buyer", message_id=f"<{key}>", queued_at=clock.now()
    )


def test_erasing_twice_changes_nothing(driver: Driver, maria: int) -> None:
    erase(maria, now=clock.now())
    driver.work()
    with nothing_changed():
        erase(maria, now=clock.now() + timedelta(days=1))


def test_ordering_again_makes_a_new_customer(driver: Driver, maria: int) -> None:
    erase(maria, now=clock.now())
    again = driver.buy(email=MARIA)
    driver.work()
    assert customer_of(again) != maria
    assert email_of(customer_of(again)) == MARIA
    assert email_of(maria).endswith("@invalid")
    assert "shop_outbox_mail.to" in traces(MARIA), "what is written to the new customer is left alone"


def test_signing_in_with_the_old_address_makes_no_account(maria: int, read: Read) -> None:
    erase(maria, now=clock.now())
    written = rows(OutboxMail)
    nobody = email_of(maria)
    for email in (MARIA, nobody):
        ask(email, clock.now())
    run_once([LINK_DUTY])
    assert (rows(OutboxMail), rows(Customer), rows(MagicLink)) == (written, 1, 0)


def test_the_log_says_who_was_erased_by_a_number(maria: int, read: Read) -> None:
    erase(maria, now=clock.now())
    (entry,) = read(select(AuditEntry).where(AuditEntry.action == "customer.erased"))
    assert (entry.subject, entry.actor, entry.detail) == (f"customer:{maria}", f"customer:{maria}", {})


def test_a_person_who_only_looked_is_erased_without_a_trace(driver: Driver) -> None:
    order = driver.order(email=MARIA)
    maria = customer_of(order)
    addresses.add(maria, {"name": NAME, "line1": STREET, "city": "London", "postcode": "SE1 6HA", "country": "GB"},
                  now=clock.now())  # fmt: skip
    erase(maria, now=clock.now())
    driver.work()
    assert rows(KeptPerson) == 0
    assert traces(MARIA, NAME, STREET) == set()


def test_others_are_left_alone(driver: Driver, sent: Bought, maria: int) -> None:
    bob = driver.buy(email="bob@example.org")
    before = email_of(customer_of(bob))
    erase(maria, now=clock.now())
    driver.work()
    name = host.session().scalar(select(Order.name).where(Order.id == bob.order_id))
    cards = host.session().scalar(select(func.count()).where(Payment.card_last4 == "4242"))
    host.end_reads()
    assert (email_of(customer_of(bob)), name, cards) == (before, NAME, 1)
