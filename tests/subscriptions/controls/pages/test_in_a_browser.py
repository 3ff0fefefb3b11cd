"""A plan's pages in a real browser, with the keyboard: a session logged, a refill moved and taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.at_the_desk import checks

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_session_is_logged_and_a_refill_moved_and_taken_back_with_the_keyboard(
    scheme: str, browser_page: Page, driver: Driver, bought: Bought
) -> None:
    driver.travel(driver.refill(bought).needed_on - days(60))
    page = browser_page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(f"/orders/{bought.token}")
    checks(page)
    page.get_by_role("link", name="Log a session").press("Enter")
    checks(page)
    page.get_by_role("button", name="Done today").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("is done")
    checks(page)
    page.get_by_role("link", name="Change your plan").press("Enter")
    checks(page)
    page.get_by_label("Send it").first.focus()
    page.keyboard.type("4 weeks")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Refill 1, 4 weeks later")
    checks(page)
    page.get_by_role("button", name="Change my plan").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Refill 1 comes 4 weeks later than planned.")
    checks(page)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Refill 1 comes when it was planned.")
    page.get_by_role("link", name="Send them to another address").press("Enter")
    checks(page)
