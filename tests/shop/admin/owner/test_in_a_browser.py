"""Texts and facts in a real browser: on a phone and on a desk, by day and by night."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.shop.admin.conftest import Staff, sign_in
from tests.shop.admin.owner.conftest import GUIDE, shown
from tests.shop.admin.stock.test_in_a_browser import checks

KIT = "/admin/kit-texts/mesotherapy-kit"
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


@pytest.fixture
def page(browser_page: Page, owner: Staff) -> Iterator[Page]:
    """A page of someone signed in; what its console says of our rules being broken fails the test."""
    said: list[str] = []
    browser_page.on("console", lambda message: said.append(message.text))
    sign_in(browser_page)
    yield browser_page
    assert [text for text in said if "status of 4" not in text] == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "path", ["/admin/texts", GUIDE, f"{GUIDE}/0", "/admin/kit-texts/mesotherapy-kit", "/admin/facts"]
)
def test_every_page_of_the_owner_s_can_be_used_by_everyone(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(path)
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    checks(page)


def test_a_text_is_looked_at_and_then_published(page: Page) -> None:
    page.goto(GUIDE)
    page.get_by_label("Text", exact=True).fill("# What it cures\n\nPlan first.")
    page.get_by_role("button", name="Show it as typed").click()
    expect(page.get_by_role("status").first).to_contain_text("“cures”")
    expect(page.get_by_role("heading", name="What it cures")).to_be_visible()
    checks(page)
    page.get_by_label("Text", exact=True).fill("# What it is\n\nPlan first.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_contain_text("This is what the page says now")
    assert shown().text == "# What it is\n\nPlan first.\n"


def test_a_kit_s_texts_are_looked_at(page: Page) -> None:
    page.goto(KIT)
    page.get_by_label("When to look for results").fill("- 3 to 9 months: look.")
    page.get_by_role("button", name="Show it as typed").click()
    expect(page.locator(".rf-results")).to_be_visible()
    checks(page)


def test_facts_that_cannot_be_stay_in_the_form_with_their_sentence(page: Page) -> None:
    page.goto("/admin/facts")
    page.get_by_label("VAT number").fill("12")
    page.get_by_role("button", name="Save the facts").click()
    expect(page.locator("#vat_number-error")).to_be_visible()
    expect(page.get_by_label("VAT number")).to_have_value("12")
    checks(page)
