"""The recall's pages in a real browser: by day and by night, on a phone, while the worker writes its mails."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.driving import Bought, Driver
from tests.subscriptions.at_the_desk import checks, desk  # noqa: F401
from tests.subscriptions.recall.conftest import SERUM_LOT

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


def test_a_recall_from_the_lots_code_to_the_customers_page(
    desk: Page,  # noqa: F811
    driver: Driver,
    shipped: Callable[..., Bought],
    deliver: Callable[..., None],
) -> None:
    bought = [shipped(), shipped(refills=False), shipped(quantity=2)][0]
    desk.goto("/admin/recalls")
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
