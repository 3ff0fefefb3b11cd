"""The forecast in a real browser: by day and by night, on a phone, without a script."""

from __future__ import annotations

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kits.catalogue.first_kit import ROLLER, SERUM
from tests.shop.admin.conftest import EMAIL, PASSWORD, Staff

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]
WIDER = """() => [document.documentElement, ...document.querySelectorAll(".rf-scroll")]
    .map(each => each.scrollWidth - each.clientWidth)"""


@pytest.fixture
def page(browser_page: Page, staff: Staff) -> Page:
    """A page of someone signed in to the admin, on the forecast that was worked out anew."""
    browser_page.goto("/admin/sign-in?next=/admin/forecast")
    browser_page.get_by_label("E-mail").fill(EMAIL)
    browser_page.get_by_label("Password").fill(PASSWORD)
    browser_page.get_by_role("button", name="Sign in").click()
    browser_page.get_by_role("button", name="Work it out anew").click()
    expect(browser_page.get_by_text("Worked out just now")).to_be_visible()
    return browser_page


@pytest.mark.parametrize("path", ["", f"/{SERUM}", f"/{ROLLER}"])
def test_its_pages_can_be_used_by_everyone(runs_out: date, page: Page, path: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"/admin/forecast{path}")
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
    page.set_viewport_size({"width": 390, "height": 844})
    # The table, too: nothing that matters is out of sight.
    assert set(page.evaluate(WIDER)) == {0}
    assert said == []


def test_the_advice_leads_to_a_purchase_order_that_is_filled_in(runs_out: date, page: Page) -> None:
    page.get_by_role("link", name="Serum, three months").click()
    page.get_by_role("link", name="Make a purchase order").click()
    filled = [page.locator(f"#{name}-1").input_value() for name in ("sku", "quantity", "expected")]
    assert filled == [SERUM, "4", runs_out.isoformat()]
