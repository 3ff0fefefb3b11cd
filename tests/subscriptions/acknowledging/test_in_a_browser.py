"""A new notice in a real browser, from the admin's form to the customer's tick: by day and by night, on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.driving import Bought, Driver
from tests.subscriptions.acknowledging.conftest import link_in
from tests.subscriptions.at_the_desk import checks, desk  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]
TEXT = "Please do not use this kit if:\n- you are pregnant;\n- your scalp is burnt."


def test_a_new_notice_from_the_admins_form_to_the_customers_tick(
    desk: Page,  # noqa: F811
    driver: Driver,
    bought: Bought,
    advance_notices: Callable[[], list[str]],
) -> None:
    desk.get_by_role("link", name="Notices").click()
    checks(desk)
    desk.get_by_role("link", name="Write a new version").click()
    desk.get_by_label("Text").fill(TEXT)
    desk.get_by_role("button", name="Show it as typed").click()
    expect(desk.locator(".rf-notice li").last).to_have_text("your scalp is burnt.")
    expect(desk.locator(".rf-difference ins").first).to_be_visible()
    checks(desk)
    desk.get_by_role("button", name="Go on to publish").click()
    expect(desk.get_by_text("1 running plan is asked")).to_be_visible()
    checks(desk)
    desk.get_by_role("button", name="Publish version 2").click()
    expect(desk.get_by_role("status")).to_contain_text("Version 2 is published")
    checks(desk)

    driver.travel(driver.refill(bought).notice_on)
    desk.goto(f"/orders/{bought.token}")
    desk.get_by_role("link", name="The notice has changed: please read it").click()
    checks(desk)
    desk.goto(link_in(advance_notices()[0]))
    checks(desk)
    desk.get_by_label("I have read this notice").press("Space")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("You have confirmed the notice")
    checks(desk)
    desk.goto(f"/orders/{bought.token}/notice")
    desk.get_by_text("Version 2, in force since").click()
    checks(desk)
