"""Staff at the admin in a real browser, by day and by night; a page there and a customer's are looked at alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from kits import clock, host
from shop.customers.staff.members import add_staff
from tests.journeys.driving import Driver

STAFF, PASSWORD = "staff@example.org", "correct horse battery"


@pytest.fixture(params=["light", "dark"])
def desk(request: pytest.FixtureRequest, browser_page: Page, driver: Driver) -> Iterator[Page]:
    """Staff in front of the admin; a broken policy fails the test."""
    said: list[str] = []
    browser_page.on("console", lambda message: said.append(message.text))
    browser_page.emulate_media(color_scheme=request.param)
    with host.unit() as session:
        add_staff(session, STAFF, PASSWORD, clock.now())
    browser_page.goto("/admin/")
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
