"""What people read before they buy, in a real browser: by day and by night, on a phone and on a desk."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import update

from kits import host
from kits.catalogue.tables import Kit
from shop.owner import facts

KIT = "/kits/mesotherapy-kit"
TRADER = {"trader_name": "Example Ltd", "clinic_session": 15000, "clinic_source": "The Example Survey, 2026"}
TAGS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


@pytest.fixture
def page(browser_page: Page, stocked: str, now: datetime) -> Iterator[Page]:
    """A page in front of a shop that says all it can; anything in its console fails the test."""
    facts.change(TRADER, actor="staff:1", now=now)
    with host.unit() as session:
        session.execute(update(Kit).values(needle_um=300))
    said: list[str] = []
    browser_page.on("console", lambda message: said.append(message.text))
    yield browser_page
    assert said == []


def until_told(page: Page) -> None:
    """Processes show facts that are a few seconds old; go on when all of them know ours."""
    in_a_row, end = 0, time.monotonic() + 20
    while in_a_row < 6 and time.monotonic() < end:
        in_a_row = in_a_row + 1 if "rf-cost" in page.request.get(f"{KIT}/plan").text() else 0
        time.sleep(0 if in_a_row else 0.2)


@pytest.mark.parametrize("path", ["/", KIT, "/guide", "/terms", "/privacy"])
def test_what_people_read_before_they_buy_can_be_read_by_everyone(page: Page, path: str) -> None:
    page.goto(path)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found = Axe().run(page, options=TAGS).response["violations"]
            assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_guide_leads_into_the_plan_builder_with_its_plan(page: Page) -> None:
    page.goto("/guide")
    page.get_by_role("link", name="6 sessions, one every 4 weeks").click()
    expect(page.get_by_role("heading", name="Your plan")).to_be_visible()
    expect(page.get_by_label("Sessions", exact=True)).to_have_value("6")
    expect(page.get_by_label("One every", exact=True)).to_have_value("4")


def test_the_cost_at_a_clinic_follows_what_is_typed(page: Page) -> None:
    until_told(page)
    page.goto(f"{KIT}?sessions=10&every_weeks=4")
    page.get_by_label("Sessions", exact=True).select_option("6")
    expect(page.locator(".rf-cost")).to_contain_text("The same 6 sessions at a clinic £900.00")


def test_on_a_phone_the_plan_its_cost_and_who_must_not_use_it_come_first(page: Page) -> None:
    until_told(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(KIT)
    tops = [
        page.locator(place).first.evaluate("each => each.getBoundingClientRect().top + scrollY")
        for place in ("#plan-heading", ".rf-sum-total", ".rf-cost", "#who", "#box")
    ]
    assert tops == sorted(tops)
    assert tops[0] < 844
    page.get_by_role("link", name="Back to your plan").last.click()
    expect(page.locator("#plan-heading")).to_be_in_viewport()


def test_a_long_text_leads_to_its_parts(page: Page) -> None:
    page.goto("/terms")
    page.get_by_role("navigation", name="On this page").get_by_role("link", name="Model withdrawal form").click()
    expect(page.get_by_role("heading", name="Model withdrawal form")).to_be_in_viewport()
