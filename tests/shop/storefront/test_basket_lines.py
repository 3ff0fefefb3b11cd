"""The lines of a basket: loose boxes, plans edited in place, removal with undo, and prices that have changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from shop.storefront import kept
from tests.shop.storefront.conftest import Shopper, dearer, hidden, line_of, words
from tests.shop.storefront.test_statements import statements


def test_a_box_of_serum_is_bought_alone_from_the_kits_page_and_from_the_basket(shopper: Shopper) -> None:
    assert "Add a box of serum" in words(shopper.get("/kits/mesotherapy-kit"))
    shopper.add()
    assert "Add a box of serum" in words(shopper.get("/basket"))
    assert shopper.post("/basket/box", kit=shopper.plan["kit"], quantity=1).status_code == 303
    page = words(shopper.get("/basket"))
    assert "Refill box for the Mesotherapy kit Bought alone, without a plan." in page
    assert "Due today £143.00" in page
    assert "Add a box of serum" not in page
    assert shopper.get("/checkout").status_code == 200


@pytest.mark.parametrize("quantity", ["", "0", "11", "-1", "abc", str(10**9)])
def test_an_absurd_number_of_boxes_is_told_in_the_basket(shopper: Shopper, quantity: str) -> None:
    refused = shopper.post("/basket/box", kit=shopper.plan["kit"], quantity=quantity)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "Your basket is empty" in words(shopper.get("/basket"))


@pytest.mark.parametrize("slug", ["", "nothing", "a\x00b", "x" * 300])
def test_boxes_of_no_kit_are_not_sold(shopper: Shopper, slug: str) -> None:
    assert shopper.post("/basket/box", kit=slug, quantity=1).status_code in (404, 422)
    assert "Your basket is empty" in words(shopper.get("/basket"))


def test_a_plan_is_edited_in_place_and_its_dates_and_total_follow(shopper: Shopper, plan: dict[str, str]) -> None:
    shopper.add(sessions=6, every_weeks=2)
    shopper.add(quantity=2)
    assert edited(shopper, line_of(shopper, 1), plan, sessions="6", refills="0").status_code == 303
    page = words(shopper.get("/basket"))
    assert "6 sessions, every 4 weeks from" in page
    assert "Due today £267.00" in page
    assert "10 sessions" not in page.partition("Change the plan")[0]
    assert line_of(shopper, 0).startswith("mesotherapy-kit.6.2")


def test_a_plan_that_becomes_that_of_another_line_joins_it(shopper: Shopper, plan: dict[str, str]) -> None:
    shopper.add(sessions=6)
    shopper.add()
    edited(shopper, line_of(shopper, 0), plan)
    assert [(wish.sessions, wish.quantity) for wish in wishes(shopper)] == [(10, 2)]


def test_a_full_basket_can_still_be_edited(shopper: Shopper, plan: dict[str, str]) -> None:
    for sessions in range(6, 11):
        shopper.add(sessions=sessions)
    assert edited(shopper, line_of(shopper, 0), plan, every_weeks="3").status_code == 303


@pytest.mark.parametrize(
    ("field", "typed"),
    [(field, typed) for field in ("sessions", "every_weeks") for typed in ("", "0", "abc", str(10**9), "9" * 300)]
    + [("start", typed) for typed in ("", "soon", "2020-01-01", "9" * 300)]
    + [("refills", typed) for typed in ("perhaps", "x" * 300)],
)
def test_a_plan_that_cannot_be_changes_nothing_and_keeps_what_was_typed(
    shopper: Shopper, plan: dict[str, str], field: str, typed: str
) -> None:
    shopper.add()
    before = wishes(shopper)
    refused = edited(shopper, line_of(shopper), plan, **{field: typed})
    assert refused.status_code == 422
    assert f'id="{field}-1-error"' in refused.text
    assert f'href="#{field}-1"' in refused.text
    assert f'value="{typed}"' in refused.text
    assert wishes(shopper) == before


@pytest.mark.parametrize("key", ["", "nothing", "mesotherapy-kit.6.2.2026-01-01.1", "x" * 3000])
@pytest.mark.parametrize("path", ["plan", "price", "change", "remove"])
def test_a_line_that_is_not_in_ones_basket_is_left_alone(
    shopper: Shopper, plan: dict[str, str], path: str, key: str
) -> None:
    shopper.add()
    before = wishes(shopper)
    assert shopper.post(f"/basket/{path}", **{**plan, "line": key, "unit": "1", "refill": "1"}).status_code == 303
    assert wishes(shopper) == before


def test_an_edit_sent_twice_is_one_edit(shopper: Shopper, plan: dict[str, str]) -> None:
    shopper.add()
    key = line_of(shopper)
    for _ in range(2):
        assert edited(shopper, key, plan, sessions="6").status_code == 303
    assert [(wish.sessions, wish.quantity) for wish in wishes(shopper)] == [(6, 1)]


def test_a_box_has_no_plan_to_edit(shopper: Shopper, plan: dict[str, str]) -> None:
    shopper.post("/basket/box", kit=shopper.plan["kit"])
    refused = edited(shopper, line_of(shopper), plan)
    assert (refused.status_code, "A box bought alone has no plan." in refused.text) == (422, True)


def test_a_removed_line_is_put_back_where_it_was_and_only_once(shopper: Shopper) -> None:
    for sessions in (6, 7, 8):
        shopper.add(sessions=sessions)
    before = wishes(shopper)
    key = line_of(shopper, 1)
    for _ in range(2):  # The second click finds nothing more to remove.
        shopper.post("/basket/remove", line=key)
    assert "Removed: Mesotherapy kit, 7 sessions." in words(shopper.get("/basket"))
    for _ in range(2):
        assert shopper.post("/basket/undo").status_code == 303
        assert wishes(shopper) == before
    assert "Removed:" not in words(shopper.get("/basket"))


def test_after_another_change_there_is_nothing_to_undo(shopper: Shopper) -> None:
    shopper.add()
    shopper.post("/basket/remove", line=line_of(shopper))
    shopper.add(sessions=6)
    shopper.post("/basket/undo")
    assert [wish.sessions for wish in wishes(shopper)] == [6]


def test_a_price_that_changed_is_told_beside_its_line_until_it_is_taken(shopper: Shopper, now: datetime) -> None:
    shopper.add()
    assert "has changed" not in words(shopper.get("/basket"))
    dearer(now)
    dearer(now, "refill", 5500)
    page = shopper.get("/basket")
    assert "One costs £95.00 now. It was £89.00. Each refill of one costs £55.00 now. It was £49.00." in words(page)
    assert "Due today £95.00" in words(page)
    seen = {name: hidden(page, name) for name in ("line", "unit", "refill")}
    for _ in range(2):
        assert shopper.post("/basket/price", page="/basket", **seen).status_code == 303
    assert "has changed" not in words(shopper.get("/basket"))


def test_a_price_that_the_customer_has_not_seen_is_still_told(shopper: Shopper, now: datetime) -> None:
    shopper.add()
    dearer(now)
    shopper.post("/basket/price", line=line_of(shopper), unit=9100, refill=4900)
    assert "It was £89.00" in words(shopper.get("/basket"))


@pytest.mark.parametrize("unit", ["", "abc", "1e3", "9" * 300])
def test_a_price_that_is_no_sum_is_not_taken(shopper: Shopper, now: datetime, unit: str) -> None:
    shopper.add()
    dearer(now)
    for field in ("unit", "refill"):
        seen = {"unit": 9500, "refill": 4900, field: unit}
        assert shopper.post("/basket/price", line=line_of(shopper), **seen).status_code == 422
    assert "It was £89.00" in words(shopper.get("/basket"))


def test_who_changes_a_line_has_seen_its_new_price(shopper: Shopper, now: datetime) -> None:
    shopper.add()
    dearer(now)
    shopper.post("/basket/change", line=line_of(shopper), quantity=2)
    page = words(shopper.get("/basket"))
    assert ("has changed" in page, "Due today £190.00" in page) == (False, True)


def test_a_basket_from_before_prices_were_kept_still_works(
    shopper: Shopper, now: datetime, plan: dict[str, str]
) -> None:
    with shopper.client.session_transaction() as session:
        session[kept.BASKET] = [[plan["kit"], 1, 10, 4, plan["start"], 1]]
    dearer(now)
    page = words(shopper.get("/basket"))
    assert ("has changed" in page, "Due today £95.00" in page) == (False, True)


def test_too_little_stock_is_told_beside_the_line_it_is_too_little_for(shopper: Shopper) -> None:
    shopper.add(quantity=10)
    shopper.add(quantity=10, sessions=6)
    shopper.add(quantity=10, sessions=7)
    page = shopper.get("/basket").text
    told = [part.count("Not enough in stock for this line") for part in page.split('aria-labelledby="line-')[1:]]
    assert told == [0, 0, 1]


def test_more_than_there_is_leaves_the_line_as_it_was(shopper: Shopper) -> None:
    for quantity in (10, 5):
        shopper.add(quantity=quantity, refills=0)
        shopper.check_out()
    shopper.add()
    refused = shopper.post("/basket/change", line=line_of(shopper), quantity=10)
    assert refused.status_code == 409
    assert 'id="quantity-1-error"' in refused.text
    assert [wish.quantity for wish in wishes(shopper)] == [1]


def test_the_total_says_what_is_still_to_be_chosen_and_no_vat_of_who_is_not_registered(shopper: Shopper) -> None:
    shopper.add()
    page = words(shopper.get("/basket"))
    assert "You choose the delivery at the checkout" in page
    assert "We are not registered for VAT" in page
    assert "include VAT" not in page


def test_a_basket_takes_as_many_statements_for_five_lines_as_for_one(shopper: Shopper, app: Flask) -> None:
    shopper.add(sessions=6)
    shopper.get("/basket")
    with statements(app) as one:
        shopper.get("/basket")
    for sessions in (7, 8, 9):
        shopper.add(sessions=sessions)
    shopper.post("/basket/box", kit=shopper.plan["kit"])
    with statements(app) as five:
        shopper.get("/basket")
    assert len(five) == len(one) <= 6


def edited(shopper: Shopper, key: str, plan: dict[str, str], **changed: str) -> Any:
    """Send the form that changes the plan of a line."""
    return shopper.post("/basket/plan", page="/basket", **{**plan, "line": key, **changed})


def wishes(shopper: Shopper) -> list[Any]:
    """What the visitor's basket holds."""
    with shopper.client.session_transaction() as session:
        return [kept._read(line).wish for line in session.get(kept.BASKET, ())]
