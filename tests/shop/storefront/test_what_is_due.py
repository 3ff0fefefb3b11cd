"""The checkout's sums: ways of sending, codes, VAT, and that what the customer saw is what is ordered."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from sqlalchemy import delete, select

from kits import host
from kits.catalogue.tables import Price
from shop.orders.tables import Agreement, Order
from shop.owner import facts, pages
from shop.selling import shipping
from tests.bench.statements import counted
from tests.servers.sandbox import Sandbox
from tests.shop.selling.conftest import a_zone
from tests.shop.storefront.conftest import ADDRESS, Shopper, all_hidden, count, dearer, hidden, words


@pytest.fixture
def two_ways(shopper: Shopper) -> None:
    """The shop sends for nothing, or the next working day for 3.95."""
    with host.unit() as session:
        shipping.plant(session)


def the_order() -> Order:
    return host.session().scalars(select(Order)).one()


@pytest.mark.usefixtures("two_ways")
def test_the_cheapest_way_is_chosen_beforehand_and_each_says_what_it_comes_to(shopper: Shopper) -> None:
    shopper.add()
    page = shopper.get("/checkout")
    assert "Delivery: Tracked, 2 to 3 working days free Due today £89.00" in words(page)
    assert "Next working day, £3.95: £92.95 today" in words(page)
    assert re.findall(r'value="(\w+)" checked', page.text) == ["standard"]


@pytest.mark.usefixtures("two_ways")
def test_another_way_is_ordered_as_it_stood_on_the_page(shopper: Shopper) -> None:
    shopper.add()
    assert shopper.check_out(shipping="express").status_code == 303
    assert (the_order().total_amount, the_order().shipping_method) == (9295, "Next working day")


@pytest.mark.usefixtures("two_ways")
def test_update_shows_the_sums_of_another_country_and_loses_nothing(shopper: Shopper) -> None:
    with host.unit() as session:
        a_zone(session, "Ireland", ["IE"], boat=[(5000, 1200)])
    shopper.add()
    shown = shopper.check_out(country="IE", shipping="standard", do="update", accepted="", postcode="D02 AF30")
    assert shown.status_code == 200
    assert "Delivery: Boat £12.00 Due today £101.00" in words(shown)
    assert 'role="alert"' not in shown.text
    for value in ("D02 AF30", ADDRESS["email"], ADDRESS["line1"]):
        assert f'value="{value}"' in shown.text
    assert '<option value="IE" selected>' in shown.text
    assert count(Order) == 0
    hides = all_hidden(shown)
    form = {**ADDRESS, **hides, "country": "IE", "postcode": "D02 AF30", "shipping": "boat", "accepted": "1"}
    assert shopper.client.post("/checkout", data=form).status_code == 303
    assert (the_order().country, the_order().total_amount) == ("IE", 10100)


@pytest.mark.usefixtures("two_ways")
def test_a_country_changed_without_update_is_shown_its_sums_before_anything_is_ordered(shopper: Shopper) -> None:
    with host.unit() as session:
        a_zone(session, "Ireland", ["IE"], standard=[(5000, 1200)])
    shopper.add()
    refused = shopper.check_out(country="IE", shipping="standard", postcode="D02 AF30")
    assert refused.status_code == 422
    assert "£101.00 is due today, not £89.00 as this page said before" in words(refused)
    assert hidden(refused, "due-standard") == "10100"
    assert count(Order) == 0


def test_where_no_parcel_is_heavy_enough_the_country_says_so(shopper: Shopper) -> None:
    with host.unit() as session:
        a_zone(session, "Home", ["GB"], post=[(30_000, 0)])
        a_zone(session, "Ireland", ["IE"], pigeon=[(100, 300)])
    shopper.add()
    shown = shopper.check_out(country="IE", do="update")
    assert (shown.status_code, "No parcel there takes as much" in words(shown)) == (422, True)


def test_a_basket_that_is_too_heavy_for_any_parcel_is_told_so(shopper: Shopper) -> None:
    shopper.add()
    form = shopper.form()
    with host.unit() as session:
        a_zone(session, "Home", ["GB"], pigeon=[(100, 300)])
    for page in (shopper.get("/checkout"), shopper.client.post("/checkout", data=form)):
        assert (page.status_code, "Choose fewer kits or boxes" in words(page)) == (422, True)
    assert count(Order) == 0


def test_the_vat_stands_in_the_sums_or_that_there_is_none(shopper: Shopper, now: datetime) -> None:
    shopper.add()
    assert "This shop is not VAT registered: no VAT is charged." in words(shopper.get("/checkout"))
    facts.change({"vat_number": "GB123456789"}, actor="test", now=now)
    assert "Due today £89.00 of which VAT (20%) £14.83" in words(shopper.get("/checkout"))
    facts.change({"vat_permille": 175}, actor="test", now=now)
    assert "of which VAT (17.5%)" in words(shopper.get("/checkout"))


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("kit", "£95.00 is due today, not £89.00 as this page said before. Nothing was ordered."),
        ("refill", "£89.00 is due today, not £89.00 as this page said before, and £190.00 later for refills"),
    ],
)
def test_a_price_that_changed_meanwhile_is_said_and_nothing_is_placed(
    shopper: Shopper, now: datetime, kind: str, sentence: str
) -> None:
    shopper.add()
    form = shopper.form()
    dearer(now, kind)
    refused = shopper.client.post("/checkout", data=form)
    assert (refused.status_code, sentence in words(refused), count(Order)) == (422, True, 0)
    assert shopper.check_out().status_code == 303, "what is shown now may be ordered"


def test_a_price_that_changed_since_it_was_put_in_is_told_beside_its_line(shopper: Shopper, now: datetime) -> None:
    shopper.add()
    assert "has changed" not in words(shopper.get("/checkout"))
    dearer(now)
    assert (
        "Mesotherapy kit £95.00 The price has changed since you put this in One costs £95.00 now. It was £89.00."
        in (words(shopper.get("/checkout")))
    )


def test_the_key_information_stands_in_one_place_above_the_button(shopper: Shopper) -> None:
    shopper.add()
    said = words(shopper.get("/checkout"))
    key = said[said.index("Your refills: the key information") : said.index("Pay now")]
    for fact in (
        "2 refills, charged to your card later: one every three months, the first on about",
        "£49.00",
        "All refills, delivery included £98.00",
        "The whole plan, today’s payment included £187.00",
        "at least 7 days before each charge",
        "You can end the refills at any time",
        "You can cancel within 14 days",
        "as long as the seal is not broken",
        "goes by our cheapest delivery",
        "By paying you agree that Refillery charges the card you pay with for 2 refills, £49.00 each",
        "By paying you accept our terms",
    ):
        assert fact in key


def test_the_agreement_that_is_kept_is_the_sentence_on_the_page(shopper: Shopper, now: datetime) -> None:
    pages.publish("terms", "Terms", "Be kind.", actor="test", now=now)
    shopper.add()
    said = words(shopper.get("/checkout"))
    shopper.check_out()
    kept = {each.kind: each for each in host.session().scalars(select(Agreement))}
    assert kept["refill_charges"].text in said
    assert "By paying you accept our terms , version 1" in said
    assert kept["terms"].version == "1"


def test_terms_that_changed_meanwhile_are_agreed_to_by_nobody_who_saw_the_old_ones(
    shopper: Shopper, now: datetime
) -> None:
    shopper.add()
    form = shopper.form()
    pages.publish("terms", "Terms", "Be kind.", actor="test", now=now)
    refused = shopper.client.post("/checkout", data=form)
    assert (refused.status_code, "Our terms have changed" in words(refused), count(Agreement)) == (422, True, 0)
    assert shopper.check_out().status_code == 303


def test_whoever_the_notice_is_about_finds_a_calm_way_out_and_nothing_is_kept(
    shopper: Shopper, caplog: pytest.LogCaptureFixture
) -> None:
    shopper.add()
    assert 'href="/checkout/not-now"' in shopper.get("/checkout").text
    with counted(host.engine()) as statements, caplog.at_level(0):
        shown = shopper.get("/checkout/not-now")
    assert [each for each in statements if not each.startswith("SELECT shop_fact")] == []
    assert [record for record in caplog.records if record.name.startswith("refillery")] == []
    assert "Set-Cookie" not in shown.headers
    assert shown.headers["Cache-Control"] == "no-store"
    said = words(shown)
    for fact in ("Please ask your doctor first", "Nothing was ordered or charged", "Back to the checkout", "empty it"):
        assert fact in said
    assert "Due today £89.00" in words(shopper.get("/checkout")), "the way back leads to the same basket"


def test_a_changed_form_under_the_same_mark_leads_to_the_order_it_made(shopper: Shopper) -> None:
    shopper.add()
    form = shopper.form()
    first = shopper.client.post("/checkout", data=form)
    for changed in ({"name": "Another"}, {"email": "nobody"}, {"shipping": "by owl"}, {"due": "x"}, {"accepted": ""}):
        again = shopper.client.post("/checkout", data={**form, **changed})
        assert again.location.partition("?")[0] == first.location.partition("?")[0], changed
    assert count(Order) == 1


def test_a_line_that_stock_cannot_meet_says_so_and_offers_no_payment(shopper: Shopper) -> None:
    for weeks in (2, 3, 4):
        shopper.add(quantity=10, sessions=6, every_weeks=weeks)
    page = shopper.get("/checkout")
    assert words(page).count("There is not enough of this in stock just now") == 1
    assert "Pay now" not in words(page)
    refused = shopper.check_out()
    assert (refused.status_code, "Nothing was charged" in words(refused), count(Order)) == (409, True, 0)


def test_the_checkout_asks_the_database_little(shopper: Shopper) -> None:
    shopper.add()
    form = shopper.form()
    with counted(host.engine()) as looking:
        shopper.get("/checkout")
    assert len(asked(looking)) <= 2, asked(looking)
    with counted(host.engine()) as buying:  # without keys there is no payment page to be made
        assert shopper.client.post("/checkout", data=form).status_code == 303
    assert len(asked(buying)) <= 11, "\n".join(asked(buying))


def test_an_order_with_its_payment_page_takes_twenty_statements_at_most(shopper: Shopper, sandbox: Sandbox) -> None:
    shopper.add()
    form = shopper.form()
    with counted(host.engine()) as buying:
        assert shopper.client.post("/checkout", data=form).location.startswith(sandbox.url)
    assert len(asked(buying)) <= 20, "\n".join(asked(buying))


def asked(statements: list[str]) -> list[str]:
    """The statements without what SQLite and the counting of requests add."""
    return [each for each in statements if not each.startswith(("BEGIN", "PRAGMA"))]


def test_a_kit_that_is_no_longer_sold_leads_back_to_the_basket(shopper: Shopper) -> None:
    shopper.add()
    form = shopper.form()
    with host.unit() as session:
        session.execute(delete(Price).where(Price.kind == "refill"))
    assert shopper.get("/checkout").location == "/basket"
    answer = shopper.client.post("/checkout", data=form)
    assert (answer.status_code, count(Order)) in ((303, 0), (404, 0))
