"""A dispute or a warning of fraud stops the plan's charges until staff decide; what is out already finishes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.errors import NotFound
from shop.payments.settle import settle_page
from shop.payments.tables import Payment
from subscriptions.stops.deciding import decide
from subscriptions.stops.tables import ENDS, GOES_ON, BillingStop
from tests.journeys.driving import Bought, Driver
from tests.journeys.shopping import letters
from tests.subscriptions.cards.conftest import Cards, hear

Subjects = Callable[[], list[str]]


@pytest.fixture
def cards(driver: Driver, bought: Bought) -> Cards:
    return Cards(driver, bought)


def disputed(driver: Driver) -> str:
    """The bank begins to look into the newest charge; Stripe's id of the dispute."""
    charge = driver.sandbox.charges()[0]["id"]
    dispute = str(driver.sandbox._said("POST", "disputes", {"charge": charge})["id"])
    hear(dispute, "charge.dispute.created")
    return dispute


def warned(driver: Driver) -> str:
    """The bank warns of the newest charge; Stripe's id of the warning."""
    charge = driver.sandbox.charges()[0]["id"]
    warning = str(driver.sandbox._said("POST", "fraud-warnings", {"charge": charge})["id"])
    hear(warning, "radar.early_fraud_warning.created")
    return warning


def stop_id() -> int:
    found = host.session().scalars(select(BillingStop.id).order_by(BillingStop.id.desc())).first()
    host.end_reads()
    return found or 0


@pytest.mark.parametrize(("begin", "cause"), [(disputed, "dispute"), (warned, "fraud_warning")])
def test_nothing_is_announced_or_charged_until_staff_let_it_go_on(
    begin: Callable[[Driver], str], cause: str, cards: Cards, driver: Driver, bought: Bought, mail_folder: Path
) -> None:
    begin(driver)
    assert cards.stops() == [(cause, True)]
    driver.work()
    owner = [mail for mail in letters(mail_folder) if mail.to == "owner@example.org"]
    assert len(owner) == 1
    assert "/admin/disputes/" in owner[0].text
    assert owner[0].text.startswith("Please ")
    driver.travel(driver.refill(bought).charge_on)
    assert driver.refill(bought).state == "scheduled"
    decide(stop_id(), GOES_ON, actor="staff:1", now=clock.now())
    decide(stop_id(), GOES_ON, actor="staff:1", now=clock.now())
    driver.work()
    assert driver.refill(bought).state == "notified"
    driver.travel(driver.refill(bought).charge_on)
    assert driver.refill(bought).state == "paid"


def test_a_charge_that_was_announced_waits_too(cards: Cards, driver: Driver, bought: Bought) -> None:
    due = driver.until_due(bought)
    warned(driver)
    driver.work()
    assert (driver.refill(bought).state, driver.charges()[bought.number, "1"]) == ("notified", 0)
    decide(stop_id(), GOES_ON, actor="staff:1", now=clock.now())
    driver.work()
    assert (driver.refill(bought).state, due.state) == ("paid", "notified")


def test_a_refill_s_dispute_stops_its_plan_and_what_was_paid_is_still_packed(
    cards: Cards, driver: Driver, bought: Bought
) -> None:
    driver.travel(driver.until_due(bought).charge_on)
    disputed(driver)
    driver.work()
    assert (cards.stops(), driver.state(driver.refill(bought).order_id)) == ([("dispute", True)], "paid")


def test_ending_it_ends_the_plan_once(cards: Cards, driver: Driver, bought: Bought, subjects: Subjects) -> None:
    disputed(driver)
    warned(driver)
    for _ in range(2):
        decide(stop_id(), ENDS, actor="staff:1", now=clock.now())
    driver.work()
    assert {refill.state for refill in driver.refills(bought)} == {"cancelled"}
    assert (cards.stops(), subjects().count("Your refills have ended")) == (
        [("dispute", False), ("fraud_warning", False)],
        1,
    )


def test_events_that_come_twice_or_late_stop_it_once_and_a_decision_stands(cards: Cards, driver: Driver) -> None:
    dispute = disputed(driver)
    decide(stop_id(), GOES_ON, actor="staff:1", now=clock.now())
    for kind in ("charge.dispute.created", "charge.dispute.updated"):
        hear(dispute, kind)
    driver.sandbox._said("POST", f"disputes/{dispute}", {"status": "won"})
    hear(dispute, "charge.dispute.closed")
    assert cards.stops() == [("dispute", False)]


def test_a_dispute_that_is_won_still_waits_for_staff(cards: Cards, driver: Driver) -> None:
    dispute = disputed(driver)
    driver.sandbox._said("POST", f"disputes/{dispute}", {"status": "won"})
    hear(dispute, "charge.dispute.closed")
    assert cards.stops() == [("dispute", True)]


def test_the_customer_may_pay_in_person_meanwhile(cards: Cards, driver: Driver, bought: Bought) -> None:
    driver.card_behaves(bought, "pm_card_authenticationRequired")
    driver.travel(driver.until_due(bought).charge_on)
    first = next(each["id"] for each in driver.sandbox.charges() if "refill" not in each["metadata"])
    warning = driver.sandbox._said("POST", "fraud-warnings", {"charge": first})
    hear(str(warning["id"]), "radar.early_fraud_warning.created")
    settle_page(driver.pay(driver.page(driver.refill(bought).order_id or 0)), now=clock.now())
    assert driver.refill(bought).state == "paid"
    assert ("fraud_warning", True) in cards.stops()


def test_a_warning_about_a_payment_that_is_not_ours_changes_nothing(cards: Cards) -> None:
    hear("issfr_unknown", "radar.early_fraud_warning.created")
    assert cards.stops() == []
    assert cards.read(select(Payment.warned_at)) == (None,)


def test_what_is_no_stop_of_staff_s_cannot_be_decided(cards: Cards) -> None:
    cards.detached(cards.plan[0])
    for unknown in (stop_id(), 10**6):
        with pytest.raises(NotFound):
            decide(unknown, GOES_ON, actor="staff:1", now=clock.now())
    assert cards.stops() == [("card", True)]
