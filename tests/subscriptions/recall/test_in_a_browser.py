"""The recall's pages in a real browser: by day and by night, on a phone, while the worker writes its mails."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kits import clock, host
from shop.customers.staff import add_staff
from tests.journeys.driving import Bought, Driver
from tests.subscriptions.recall.conftest import SERUM_LOT

STAFF, PASSWORD = "staff@example.org", "correct horse battery"
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


@pytest.fixture(params=["light", "dark"])
def desk(request: pytest.FixtureRequest, browser_page: Page, driver: Driver) -> Iterator[Page]:
    """Staff in front of the admin; a broken policy fails the test."""
    said: list[str] = []
    browser_page.on("console", lambda message: said.append(message.text))
    browser_page.emulate_media(color_scheme=request.param)
    with host.unit() as session:
        add_staff(session, STAFF, PASSWORD, clock.now())
    browser_page.goto("/admin/recalls")
    browser_page.get_by_label("E-mail").fill(STAFF)
    browser_page.get_by_label("Password").fill(PASSWORD)
    browser_page.get_by_role("button", name="Sign in").click()
    yield browser_page
    assert [text for text in said if "Content Security Policy" in text] == []


def checks(page: Page) -> None:
    """No violation, and nothing wider than the window, on a desk and on a phone."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_recall_from_the_lots_code_to_the_customers_page(
    desk: Page, driver: Driver, shipped: Callable[..., Bought], deliver: Callable[..., None]
) -> None:
    bought = [shipped(), shipped(refills=False), shipped(quantity=2)][0]
    desk.reload()
    checks(desk)
    desk.get_by_label("Lot to recall").fill(SERUM_LOT)
    desk.get_by_role("button", name="See what a recall would do").click()
    checks(desk)
    desk.get_by_role("link", name=SERUM_LOT).click()
    desk.get_by_label("What customers should know").fill("A seal is not tight.\n\nWe are sorry.")
    desk.get_by_label("Reason").fill("seal of the vial")
    desk.get_by_role("button", name="Show it as typed").click()
    expect(desk.locator("#mail")).to_contain_text("We are sorry.")
    checks(desk)
    desk.get_by_role("button", name="Recall the lot now").click()
    expect(desk.locator("#progress h2")).to_have_text("Told 0 of 3")
    driver.work()
    expect(desk.locator("#progress h2")).to_have_text("All 3 told")  # by itself
    deliver("GOOD", 5)
    desk.reload()
    desk.get_by_role("button", name=f"Send a replacement for order {bought.number}").click()
    expect(desk.get_by_text("to pack")).to_be_visible()
    checks(desk)
    desk.goto(f"/orders/{bought.token}")
    expect(desk.get_by_text("is being packed")).to_be_visible()
    checks(desk)
