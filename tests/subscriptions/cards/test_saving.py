"""A card is saved on Stripe's page: it takes its place once, whoever tells of it first, and what waited goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from sqlalchemy import select

from kits import clock
from kits.errors import Busy, WrongState
from shop.payments.cards.tables import CardSetup, SavedCard
from shop.payments.settle import settle_page
from subscriptions import commands
from subscriptions.cards import saving
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.cards.conftest import OTHER, Cards, hear

Subjects = Callable[[], list[str]]


def test_a_new_card_takes_the_place_of_the_old_which_stripe_forgets(cards: Cards) -> None:
    old = cards.plan[0]
    cards.save(expires="07/2031")
    new, last4, backup = cards.plan
    assert new != old
    assert (last4, backup) == ("4444", None)
    row = cards.read(select(SavedCard.brand, SavedCard.exp_month, SavedCard.exp_year).filter_by(gateway_id=new))
    assert row == ("mastercard", 7, 2031)
    cards.driver.work()
    assert (cards.kept(old), cards.kept(new)) == (False, True)


def test_the_new_card_pays_the_next_refill(cards: Cards, driver: Driver, bought: Bought) -> None:
    cards.save()
    driver.travel(driver.until_due(bought).charge_on)
    assert (driver.refill(bought).state, cards.plan[1]) == ("paid", "4444")


def test_return_page_and_webhook_settle_once_and_a_second_return_changes_nothing(cards: Cards) -> None:
    page = cards.fill(cards.page())
    hear(page, "checkout.session.completed")
    first = cards.plan
    cards.save(card="4000056655665556")
    settle_page(page, now=clock.now())
    hear(page, "checkout.session.completed")
    assert cards.plan[1] == "5556"
    assert cards.plan[0] != first[0]


def test_a_page_that_is_open_is_come_back_to(cards: Cards) -> None:
    url = cards.page()
    assert cards.page() == url
    assert cards.page("backup") != url
    cards.fill(url)
    assert saving.save(cards.plan_id, "main", now=clock.now()) is None, "what was saved there is settled"
    assert cards.plan[1] == "4444"
    assert cards.page() != url


def test_a_page_that_closed_is_made_anew(cards: Cards, driver: Driver) -> None:
    url = cards.page()
    driver.travel(clock.now() + days(1))
    assert cards.page() != url


def test_a_page_whose_answer_was_lost_is_the_same_page(cards: Cards) -> None:
    cards.sandbox.fault("checkout.sessions.create", "lose_response")
    url = cards.page()
    cards.fill(url)
    hear(cards.read(select(CardSetup.session_id))[0], "checkout.session.completed")
    assert cards.plan[1] == "4444"


@pytest.mark.parametrize("mode", ["http_500", "http_429"])
def test_a_failing_stripe_changes_nothing_and_the_next_try_works(cards: Cards, mode: str) -> None:
    before = cards.plan
    cards.sandbox.fault("checkout.sessions.create", mode, times=9)
    with pytest.raises(Exception, match=r"Stripe|busy"):
        cards.page()
    cards.sandbox.clear_faults()
    assert cards.plan == before
    cards.save()
    assert cards.plan[1] == "4444"


def test_a_card_that_is_declined_when_it_is_saved_changes_nothing(cards: Cards) -> None:
    before = cards.plan
    answer = requests.post(cards.page(), data={"card": "4000000000000002"}, allow_redirects=False, timeout=30)
    assert answer.status_code == 402
    assert cards.plan == before


def test_a_plan_that_has_ended_takes_no_card(cards: Cards) -> None:
    page = cards.fill(cards.page())
    commands.end(cards.plan_id, actor="customer", now=clock.now())
    with pytest.raises(WrongState, match="ended"):
        cards.page()
    before = cards.plan
    settle_page(page, now=clock.now())
    assert cards.plan == before
    cards.driver.work()
    assert cards.read(select(SavedCard.gone_at).filter_by(last4="4444"))[0] is not None, "Stripe forgets it"


def test_a_declined_refill_is_tried_at_once_with_the_new_card(
    cards: Cards, driver: Driver, bought: Bought, charged: Callable[[], int]
) -> None:
    cards.behaves(cards.plan[0], "pm_card_chargeDeclinedInsufficientFunds")
    driver.travel(driver.until_due(bought).charge_on)
    assert driver.refill(bought).state == "declined"
    cards.save()
    driver.work()
    assert (driver.refill(bought).state, charged()) == ("paid", 1)


@pytest.mark.parametrize("decline", ["pm_card_chargeDeclinedLostCard", "pm_card_authenticationRequired"])
def test_so_is_one_that_we_had_given_up_and_the_plan_is_past_due_no_more(
    decline: str, cards: Cards, driver: Driver, bought: Bought, charged: Callable[[], int]
) -> None:
    cards.behaves(cards.plan[0], decline)
    driver.travel(driver.until_due(bought).charge_on)
    assert driver.refill(bought).state == "needs_customer"
    cards.save()
    driver.work()
    assert (driver.refill(bought).state, charged()) == ("paid", 1)
    assert not any(still for _, still in cards.stops())


def test_the_same_dead_card_saved_once_more_is_not_tried(cards: Cards, driver: Driver, bought: Bought) -> None:
    cards.save(card=OTHER)
    cards.behaves(cards.plan[0], "pm_card_chargeDeclinedStolenCard")
    driver.travel(driver.until_due(bought).charge_on)
    cards.save(card=OTHER)
    driver.work()
    assert driver.refill(bought).state == "needs_customer"


def test_a_customer_who_was_deleted_at_stripe_is_made_anew_with_the_card(
    cards: Cards, driver: Driver, bought: Bought, charged: Callable[[], int]
) -> None:
    cards.behaves(cards.plan[0], "pm_card_chargeDeclined")
    driver.travel(driver.until_due(bought).charge_on)
    hear(cards.deleted(), "customer.deleted")
    assert (cards.plan[0], cards.stops()) == (None, [("card", True)])
    cards.save()
    driver.work()
    driver.work()
    assert (driver.refill(bought).state, charged()) == ("paid", 1)


def test_a_deleted_customer_of_whom_no_event_told_is_noticed_when_a_card_is_saved(cards: Cards) -> None:
    cards.deleted()
    with pytest.raises(Busy):
        cards.page()
    assert cards.plan[0] is None
    cards.save()
    assert cards.plan[1] == "4444"
