"""The link in a mail about a declined refill pays in person: it works once, expires, and a new one comes by mail."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from kits import clock
from shop.payments.settle import settle_page
from subscriptions import commands
from tests.journeys.driving import Bought, Driver
from tests.journeys.mistakes import nothing_changed
from tests.journeys.shopping import letters
from tests.servers.client import Visitor
from tests.shop.admin.conftest import words

DECLINED = "pm_card_chargeDeclinedLostCard"


def links(mail_folder: Path) -> list[str]:
    """The paths of all links to pay, the oldest first."""
    found = [re.search(r"(/pay/[\w-]+)", mail.text) for mail in letters(mail_folder)]
    return [match[1] for match in found if match]


@pytest.fixture
def link(driver: Driver, bought: Bought, mail_folder: Path) -> str:
    """The path that the mail about a refill leads to, which was declined for good."""
    driver.card_behaves(bought, DECLINED)
    driver.travel(driver.until_due(bought).charge_on)
    return links(mail_folder)[-1]


def press(client: Visitor, path: str) -> TestResponse:
    """The page's button, whether the page still shows it or an older one did."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/orders").text)
    assert token is not None
    return client.post(path, data={"csrf_token": token[1]})


def test_the_mail_says_what_to_do_first_and_the_link_leads_to_the_payment_page(
    link: str, client: Visitor, driver: Driver, bought: Bought, mail_folder: Path
) -> None:
    mail = letters(mail_folder)[-1]
    assert mail.text.startswith("Please pay for your refill in person")
    with nothing_changed():
        assert "Pay £49.00 for your refill" in words(client.get(link))
    answer = press(client, link)
    assert answer.status_code == 303
    settle_page(driver.pay(answer.headers["Location"], "5555555555554444"), now=clock.now())
    assert driver.refill(bought).state == "paid"
    assert "This refill is paid" in words(client.get(link))
    assert press(client, link).status_code == 409
    assert driver.charges()[bought.number, "1"] == 1


def test_it_works_once_and_two_clicks_lead_to_one_page(link: str, client: Visitor, driver: Driver) -> None:
    pages = {press(client, link).headers["Location"] for _ in range(2)}
    assert len(pages) == 1
    driver.travel(clock.now() + timedelta(minutes=5), work=False)
    with nothing_changed():
        assert press(client, link).status_code == 409
    assert "This link was used" in words(client.get(link))


def test_it_expires_and_a_new_one_comes_by_mail_once(
    link: str, client: Visitor, driver: Driver, mail_folder: Path
) -> None:
    driver.travel(clock.now() + timedelta(days=15))
    assert "This link has expired" in words(client.get(link))
    for _ in range(2):
        press(client, f"{link}/again")
    driver.work()
    mails = [mail for mail in letters(mail_folder) if mail.subject == "The link to pay for your refill"]
    assert len(mails) == 1
    assert mails[0].text.startswith("Please pay for your refill with this link")
    new = links(mail_folder)[-1]
    assert new != link
    assert press(client, new).status_code == 303


def test_a_stripe_that_does_not_answer_uses_no_link_up(link: str, client: Visitor, driver: Driver) -> None:
    driver.sandbox.fault("checkout.sessions.create", "http_429", times=9)
    assert press(client, link).status_code == 503
    driver.sandbox.clear_faults()
    assert press(client, link).status_code == 303


def test_a_refill_that_was_ended_is_not_paid(link: str, client: Visitor, bought: Bought) -> None:
    commands.end(bought.subscription_id or 0, actor="customer", now=clock.now())
    assert "There is nothing to pay" in words(client.get(link))
    with nothing_changed():
        assert press(client, link).status_code == 409


@pytest.mark.parametrize("token", ["x", "0" * 300, "%00", "é"])
def test_a_link_that_is_none_leads_nowhere(token: str, client: Visitor, kit: str) -> None:
    assert client.get(f"/pay/{token}").status_code == 404


def test_a_post_without_a_token_of_the_form_is_turned_away(link: str, client: Visitor) -> None:
    with nothing_changed():
        assert client.post(link).status_code in (400, 403)
