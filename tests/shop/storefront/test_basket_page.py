"""The basket's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tests.servers.client import Visitor
from tests.shop.storefront.conftest import Shopper, line_of, words


def test_an_empty_basket_says_what_comes_next(client: Visitor, kit: str) -> None:
    assert "Your basket is empty. Plan your sessions" in words(client.get("/basket"))


def test_a_plan_put_in_is_shown_with_its_line_and_its_cost(shopper: Shopper) -> None:
    added = shopper.add()
    assert (added.status_code, added.location) == (303, "/basket")
    page = shopper.get("/basket")
    assert "rf-drop" in page.text
    assert "2 refills follow, £49.00 each. The whole plan costs £187.00" in words(page)
    assert "Due today £89.00" in words(page)


def test_the_same_plan_twice_is_one_line_of_two_kits(shopper: Shopper) -> None:
    shopper.add()
    shopper.add()
    page = words(shopper.get("/basket"))
    assert page.count("10 sessions, every 4 weeks") == 1
    assert "Due today £178.00" in page


def test_two_plans_are_two_lines(shopper: Shopper) -> None:
    shopper.add()
    shopper.add(sessions=6, every_weeks=2)
    assert "Due today £178.00" in words(shopper.get("/basket"))


def test_a_sixth_plan_does_not_fit(shopper: Shopper) -> None:
    for sessions in range(6, 11):
        assert shopper.add(sessions=sessions).status_code == 303
    refused = shopper.add(sessions=6, every_weeks=2)
    assert refused.status_code == 422
    assert "A basket takes 5 different plans" in words(refused)


@pytest.mark.parametrize("quantity", ["0", "11", "abc", str(10**9), "-1", ""])
def test_an_absurd_quantity_changes_nothing(shopper: Shopper, quantity: str) -> None:
    assert shopper.add(quantity=quantity).status_code == 422
    assert "Your basket is empty" in words(shopper.get("/basket"))
    shopper.add()
    line = line_of(shopper)
    refused = shopper.post("/basket/change", line=line, quantity=quantity)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "Due today £89.00" in words(shopper.get("/basket"))


def test_a_quantity_can_be_changed_and_a_line_removed(shopper: Shopper) -> None:
    shopper.add()
    line = line_of(shopper)
    assert shopper.post("/basket/change", line=line, quantity=3).status_code == 303
    assert "Due today £267.00" in words(shopper.get("/basket"))
    assert shopper.post("/basket/remove", line=line).status_code == 303
    assert "Your basket is empty" in words(shopper.get("/basket"))


def test_removing_what_is_not_there_is_no_error(shopper: Shopper) -> None:
    assert shopper.post("/basket/remove", line="nothing").status_code == 303
    assert shopper.post("/basket/change", line="nothing", quantity=2).status_code == 303


def test_more_than_there_is_is_sold_out(shopper: Shopper) -> None:
    shopper.add(quantity=10)
    shopper.add(quantity=10, sessions=6, every_weeks=2)
    shopper.add(quantity=10, sessions=6, every_weeks=3)
    page = words(shopper.get("/basket"))
    assert "Not enough in stock" in page
    assert "To the checkout" not in page


def test_a_sold_out_kit_is_a_409_with_what_to_do(client: Visitor, kit: str, today: object) -> None:
    shopper = Shopper(client, {"kit": kit, "sessions": "6", "every_weeks": "2", "start": str(today)})
    # Without stock the kit's page has no form; another page of ours has the visitor's token, too.
    refused = shopper.post("/basket", page="/admin/sign-in", **shopper.plan)
    assert refused.status_code == 409
    assert "Sold out" in words(refused)
    assert "new stock arrives" in words(refused)


def test_an_unknown_kit_is_a_404_and_puts_nothing_in(shopper: Shopper) -> None:
    assert shopper.add(kit="nothing").status_code == 404
    assert shopper.add(kit="a\x00b").status_code in (404, 422)
    assert "Your basket is empty" in words(shopper.get("/basket"))


def test_a_start_that_has_passed_meanwhile_asks_to_plan_again(shopper: Shopper, now: object) -> None:
    shopper.add()
    with time_machine.travel(now + timedelta(days=30)):  # type: ignore[operator]
        page = words(shopper.get("/basket"))
        assert "This plan needs a change" in page
        assert "Plan again" in page
        assert "To the checkout" not in page
        assert shopper.get("/checkout").location == "/basket"


def test_a_form_without_its_token_is_turned_away(shopper: Shopper) -> None:
    refused = shopper.client.post("/basket", data=shopper.plan)
    assert refused.status_code == 400
    assert "rf-page" in refused.text
    assert "Your basket is empty" in words(shopper.get("/basket"))
