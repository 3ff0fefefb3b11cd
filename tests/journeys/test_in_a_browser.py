"""The buying journey in a real browser: a phone with and without JavaScript, the keyboard alone, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.shopping import ADA, GOOD, Customer
from tests.servers.ground import ServedShop
from tests.servers.sandbox import Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]
PHONE = {"width": 390, "height": 844}
# A form that is refused is a 422, which the console is told, too; the sandbox's page has no icon.
EXPECTED = r"Failed to load resource: .*(status of 422|/favicon\.ico$)"
Opened = Callable[..., Page]


@pytest.fixture
def opened(_browser: Browser, served: ServedShop) -> Iterator[Opened]:
    """Opens a page of a phone's size; what its console says of our rules being broken fails the test."""
    contexts, said = [], []

    def make(**options: object) -> Page:
        context = _browser.new_context(base_url=served.url, viewport=PHONE, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.text} {message.location['url']}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert [each for each in said if not re.search(EXPECTED, each)] == []


def fits(page: Page, heading: str = "") -> None:
    """The page with this heading has come, and nothing of it reaches over the side of the screen."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    page.wait_for_load_state()
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{page.url} is {over} px too wide"


def fill_in_and_pay(page: Page) -> None:
    """From the filled basket to the order's page."""
    fits(page, "Basket")
    page.get_by_role("link", name="To the checkout").click()
    fits(page, "Checkout")
    for label in ("E-mail", "Name", "Address", "City", "Postcode"):
        field = {"E-mail": "email", "Address": "line1"}.get(label, label.lower())
        page.get_by_label(label, exact=True).fill(ADA[field])
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Pay now").click()
    fits(page, "Pay £89.00")
    page.get_by_label("Card number").fill(GOOD)
    page.get_by_role("button", name="Pay £89.00").click()
    fits(page, "Paid")


def test_on_a_phone_the_plan_changes_as_one_types_and_is_bought(
    opened: Opened, stocked: str, today: date, sandbox: Sandbox
) -> None:
    page = opened()
    page.goto("/")
    fits(page)
    page.get_by_role("link", name="Plan your sessions").first.click()
    fits(page, "Mesotherapy kit")
    result = page.locator("[data-plan-result]")
    page.locator("#every_weeks").select_option("2")
    page.locator("#sessions").select_option("6")
    expect(result).to_contain_text("no refills are needed")
    page.locator("#sessions").select_option("10")
    page.locator("#every_weeks").select_option("4")
    expect(result).to_contain_text("£187.00")
    page.locator("#start").fill((today + timedelta(days=20)).isoformat())
    expect(result.locator(f"time[datetime='{today + timedelta(days=20)}']").first).to_be_attached()
    page.locator("#start").fill((today + timedelta(days=400)).isoformat())
    expect(result).to_contain_text("Choose a start from today to 90 days ahead")
    page.locator("#start").fill(today.isoformat())
    expect(result).to_contain_text("£187.00")
    assert "every_weeks=4" in page.url, "the address keeps the plan"
    page.get_by_role("button", name="Add with refills").click()
    fill_in_and_pay(page)
    assert [charge["amount"] for charge in sandbox.charges()] == [8900]


def test_what_was_typed_last_goes_into_the_basket_however_fast_one_is(
    opened: Opened, stocked: str, today: date
) -> None:
    page = opened()
    page.goto(f"/kits/{stocked}?sessions=10&every_weeks=4")
    page.locator("#sessions").select_option("9")
    page.get_by_role("button", name="Add with refills").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Basket")
    expect(page.get_by_text("9 sessions, every 4 weeks")).to_be_visible()


def test_on_a_phone_without_javascript_the_same_is_bought(
    opened: Opened, stocked: str, today: date, sandbox: Sandbox
) -> None:
    page = opened(java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="Plan your sessions").first.click()
    page.locator("#sessions").select_option("10")
    page.locator("#every_weeks").select_option("4")
    page.locator("#start").fill(today.isoformat())
    page.get_by_role("button", name="Show this plan").click()
    expect(page.locator("[data-plan-result]")).to_contain_text("£187.00")
    page.get_by_role("button", name="Add with refills").click()
    fill_in_and_pay(page)
    assert [charge["amount"] for charge in sandbox.charges()] == [8900]


def test_the_keyboard_alone_plans_and_fills_the_basket(opened: Opened, stocked: str) -> None:
    page = opened()
    page.goto(f"/kits/{stocked}?sessions=9&every_weeks=4")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "select#sessions")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-plan-result]")).to_contain_text("10 sessions")
    tab_to(page, "[data-plan-result] button[value='1']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Basket")
    expect(page.get_by_text("10 sessions, every 4 weeks")).to_be_visible()
    tab_to(page, "a[href='/checkout']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Checkout")


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until `wanted` has the focus, which shows on everything that has it on the way."""
    for _ in range(40):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; })()"
        )
        # The date field's own little button is not ours: the browser draws its focus.
        shown = shown or page.evaluate("document.activeElement.matches('[type=date]:not(:focus)')")
        assert shown, page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"{wanted} is not reached by Tab")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_the_journey_shuts_anyone_out(
    opened: Opened, served: ServedShop, stocked: str, today: date, sandbox: Sandbox, scheme: str
) -> None:
    paid = Customer(served.url).buys(stocked, today)
    page = opened(color_scheme=scheme)
    for path in ("/", f"/kits/{stocked}?sessions=10&every_weeks=4", "/basket", f"/orders/{paid['token']}"):
        page.goto(path)
        check(page)
    page.goto(f"/kits/{stocked}?sessions=5")
    check(page)
    page.goto(f"/kits/{stocked}?sessions=10&every_weeks=4")
    page.get_by_role("button", name="Add with refills").click()
    check(page, "Basket")
    page.get_by_role("link", name="To the checkout").click()
    check(page, "Checkout")


def check(page: Page, heading: str = "") -> None:
    """No serious or critical finding of axe; and it fits the phone's screen."""
    fits(page, heading)
    found = [each for each in Axe().run(page).response["violations"] if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == [], page.url
