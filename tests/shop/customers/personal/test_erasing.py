"""Erasing a person: plans end, what names them goes, and what the law asks for stands apart until its time is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from kits import clock
from kits.audit import AuditEntry
from shop.customers.personal.erasing import erase
from tests.journeys.driving import Bought, Driver, days
from tests.journeys.mistakes import nothing_changed
from tests.shop.customers.personal.conftest import MARIA, NAME, STREET, customer_of, email_of, ship_paid, traces

Read = Callable[[Any], list[Any]]
KEPT = {f"shop_kept_person.{column}" for column in ("email", "name", "line1", "postcode")}
INVOICES = {"shop_document_buyer.name", "shop_document_buyer.address"}


def test_the_person_is_found_nowhere_but_where_the_law_says(driver: Driver, sent: Bought, maria: int) -> None:
    driver.until_due(sent)
    driver.work()
    ship_paid()
    driver.order(email=MARIA)
    assert len(traces(MARIA, NAME, STREET)) > 8
    erase(maria, now=clock.now())
    driver.work()
    assert traces(MARIA, NAME, STREET, "SE1 6HA") == KEPT | INVOICES


def test_nothing_is_charged_after_an_erasure(driver: Driver, sent: Bought, maria: int) -> None:
    driver.until_due(sent)
    erase(maria, now=clock.now())
    driver.travel(clock.now() + days(200))
    assert {refill.state for refill in driver.refills(sent)} == {"cancelled"}
    assert driver.charges() == {(sent.number, "-"): 1}
    driver.sandbox.charges()


def test_erasing_twice_changes_nothing(driver: Driver, maria: int) -> None:
    erase(maria, now=clock.now())
    driver.work()
    with nothing_changed():
        erase(maria, now=clock.now() + timedelta(days=1))


def test_ordering_again_makes_a_new_customer(driver: Driver, maria: int) -> None:
    erase(maria, now=clock.now())
    again = driver.buy(email=MARIA)
    assert customer_of(again) != maria
    assert email_of(customer_of(again)) == MARIA
    assert email_of(maria).endswith("@invalid")


def test_the_log_says_who_was_erased_by_a_number(maria: int, read: Read) -> None:
    erase(maria, now=clock.now())
    (entry,) = read(select(AuditEntry).where(AuditEntry.action == "customer.erased"))
    assert (entry.subject, entry.actor, entry.detail) == (f"customer:{maria}", f"customer:{maria}", {})
