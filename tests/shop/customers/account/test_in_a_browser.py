"""The account in a real browser, light and dark, wide and on a phone: accessibility, and nothing wider than a phone."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kits import clock, host
from shop.customers import addresses
from shop.customers.signing_in.asking import LINK_DUTY
from shop.work.duties import run_once
from shop.work.mailing.sending import MAIL_DUTY
from tests.journeys.driving import Driver
from tests.shop.customers.account.conftest import HOME, WORK
from tests.shop.customers.conftest import EMAIL, link_in
from tests.shop.customers.personal.conftest import customer_of, ship_paid
from tests.shop.storefront.test_in_a_browser import checks

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser_page: Page, driver: Driver) -> Iterator[Page]:
    """Ada's browser, by day and by night; she has a plan. A broken policy fails the test."""
    said: list[str] = []
    browser_page.on("console", lambda message: said.append(message.text))
    browser_page.emulate_media(color_scheme=request.param)
    bought = driver.buy(email=EMAIL)
    for each in ({**HOME, "is_default": True}, WORK):
        addresses.add(customer_of(bought), each, now=clock.now())
    driver.order(email=EMAIL)
    yield browser_page
    assert [text for text in said if "Content Security Policy" in text] == []


def looks(page: Page, path: str) -> None:
    """The page stands every check at 1280 px and at 390."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(path)
    checks(page)
    checks(page)


def test_every_page_of_the_account_can_be_used_by_everyone(page: Page, mail_folder: Path) -> None:
    looks(page, "/orders")
    page.get_by_role("button", name="Mail me the link").click()
    looks(page, "/account/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_role("button", name="Mail me a link").click()
    checks(page)
    link = sign_in_link(mail_folder)
    looks(page, link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    for path in ("/account/", "/account/details", "/account/addresses", "/account/addresses/new", "/account/data",
                 "/account/erase", link):  # fmt: skip
        looks(page, path)


def test_an_address_is_removed_and_put_back_and_a_wrong_one_is_refused(page: Page, mail_folder: Path) -> None:
    sign_in(page, mail_folder)
    page.goto("/account/addresses")
    page.get_by_role("button", name="Remove Ada, 2 Mill Lane").click()
    expect(page.get_by_role("status")).to_contain_text("Removed")
    checks(page)
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_role("button", name="Remove Ada, 2 Mill Lane")).to_be_visible()
    page.get_by_role("link", name="Add an address").click()
    page.locator("main form").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    checks(page)


def test_a_person_is_erased_with_a_tick_and_a_click(page: Page, mail_folder: Path) -> None:
    ship_paid()
    sign_in(page, mail_folder)
    page.goto("/account/erase")
    checks(page)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Erase my data for good").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your data is erased")
    checks(page)


def sign_in(page: Page, mail_folder: Path) -> None:
    page.goto("/account/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_role("button", name="Mail me a link").click()
    page.goto(sign_in_link(mail_folder))
    page.get_by_role("button", name="Sign in").click()


def sign_in_link(mail_folder: Path) -> str:
    host.end_reads()
    run_once([LINK_DUTY, MAIL_DUTY])
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(mail_folder.iterdir())]
    return link_in(next(mail for mail in reversed(mails) if "sign in" in str(mail["Subject"])))
