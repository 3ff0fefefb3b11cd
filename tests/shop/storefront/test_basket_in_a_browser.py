"""The basket in a browser on a phone: a plan edited by keyboard, a removal undone, by day and by night."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from tests.shop.storefront.conftest import dearer
from tests.shop.storefront.test_in_a_browser import KIT, checks, page  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


def test_on_a_phone_a_plan_is_edited_by_keyboard_and_a_removal_undone(page: Page, now: datetime) -> None:  # noqa: F811
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(KIT)
    page.get_by_role("button", name="Add a box of serum").click()
    page.goto(KIT)
    page.get_by_role("button", name="Add with refills").click()
    dearer(now)
    page.reload()
    expect(page.get_by_role("note")).to_contain_text("One costs £95.00 now. It was £89.00.")
    page.get_by_text("Change the plan").focus()
    page.keyboard.press("Enter")
    checks(page)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Sessions", exact=True)).to_be_focused()
    page.keyboard.press("6")
    page.get_by_role("button", name="Save this plan").press("Enter")
    expect(page.get_by_text("6 sessions, every 4 weeks from")).to_be_visible()
    expect(page.get_by_role("note")).to_be_hidden()
    page.get_by_role("button", name="Remove Mesotherapy kit").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Removed: Mesotherapy kit, 6 sessions.")
    checks(page)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("6 sessions, every 4 weeks from")).to_be_visible()
