"""A card that is removed, by its customer or at Stripe, stops the charges before the due day; a backup takes over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from kits import clock, host
from shop.payments.cards.tables import SavedCard
from shop.payments.settle import settle_page
from shop.payments.tables import PaymentAttempt
from subscriptions.cards import removing
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver
from tests.journeys.shopping import letters
from tests.subscriptions.cards.conftest import Cards, hear

Subjects = Callable[[], list[str]]
NEEDED = "A card is needed for your refills"


def by_customer(cards: Cards) -> None:
    removing.remove(cards.plan_id, "main", actor="customer", now=clock.now())


def at_stripe(cards: Cards) -> None:
    cards.detached(cards.plan[0])


def with_the_customer(cards: Cards) -> None:
    hear(cards.deleted(), "customer.deleted")


@pytest.mark.parametrize("lose", [by_customer, at_stripe, with_the_customer])
def test_the_customer_is_asked_at_once_and_the_charge_waits_untried(
    lose: Callable[[Cards], None],
    cards: Cards,
    driver: Driver,
    bought: Bought,
    mail_folder: Path,
    charged: Callable[[], int],
) -> None:
    lose(cards)
    driver.work()
    asked = [mail for mail in letters(mail_folder) if mail.subject == NEEDED]
    assert len(asked) == 1
    assert asked[0].text.startswith("Please add a card for your refills")
    assert f"/orders/{bought.token}/refills/{cards.plan_id}/cards/main" in asked[0].text
    assert (cards.plan[0], cards.stops()) == (None, [("card", True)])
    driver.travel(driver.until_due(bought).charge_on)
    assert (driver.refill(bought).state, charged()) == ("notified", 0)
    assert cards.read(select(PaymentAttempt.id).where(PaymentAttempt.way == "saved_card")) is None
    notice = next(mail for mail in letters(mail_folder) if mail.subject == "Your next serum refill")
    assert notice.text.startswith("Please add a card: we will charge")
    cards.save()
    driver.work()
    assert (driver.refill(bought).state, charged()) == ("paid", 1)


@pytest.mark.parametrize("lose", [by_customer, at_stripe])
def test_a_backup_takes_the_place_of_a_lost_card(
    lose: Callable[[Cards], None], cards: Cards, driver: Driver, bought: Bought, subjects: Subjects
) -> None:
    cards.save("backup")
    backup = cards.plan[2]
    lose(cards)
    assert cards.plan == (backup, "4444", None)
    driver.travel(driver.until_due(bought).charge_on)
    assert driver.refill(bought).state == "paid"
    assert NEEDED not in subjects()
    assert subjects().count("Your backup card now pays your refills") == 1


def test_a_removed_backup_is_gone_and_nobody_is_asked(cards: Cards, driver: Driver, subjects: Subjects) -> None:
    cards.save("backup")
    backup = cards.plan[2]
    assert removing.remove(cards.plan_id, "backup", actor="customer", now=clock.now())
    assert not removing.remove(cards.plan_id, "backup", actor="customer", now=clock.now())
    driver.work()
    assert cards.plan[1:] == ("4242", None)
    assert not cards.kept(backup)
    assert NEEDED not in subjects()


def test_a_card_that_pays_two_plans_is_kept_for_the_other(cards: Cards, driver: Driver) -> None:
    second = driver.buy()
    with host.unit() as session:  # two lines of one order are paid with one card
        session.get_one(Subscription, second.subscription_id).card = cards.plan[0]
    card = cards.plan[0]
    by_customer(cards)
    driver.work()
    assert cards.kept(card)
    cards.detached(card)
    assert len(cards.stops()) == 2


def test_nobody_is_asked_for_a_card_that_nothing_needs_any_more(
    cards: Cards, driver: Driver, bought: Bought, subjects: Subjects
) -> None:
    for number in (1, 2):
        driver.travel(driver.refill(bought, number).notice_on)
        driver.travel(driver.refill(bought, number).charge_on)
    at_stripe(cards)
    driver.work()
    assert (cards.stops(), NEEDED in subjects()) == ([], False)


def test_an_event_that_comes_before_the_payment_is_settled_is_not_lost(
    cards: Cards, driver: Driver, bought: Bought
) -> None:
    """Paid in person with another card, which is removed at Stripe before we hear of the payment."""
    cards.behaves(cards.plan[0], "pm_card_authenticationRequired")
    driver.travel(driver.until_due(bought).charge_on)
    order_id = driver.refill(bought).order_id or 0
    page = driver.pay(driver.page(order_id), "5555555555554444")
    intent = driver.sandbox.charges()[0]["payment_intent"]
    card = cards._stripe("GET", f"payment_intents/{intent}")["payment_method"]
    cards.detached(card)
    settle_page(page, now=clock.now())
    assert (driver.refill(bought).state, cards.plan[0]) == ("paid", None)
    assert ("card", True) in cards.stops()


def test_events_about_cards_that_are_not_ours_change_nothing(cards: Cards) -> None:
    stranger = cards._stripe("POST", "customers")["id"]
    before = cards.plan
    hear("pm_unknown", "payment_method.detached")
    hear(stranger, "customer.deleted")
    assert cards.plan == before
    assert cards.read(select(SavedCard.id).filter_by(gateway_id="pm_unknown")) is None
