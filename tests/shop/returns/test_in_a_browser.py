"""Giving back in a real browser: two steps by keyboard without a script, and every page by day and by night."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.driving import Bought, Driver
from tests.journeys.test_in_a_browser import Opened, fits, opened, tab_to  # noqa: F401
from tests.shop.admin.conftest import Staff, sign_in
from tests.shop.admin.orders.test_in_a_browser import checks
from tests.shop.returns.conftest import all_there, withdraw

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]
PARTS = ("Dermaroller 0.25 mm", "Serum, three months")


def test_on_a_phone_the_keyboard_alone_withdraws_in_two_steps_without_a_script(
    opened: Opened,  # noqa: F811
    came: Bought,
    driver: Driver,
) -> None:
    page = opened(java_script_enabled=False)
    page.goto(f"/orders/{came.token}")
    tab_to(page, "a[href$='/withdraw']")
    page.keyboard.press("Enter")
    fits(page, "Withdraw from the contract")
    for part in PARTS:
        tab_to(page, "select")
        expect(page.get_by_label(part)).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_label(part)).to_have_value("unbroken")
    tab_to(page, "main button")
    page.keyboard.press("Enter")
    fits(page, "Confirm your withdrawal")
    assert {each.state for each in driver.refills(came)} == {"scheduled"}, "the first step does nothing"
    tab_to(page, "main button")
    page.keyboard.press("Enter")
    fits(page, "You have withdrawn")
    assert {each.state for each in driver.refills(came)} == {"cancelled"}


def test_every_page_of_a_withdrawal_can_be_used_by_everyone(browser_page: Page, driver: Driver, came: Bought) -> None:
    page = browser_page
    page.goto(f"/orders/{came.token}")
    checks(page)
    page.get_by_role("link", name="Withdraw from contract here").click()
    checks(page)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text(f"{PARTS[1]}: say whether its seal is unbroken")
    checks(page)
    for part in PARTS:
        page.get_by_label(part).select_option("unbroken")
    for button in ("Go on", "Confirm withdrawal"):
        page.get_by_role("button", name=button).click()
        checks(page)
    page.goto(f"/orders/{came.token}")
    checks(page)


def test_every_page_of_the_desk_can_be_used_by_everyone(browser_page: Page, staff: Staff, came: Bought) -> None:
    page = browser_page
    sign_in(page)
    page.goto(f"/admin/orders/{came.number}/take-back")
    checks(page)
    page.goto(f"/admin/orders/{came.number}/refund")
    checks(page)
    number = withdraw(came, all_there())
    page.goto("/admin/returns")
    checks(page)
    page.goto(f"/admin/returns/{number}")
    for each in page.locator("summary").all():
        each.click()
    checks(page)
    page.get_by_role("button", name="It is here").click()
    checks(page)
    for field in page.get_by_label("Fine, back into its lot").all():
        field.fill("1")
    page.get_by_role("button", name="Book it").click()
    checks(page)
    page.get_by_role("button", name="Refund it").click()
    expect(page.get_by_role("heading", name="What went back")).to_be_visible()
    checks(page)


def test_an_order_that_was_refunded_says_so_to_everyone(browser_page: Page, driver: Driver, bought: Bought) -> None:
    browser_page.goto(f"/orders/{bought.token}/withdraw")
    checks(browser_page)
    for button in ("Go on", "Confirm withdrawal"):
        browser_page.get_by_role("button", name=button).click()
    expect(browser_page.get_by_text("£89.00 is on its way to your card ending in 4242")).to_be_visible()
    checks(browser_page)
    driver.work()
    browser_page.goto(f"/orders/{bought.token}")
    expect(browser_page.get_by_text("£89.00 was sent to your card ending in 4242")).to_be_visible()
    checks(browser_page)
