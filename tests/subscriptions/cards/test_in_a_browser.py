"""A plan's cards and paying in person, walked in a real browser: on a desk and a phone, by day and by night."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kits import clock
from tests.journeys.driving import Bought, Driver, days
from tests.journeys.shopping import letters
from tests.subscriptions.at_the_desk import checks, desk  # noqa: F401
from tests.subscriptions.cards.conftest import Cards
from tests.subscriptions.stops.test_stops import disputed

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]
LOST = "pm_card_chargeDeclinedLostCard"


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)
    checks(page)


def test_cards_are_added_replaced_and_removed(desk: Page, cards: Cards, bought: Bought) -> None:  # noqa: F811
    order = f"/orders/{bought.token}"
    desk.goto(order)
    checks(desk)
    desk.get_by_role("link", name="Add a backup").click()
    heading(desk, "Add a backup card")
    cards.save("backup", expires="07/2031")
    desk.goto(f"{order}/refills/{bought.subscription_id}/cards/backup?said=saved")
    heading(desk, "Your backup card is saved")
    desk.goto(order)
    checks(desk)
    desk.get_by_role("link", name="Replace", exact=True).click()
    heading(desk, "Replace your card")
    for said in ("unavailable", "waiting"):
        desk.goto(f"{order}/refills/{bought.subscription_id}/cards/main?said={said}")
        heading(desk, "Replace your card")
    for role in ("backup", "main"):
        desk.goto(f"{order}/refills/{bought.subscription_id}/cards/{role}/remove")
        checks(desk)
        desk.get_by_role("button", name="Remove the card").click()
        heading(desk, "Your card is removed")
    desk.goto(order)
    checks(desk)


def test_a_refill_past_due_is_paid_in_person(
    desk: Page,  # noqa: F811
    driver: Driver,
    bought: Bought,
    mail_folder: Path,
) -> None:
    driver.card_behaves(bought, LOST)
    driver.travel(driver.until_due(bought).charge_on)
    desk.goto(f"/orders/{bought.token}")
    checks(desk)
    desk.get_by_role("link", name="Use another card").click()
    checks(desk)
    links = [re.search(r"(/pay/[\w-]+)", mail.text) for mail in letters(mail_folder)]
    link = next(match[1] for match in links if match)
    desk.goto(link)
    heading(desk, "Pay £49.00 for your refill")
    driver.travel(clock.now() + days(15), work=False)
    desk.goto(link)
    heading(desk, "This link has expired")
    desk.get_by_role("button", name="Mail me a new link").click()
    heading(desk, "We have mailed you a new link")


def test_staff_look_at_a_dispute_and_decide_about_the_plan(
    desk: Page,  # noqa: F811
    driver: Driver,
    bought: Bought,
) -> None:
    driver.travel(driver.until_due(bought).charge_on)
    disputed(driver)
    desk.goto("/admin/")
    checks(desk)
    desk.goto("/admin/disputes")
    checks(desk)
    desk.goto(f"/orders/{bought.token}")
    checks(desk)
    desk.goto("/admin/disputes")
    desk.locator("main table a").first.click()
    checks(desk)
    desk.get_by_role("button", name="Let it go on").click()
    expect(desk.get_by_role("heading", name="The plan goes on")).to_be_visible()
    checks(desk)
