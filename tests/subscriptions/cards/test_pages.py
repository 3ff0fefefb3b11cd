"""The pages of a plan's cards: said plainly, done on POST alone, and nobody else's."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from kits import clock
from shop.sandbox.people.methods import expires
from tests.journeys.driving import Bought, Driver
from tests.journeys.mistakes import nothing_changed
from tests.servers.client import Visitor
from tests.shop.admin.conftest import words
from tests.subscriptions.cards.conftest import Cards
from tests.subscriptions.stops.test_stops import disputed


def path(bought: Bought, role: str = "main", act: str = "") -> str:
    return f"/orders/{bought.token}/refills/{bought.subscription_id}/cards/{role}{act}"


def press(client: Visitor, where: str) -> TestResponse:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/orders").text)
    assert token is not None
    return client.post(where, data={"csrf_token": token[1]})


def section(client: Visitor, bought: Bought) -> str:
    return words(client.get(f"/orders/{bought.token}"))


def test_the_plan_says_which_card_pays_and_what_one_can_do(cards: Cards, bought: Bought, client: Visitor) -> None:
    year = expires(int(clock.now().timestamp()))
    assert f"Pays with Visa ending in 4242, expires 12/{year}. Replace Add a backup Remove" in section(client, bought)
    cards.save("backup", expires="07/2031")
    said = section(client, bought)
    assert "Backup: Mastercard ending in 4444, expires 07/2031, tried once" in said
    assert "Add a backup" not in said


def test_a_card_is_replaced_over_its_pages(cards: Cards, bought: Bought, client: Visitor) -> None:
    with nothing_changed():
        assert "Now your refills are paid with Visa ending in 4242" in words(client.get(path(bought)))
    there = press(client, path(bought))
    assert there.status_code == 303
    page = cards.fill(there.headers["Location"], expires="07/2031")
    back = client.get(path(bought, act=f"/return?page_id={page}"))
    assert back.status_code == 303
    said = words(client.get(back.headers["Location"]))
    assert "Mastercard ending in 4444, expires 07/2031, pays your refills from now on" in said
    with nothing_changed():
        client.get(path(bought, act=f"/return?page_id={page}"))


def test_removing_shows_first_acts_once_and_says_what_follows(
    cards: Cards, driver: Driver, bought: Bought, client: Visitor
) -> None:
    with nothing_changed():
        assert "Then nothing is charged and no refill is sent until you add another card" in words(
            client.get(path(bought, act="/remove"))
        )
    gone = press(client, path(bought, act="/remove"))
    assert "Nothing is charged until you add a card" in words(client.get(gone.headers["Location"]))
    assert "A card is needed for your refills" in section(client, bought)
    press(client, path(bought, act="/remove"))
    assert cards.stops() == [("card", True)]
    assert "There is no card to remove" in words(client.get(path(bought, act="/remove")))


def test_past_due_is_said_with_the_one_next_step(cards: Cards, driver: Driver, bought: Bought, client: Visitor) -> None:
    cards.behaves(cards.plan[0], "pm_card_chargeDeclinedLostCard")
    driver.travel(driver.until_due(bought).charge_on)
    said = section(client, bought)
    assert "Past due: refill 1 is not paid Your sessions go on. Nothing is charged" in said
    assert "Pay for refill 1" in said
    assert "Refill 1 was declined. As soon as the new card is saved, we try it with that card: £49.00" in words(
        client.get(path(bought))
    )


def test_a_disputed_plan_says_that_nothing_is_charged(driver: Driver, bought: Bought, client: Visitor) -> None:
    disputed(driver)
    assert "Nothing is charged just now A bank is looking into a payment of yours" in section(client, bought)


def test_a_stripe_that_does_not_answer_is_said_and_changes_no_card(
    cards: Cards, bought: Bought, client: Visitor
) -> None:
    cards.sandbox.fault("checkout.sessions.create", "http_429", times=9)
    answer = press(client, path(bought))
    assert "The card page does not answer just now" in words(client.get(answer.headers["Location"]))
    assert cards.plan[1] == "4242"


@pytest.mark.parametrize("act", ["", "/remove", "/return?page_id=cs_test_x"])
@pytest.mark.parametrize("role", ["main", "backup"])
def test_another_s_plan_is_not_found(
    act: str, role: str, cards: Cards, driver: Driver, bought: Bought, client: Visitor
) -> None:
    other = driver.buy()
    theirs = f"/orders/{other.token}/refills/{bought.subscription_id}/cards/{role}{act}"
    with nothing_changed():
        assert client.get(theirs).status_code == 404
        if "return" not in act:
            assert press(client, theirs).status_code == 404


def test_the_page_of_another_s_card_is_not_taken(cards: Cards, driver: Driver, bought: Bought, client: Visitor) -> None:
    other = Cards(driver, driver.buy())
    page = other.fill(other.page())
    with nothing_changed():
        assert client.get(path(bought, act=f"/return?page_id={page}")).status_code == 404
        assert client.get(path(bought, "backup", f"/return?page_id={page}")).status_code == 404
        assert client.get(path(bought, act="/return")).status_code == 404
    assert cards.plan[1] == "4242"


@pytest.mark.parametrize("role", ["both", "x" * 300, "0"])
def test_there_is_no_other_role(role: str, cards: Cards, bought: Bought, client: Visitor) -> None:
    assert client.get(path(bought, role)).status_code == 404


def test_a_post_without_a_token_is_turned_away(cards: Cards, bought: Bought, client: Visitor) -> None:
    with nothing_changed():
        for act in ("", "/remove"):
            assert client.post(path(bought, act=act)).status_code in (400, 403)
