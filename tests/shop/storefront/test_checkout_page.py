"""The checkout's page and the order it makes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from kits import host
from kits.catalogue import notice
from kits.catalogue.tables import Kit
from kits.clock import today as day_of
from kits.stock.tables import Reservation
from shop.orders.tables import Acknowledgement, Order, OrderLine
from tests.shop.selling.conftest import a_zone, second_kit
from tests.shop.storefront.conftest import Shopper, count, hidden, words

VERSION = "version-mesotherapy-kit"


def test_without_a_basket_there_is_nothing_to_check_out(shopper: Shopper) -> None:
    assert shopper.get("/checkout").location == "/basket"


def test_the_checkout_says_what_is_paid_when_before_anyone_pays(shopper: Shopper) -> None:
    shopper.add()
    said = words(shopper.get("/checkout"))
    for fact in (
        "Due today £89.00",
        "2 refills, charged to your card later",
        "£98.00 in all",
        "£187.00",
        "at least 7 days before each charge",
        "end the refills at any time",
        "We are not registered for VAT",
        "Pay now",
    ):
        assert fact in said


def test_the_whole_notice_stands_above_one_box_that_nobody_has_ticked(shopper: Shopper) -> None:
    shopper.add()
    page = shopper.get("/checkout")
    assert page.text.count('type="checkbox"') == 1
    assert re.findall(r'<input type="checkbox"[^>]*>', page.text)[0].count("checked") == 0
    for line in ("pregnant or breastfeeding", "anticoagulants", "keloid scars", "If you are not sure"):
        assert line in words(page)


def test_a_kit_alone_speaks_of_no_later_charge(shopper: Shopper) -> None:
    shopper.add(refills=0)
    said = words(shopper.get("/checkout"))
    assert "key information" not in said
    assert "By paying you agree" not in said


def test_an_order_is_placed_with_its_acknowledgement_and_the_basket_is_empty(shopper: Shopper) -> None:
    shopper.add()
    placed = shopper.check_out()
    assert placed.status_code == 303
    assert placed.location.startswith("/orders/")
    assert count(Acknowledgement) == 1
    assert "Your basket is empty" in words(shopper.get("/basket"))


def test_two_clicks_make_one_order(shopper: Shopper) -> None:
    shopper.add()
    form = shopper.form()
    first = shopper.client.post("/checkout", data=form)
    second = shopper.client.post("/checkout", data=form)
    assert second.location.partition("?")[0] == first.location.partition("?")[0]
    assert count(Order) == 1


def test_a_second_basket_makes_a_second_order(shopper: Shopper) -> None:
    for _ in range(2):
        shopper.add()
        assert shopper.check_out().status_code == 303
    assert count(Order) == 2


def test_another_s_form_mark_is_not_taken(shopper: Shopper) -> None:
    shopper.add()
    refused = shopper.check_out(submission="of-someone-else")
    assert refused.status_code == 422
    assert count(Order) == 0


def test_every_empty_field_is_named_at_once_and_what_was_typed_stays(shopper: Shopper) -> None:
    shopper.add()
    refused = shopper.check_out(email="nope", name="Ada", line1="", city=" ", postcode="", accepted="")
    assert refused.status_code == 422
    for field in ("email", "line1", "city", "postcode", "accepted"):
        assert f'href="#{field}"' in refused.text
        assert f'id="{field}-error"' in refused.text
    assert 'value="Ada"' in refused.text
    assert 'value="nope"' in refused.text
    assert (count(Order), count(Reservation)) == (0, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "a b@example.org"),
        ("email", "a" * 300 + "@example.org"),
        ("name", "Ada\x00"),
        ("name", "x" * 5000),
        ("line1", "1 High\nStreet"),
        ("postcode", "x" * 13),
        ("country", "XX"),
        ("country", "\x00"),
        (VERSION, "0"),
        ("accepted", "0"),
        ("accepted", "perhaps"),
    ],
)
def test_an_absurd_field_changes_nothing(shopper: Shopper, field: str, value: str) -> None:
    shopper.add()
    refused = shopper.check_out(**{field: value})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert count(Order) == 0


@pytest.mark.parametrize("field", ["email", "name", "line1", "city", "postcode", "country", VERSION, "accepted"])
def test_a_missing_field_changes_nothing(shopper: Shopper, field: str) -> None:
    shopper.add()
    form = shopper.form()
    del form[field]
    assert shopper.client.post("/checkout", data=form).status_code == 422
    assert count(Order) == 0


def test_a_notice_that_changed_meanwhile_must_be_read_anew(shopper: Shopper, now: Any) -> None:
    shopper.add()
    form = shopper.form()
    with host.unit() as session:
        notice.add(session, session.scalars(select(Kit.id)).one(), "Do not use it at all.", day_of(now))
    refused = shopper.client.post("/checkout", data=form)
    assert refused.status_code == 422
    assert "The notice has changed" in words(refused)
    assert "Do not use it at all." in words(refused)
    assert 'name="version-mesotherapy-kit" value="2"' in refused.text


def test_a_kit_that_sold_out_meanwhile_is_a_409_and_nothing_is_charged(shopper: Shopper) -> None:
    shopper.add(quantity=10)
    shopper.add(quantity=10, sessions=6, every_weeks=2)
    shopper.add(quantity=10, sessions=6, every_weeks=3)
    refused = shopper.check_out()
    assert refused.status_code == 409
    assert "Nothing was charged" in words(refused)
    assert count(Order) == 0


def test_only_countries_we_deliver_to_are_offered(shopper: Shopper) -> None:
    with host.unit() as session:
        a_zone(session, "Isles", ["IE", "GB"], post=[(2000, 500)])
    shopper.add()
    said = words(shopper.get("/checkout"))
    assert "United Kingdom Ireland" in said


def test_a_form_that_is_open_while_the_basket_changes_orders_nothing_it_did_not_show(shopper: Shopper) -> None:
    shopper.add()
    form = shopper.form()
    shopper.post("/basket/remove", line=hidden(shopper.get("/basket"), "line"))
    shopper.add(every_weeks=3)  # as dear, on other days
    refused = shopper.client.post("/checkout", data=form)
    assert (refused.status_code, "The basket has changed" in words(refused), count(Order)) == (422, True, 0)


def test_an_order_whose_answer_was_lost_does_not_stand_in_for_another_basket(shopper: Shopper) -> None:
    shopper.add()
    form = shopper.form()
    with shopper.client.session_transaction() as cookie:
        before = dict(cookie)
    lost = shopper.client.post("/checkout", data=form).location
    with shopper.client.session_transaction() as cookie:
        cookie.clear()
        cookie.update(before)
    shopper.add(every_weeks=2)
    placed = shopper.check_out()
    assert placed.status_code == 303
    assert placed.location.partition("?")[0] != lost.partition("?")[0]
    assert count(OrderLine) == 3


def test_an_old_form_pressed_again_leaves_a_new_basket_alone(shopper: Shopper) -> None:
    shopper.add()
    form = shopper.form()
    first = shopper.client.post("/checkout", data=form)
    shopper.add(every_weeks=2)
    again = shopper.client.post("/checkout", data=form)
    assert again.location.partition("?")[0] == first.location.partition("?")[0]
    assert "every 2 weeks" in words(shopper.get("/basket"))


def test_kits_with_notices_of_their_own_show_each_text_above_one_box(shopper: Shopper, now: Any) -> None:
    other = second_kit(now)
    shopper.add()
    shopper.add(kit=other, refills=0)
    page = shopper.get("/checkout")
    assert page.text.count('type="checkbox"') == 1
    assert "keloid scars" in words(page)
    assert "Do not use it on wounds." in words(page)
    assert (hidden(page, VERSION), hidden(page, f"version-{other}")) == ("1", "2")
    refused = shopper.check_out(**{f"version-{other}": "1"})
    assert (refused.status_code, "The notice has changed" in words(refused), count(Order)) == (422, True, 0)
    assert shopper.check_out().status_code == 303
    kept = select(Acknowledgement.version).order_by(Acknowledgement.version)
    assert list(host.session().scalars(kept)) == ["1", "2"]


def test_codes_cannot_be_guessed_without_end(shopper: Shopper) -> None:
    shopper.add()
    form = {**shopper.form(), "do": "apply"}
    shopper.client.application.config["SHOP_RATE_LIMIT_PER_MINUTE"] = 5
    tries = [shopper.client.post("/checkout", data={**form, "discount": f"TRY{n}"}).status_code for n in range(6)]
    assert tries[-1] == 429
