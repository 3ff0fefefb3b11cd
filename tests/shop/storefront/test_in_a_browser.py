"""The storefront in a real browser: accessibility, a phone's width, and the plan builder with its script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.shop.storefront.conftest import ADDRESS

KIT = "/kits/mesotherapy-kit?sessions=10&every_weeks=4"
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser_page: Page, stocked: str) -> Iterator[Page]:
    """A page in front of a stocked shop, by day and by night; a broken policy fails the test."""
    said: list[str] = []
    browser_page.on("console", lambda message: said.append(message.text))
    browser_page.emulate_media(color_scheme=request.param)
    yield browser_page
    assert [text for text in said if "Content Security Policy" in text] == []


def checks(page: Page) -> None:
    """No violation, and nothing wider than a phone."""
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0


def test_every_page_on_the_way_to_an_order_can_be_used_by_everyone(page: Page) -> None:
    page.goto("/")
    checks(page)
    page.goto(KIT)
    checks(page)
    page.get_by_role("button", name="Add with refills").click()
    checks(page)
    page.get_by_role("link", name="To the checkout").click()
    checks(page)
    page.locator(".rf-checkout-form").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="Pay now").click()
    expect(page.get_by_role("alert")).to_be_visible()
    checks(page)


def test_the_plan_follows_what_is_typed(page: Page) -> None:
    page.goto(KIT)
    expect(page.get_by_role("button", name="Show this plan")).to_be_hidden()
    page.get_by_label("Sessions", exact=True).select_option("6")
    expect(page.locator(".rf-sum-total")).to_contain_text("£138.00")
    expect(page.get_by_role("status").first).to_contain_text("6 sessions, 2 boxes of serum")
    page.get_by_label("First session", exact=True).fill("2020-01-01")
    expect(page.locator("[data-plan-result]")).to_contain_text("Choose a start from today")


def test_what_was_typed_last_is_what_goes_into_the_basket(page: Page) -> None:
    page.goto(KIT)
    page.get_by_label("Sessions", exact=True).select_option("7")
    page.get_by_role("button", name="Add with refills").click()
    expect(page.locator(".rf-card")).to_contain_text("7 sessions, every 4 weeks")


def test_an_order_is_paid_and_its_page_says_so(page: Page) -> None:
    page.goto(KIT)
    page.get_by_role("button", name="Add with refills").click()
    page.get_by_role("link", name="To the checkout").click()
    for name, value in ADDRESS.items():
        if name != "country":
            page.locator(f"#{name}").fill(value)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Pay now").click()
    page.locator("[name=card]").first.fill("4242424242424242")
    page.locator("form button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. We pack it next")
    checks(page)
