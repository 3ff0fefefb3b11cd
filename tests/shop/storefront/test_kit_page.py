"""The front page and the kit's page with its plan builder."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kits import host
from kits.catalogue.tables import Kit
from tests.servers.client import Visitor
from tests.shop.storefront.conftest import Shopper, words

KIT = "/kits/mesotherapy-kit"
ABSURD = [
    ("sessions", "5", "Choose 6 to 10 sessions."),
    ("sessions", "11", "Choose 6 to 10 sessions."),
    ("sessions", "abc", "Choose how many sessions you plan."),
    ("sessions", "9" * 5000, "Choose how many sessions you plan."),
    ("sessions", "\x00", "Choose how many sessions you plan."),
    ("every_weeks", "1", "Leave 2 to 4 weeks between sessions."),
    ("every_weeks", "5", "Leave 2 to 4 weeks between sessions."),
    ("start", "2020-01-01", "Choose a start from today to 90 days ahead."),
    ("start", "9999-12-31", "Choose an earlier start."),
    ("start", "2027-02-30", "Choose the day of your first session."),
    ("start", "", "Choose the day of your first session."),
    ("quantity", "0", "Choose a quantity from 1 to 10."),
    ("quantity", str(10**9), "Choose how many kits you want."),
    ("quantity", "1.5", "Choose how many kits you want."),
    ("refills", "perhaps", "Choose one of the two."),
]


def test_the_front_page_leads_to_the_kit(client: Visitor, kit: str) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert f'href="{KIT}"' in page.text


def test_the_front_page_of_an_empty_shop_says_so(client: Visitor) -> None:
    assert "nothing on sale" in words(client.get("/"))
    assert client.get("/kits").location == "/"


def test_the_menu_leads_straight_to_the_only_kit_with_the_plan_asked_for(client: Visitor, kit: str) -> None:
    assert client.get("/kits").location == KIT
    assert client.get("/kits?sessions=6&every_weeks=4&x=1").location == f"{KIT}?sessions=6&every_weeks=4"


def test_the_kit_page_shows_what_one_needs_to_know_before_buying(client: Visitor, stocked: str) -> None:
    said = words(client.get(KIT))
    facts = ("£89.00", "£49.00", "not registered for VAT", "In stock", "0.25 mm", "anticoagulants")
    for fact in (*facts, "Put on the serum", "70% isopropyl alcohol", "2 to 3 months: where results come"):
        assert fact in said


def test_a_plan_in_the_address_is_worked_out_without_javascript(client: Visitor, stocked: str, today: date) -> None:
    page = client.get(f"{KIT}?sessions=10&every_weeks=4&start={today}")
    assert page.status_code == 200
    assert page.text.count("rf-session-number") == 10
    assert page.text.count("rf-drop") == 2
    assert "£187.00" in page.text


def test_the_kit_alone_costs_the_kit_alone(client: Visitor, stocked: str) -> None:
    said = words(client.get(f"{KIT}?sessions=10&every_weeks=4&refills=0"))
    assert "The kit alone £89.00" in said


def test_a_plan_without_refills_asks_nothing_about_them(client: Visitor, stocked: str) -> None:
    said = words(client.get(f"{KIT}?sessions=6&every_weeks=2"))
    assert "no refills are needed" in said
    assert "Add to basket" in said
    assert "Add with refills" not in said


def test_the_fragment_is_the_part_of_the_page_that_changes(client: Visitor, stocked: str) -> None:
    fragment = client.get(f"{KIT}/plan?sessions=10&every_weeks=4")
    assert fragment.status_code == 200
    assert "<html" not in fragment.text
    assert "£187.00" in fragment.text
    assert fragment.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("field", "value", "sentence"), ABSURD)
def test_an_absurd_plan_gets_a_sentence_beside_its_field(
    client: Visitor, stocked: str, field: str, value: str, sentence: str
) -> None:
    page = client.get(KIT, query_string={field: value})
    assert page.status_code == 422
    assert sentence in words(page)
    assert 'role="alert"' in page.text
    assert client.get(f"{KIT}/plan", query_string={field: value}).status_code == 422


def test_what_was_typed_stays_in_the_form(client: Visitor, stocked: str) -> None:
    page = client.get(f"{KIT}?sessions=11&start=2020-01-01")
    assert '<option value="11" selected>' in page.text
    assert 'value="2020-01-01"' in page.text
    assert 'id="sessions-error"' in page.text
    assert 'aria-describedby="sessions-error"' in page.text


def test_without_stock_the_page_says_sold_out_and_offers_no_button(client: Visitor, kit: str) -> None:
    page = client.get(KIT)
    assert "Sold out." in words(page)
    assert "Add" not in words(page)


def test_more_kits_than_there_are_are_sold_out(client: Visitor, shopper: Shopper) -> None:
    for _ in range(2):
        shopper.add(quantity=10, refills=0)
        shopper.check_out()
    assert "Sold out." in words(client.get(KIT))


@pytest.mark.parametrize("path", ["/kits/nothing", "/kits/nothing/plan", "/kits/a%00b", "/kits/%F0%9F%92%A9"])
def test_an_unknown_kit_is_a_page_of_ours(client: Visitor, kit: str, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 404
    assert "We cannot find this" in words(page)


def test_an_unpublished_kit_is_not_shown(client: Visitor, kit: str) -> None:
    with host.unit() as session:
        session.query(Kit).update({"published": False})
    assert client.get(KIT).status_code == 404


def test_a_start_may_lie_ninety_days_ahead_and_no_more(client: Visitor, stocked: str, today: date) -> None:
    assert client.get(f"{KIT}?start={today + timedelta(days=90)}").status_code == 200
    assert client.get(f"{KIT}?start={today + timedelta(days=91)}").status_code == 422
