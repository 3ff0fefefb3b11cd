"""The order desk in a real browser: a scanner that types and sends Enter, a phone's width, day and night."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.shop.admin.conftest import EMAIL, PASSWORD, Staff

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


@pytest.fixture
def page(browser_page: Page, staff: Staff, later_lot: str) -> Iterator[Page]:
    """A page of someone signed in to the admin; what its console says fails the test."""
    said: list[str] = []
    browser_page.on("console", lambda message: said.append(message.text))
    browser_page.on("pageerror", lambda error: said.append(str(error)))
    browser_page.goto("/admin/sign-in")
    browser_page.get_by_label("E-mail").fill(EMAIL)
    browser_page.get_by_label("Password").fill(PASSWORD)
    browser_page.get_by_role("button", name="Sign in").click()
    expect(browser_page.get_by_role("button", name="Sign out")).to_be_visible()
    yield browser_page
    assert said == []


def scanned(page: Page, code: str) -> None:
    """What a hand scanner does: it types, wherever the focus is, and sends Enter."""
    # A hand takes longer from one box to the next than a page to settle.
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def checks(page: Page) -> None:
    """No violation by day and by night, and nothing wider than a phone."""
    for scheme in ("light", "dark"):
        # A button whose colour is on its way from day to night would be measured half-way.
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


def test_an_order_is_packed_with_the_scanner_alone(page: Page, set_aside: str) -> None:
    page.goto(f"/admin/orders/{set_aside}/pack")
    page.evaluate("window.sameDocument = true")
    scanned(page, "S-LATER")
    expect(page.get_by_role("status")).to_contain_text("Take lot LOT-SERUM-3M")
    scanned(page, "LOT-SERUM-3M")
    expect(page.get_by_text("1 of 2 picked")).to_be_visible()
    scanned(page, "ROLLER-025")
    expect(page.get_by_text("2 of 2 picked")).to_be_visible()
    expect(page.get_by_label("Tracking number")).to_be_focused()
    assert page.evaluate("window.sameDocument") is True
    page.keyboard.type("TRACK-1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Parcel 1")).to_be_visible()


def test_it_works_without_a_script(page: Page, set_aside: str) -> None:
    page.route("**/htmx.min.js*", lambda route: route.fulfill(body=""))
    page.goto(f"/admin/orders/{set_aside}/pack")
    scanned(page, "LOT-SERUM-3M")
    expect(page.get_by_text("1 of 2 picked")).to_be_visible()
    scanned(page, "S-LATER")
    expect(page.get_by_role("status")).to_contain_text("Too many")
    page.reload()
    expect(page.get_by_text("1 of 2 picked")).to_be_visible()


def test_every_page_of_the_desk_can_be_used_by_everyone(page: Page, set_aside: str, pay: Callable[[], str]) -> None:
    other = pay()
    page.goto("/admin/packing")
    checks(page)
    page.goto(f"/admin/orders/{other}/pack")
    checks(page)
    page.goto(f"/admin/orders/{set_aside}/pack")
    scanned(page, "S-LATER")
    expect(page.get_by_role("button", name="Use lot S-LATER for this one")).to_be_visible()
    checks(page)
    page.get_by_role("button", name="Use lot S-LATER for this one").click()
    expect(page.get_by_text("1 of 2 picked")).to_be_visible()
    checks(page)
    page.get_by_role("button", name="Ship only what is picked").click()
    expect(page.get_by_role("heading", name="Parcel 1")).to_be_visible()
    checks(page)
    page.get_by_role("link", name="Book a return").click()
    checks(page)


def test_the_printed_list_leaves_out_what_cannot_be_packed_and_what_can_be_pressed(
    page: Page, set_aside: str, pay: Callable[[], str]
) -> None:
    other = pay()
    page.goto("/admin/packing")
    page.emulate_media(media="print")
    expect(page.locator(f"#{set_aside}")).to_be_visible()
    expect(page.locator(f"#{other}")).to_be_hidden()
    for hidden in ("header", ".rf-button"):
        assert page.locator(hidden).locator("visible=true").count() == 0
