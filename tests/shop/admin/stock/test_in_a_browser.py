"""A lot's page, a stock-take and the ledger in a real browser: the keyboard alone, a phone, by day and by night."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.shop.admin.conftest import Staff, sign_in
from tests.shop.admin.stock.conftest import balances

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


@pytest.fixture
def page(browser_page: Page, staff: Staff, stocked: str) -> Iterator[Page]:
    """A phone's page of someone signed in; what its console says of our rules being broken fails the test."""
    said: list[str] = []
    browser_page.set_viewport_size({"width": 390, "height": 844})
    browser_page.on("console", lambda message: said.append(message.text))
    sign_in(browser_page)
    yield browser_page
    assert [text for text in said if "status of 4" not in text] == []


def checks(page: Page) -> None:
    """No violation by day and by night, and nothing wider than the screen."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_keyboard_alone_puts_units_into_quarantine_and_takes_them_back(page: Page, serum: int) -> None:
    page.goto(f"/admin/stock/lots/{serum}")
    page.get_by_text("Put units into quarantine").first.focus()
    page.keyboard.press("Enter")
    checks(page)
    for typed in ("5", "", "a broken seal"):
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("5 units were put into quarantine.")
    checks(page)
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("5 units were put back into use.")
    assert balances(serum) == (20, 0)


def test_a_refused_correction_stays_open_with_its_sentence(page: Page, serum: int) -> None:
    page.goto(f"/admin/stock/lots/{serum}")
    page.get_by_text("Write units off").first.click()
    page.locator("#write_off-units").fill("21")
    page.locator("#write_off-reason").fill("broken")
    page.get_by_role("button", name="Write units off").click()
    expect(page.locator("#write_off-units-error")).to_contain_text("no more than 20 free")
    expect(page.locator("#write_off-reason")).to_have_value("broken")
    checks(page)


def test_the_shelf_is_counted_on_a_phone(page: Page, serum: int) -> None:
    page.goto("/admin/stock")
    checks(page)
    page.get_by_role("link", name="Count the shelf").click()
    checks(page)
    page.get_by_label("SERUM-3M, lot LOT-SERUM-3M").fill("18")
    page.get_by_role("button", name="Post the count").click()
    expect(page.locator("#reason-error")).to_be_visible()
    checks(page)
    page.get_by_label("What do you think happened?").fill("two leaked")
    page.get_by_role("button", name="Post the count").click()
    expect(page.get_by_role("status")).to_contain_text("One lot differed, of 1 counted")
    checks(page)
    assert balances(serum) == (18, 0)


def test_the_ledger_is_picked_without_a_reload_and_the_address_keeps_it(
    page: Page, deliver: Callable[..., int]
) -> None:
    deliver("L-2", 5, days=60)
    page.goto("/admin/stock/ledger")
    checks(page)
    page.evaluate("document.body.dataset.same = 'yes'")
    page.get_by_label("Lot", exact=True).fill("L-2")
    page.get_by_role("button", name="Show these").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert "lot=L-2" in page.url
    assert page.evaluate("document.body.dataset.same") == "yes"
    expect(page.get_by_role("button", name="Show these")).to_be_focused()
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("tbody tr")).to_have_count(3)


def test_an_item_s_figures_and_the_audit_fit_a_phone(page: Page) -> None:
    for path in ("/admin/stock/items/SERUM-3M", "/admin/stock/audit"):
        page.goto(path)
        checks(page)
