"""Holding a plan and going on in a real browser, by day and by night, on a phone; and the choice about a paid box."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.driving import Bought, Driver
from tests.subscriptions.at_the_desk import checks, desk  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


def test_a_plan_is_held_its_paid_box_refunded_and_it_goes_on(
    desk: Page,  # noqa: F811
    driver: Driver,
    bought: Bought,
) -> None:
    driver.until_due(bought)
    driver.work()
    desk.goto(f"/orders/{bought.token}")
    desk.get_by_role("link", name="Hold my plan").click()
    checks(desk)
    desk.get_by_role("button", name="Hold my plan now").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Your plan is on hold")
    checks(desk)
    desk.goto(f"/orders/{bought.token}")
    desk.get_by_role("link", name="send it or refund it?").click()
    checks(desk)
    desk.get_by_role("button", name="Refund £").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Your refill is refunded")
    checks(desk)
    desk.goto(f"/orders/{bought.token}")
    desk.get_by_role("link", name="Read the notice and go on").click()
    checks(desk)
    desk.get_by_label("I have read this notice").press("Space")
    desk.get_by_role("button", name="Confirm and go on").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("You have confirmed the notice")
    checks(desk)
