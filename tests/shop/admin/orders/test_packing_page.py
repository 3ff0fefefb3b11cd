"""The packing list: what to take from the shelf for whom, and what cannot be packed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from kits import clock
from kits.stock.ledger import Cause
from kits.stock.moves import corrections
from shop.admin import lists
from tests.shop.admin.conftest import Staff, words
from tests.shop.admin.orders.conftest import lot_of

PAGE = "/admin/packing"
SERUM = "LOT-SERUM-3M"
Pay = Callable[[], str]


def listed(text: str) -> list[str]:
    """The orders of a page, as they stand."""
    return re.findall(r'<article [^>]*id="([^"]+)"', text)


def test_an_empty_list_says_what_comes_next(staff: Staff, placed: str) -> None:
    assert "Nothing to pack. Orders show up here" in words(staff.get(PAGE))


def test_orders_stand_oldest_first_with_what_they_wait_for(staff: Staff, pay: Pay) -> None:
    numbers = [pay() for _ in range(3)]
    page = staff.get(PAGE)
    assert listed(page.text) == numbers
    assert "3 orders to pack, the oldest first" in words(page)
    assert words(page).count("No lot yet; must last until") == 6
    assert "Walk the shelf" not in page.text


def test_setting_all_aside_gives_one_walk_along_the_shelf(staff: Staff, pay: Pay) -> None:
    numbers = [pay() for _ in range(3)]
    answer = staff.post(PAGE, page=PAGE, order=numbers)
    assert (answer.status_code, answer.location) == (303, PAGE)
    page = staff.get(PAGE)
    walk = page.text.partition('id="walk"')[2].partition("</section>")[0]
    assert [SERUM in walk, walk.count('<span class="rf-pick-units">3</span>')] == [True, 2]
    assert all(f'href="#{number}"' in walk for number in numbers)
    assert "Set aside for all" not in page.text
    assert lot_of(SERUM).allocated == 3


def test_an_order_that_lacks_stock_is_named_and_the_others_are_set_aside(staff: Staff, pay: Pay, now: datetime) -> None:
    numbers = [pay() for _ in range(2)]
    corrections.write_off(lot_of(SERUM).id, 19, Cause("staff:1", now, "a broken shelf"))
    page = staff.post(PAGE, page=PAGE, order=numbers)
    assert page.status_code == 409
    said = words(page)
    assert f"Not set aside: one order {numbers[1]}" in said
    for advice in ("1 of 1 is not on the shelf.", "Receive more", "send a part now"):
        assert advice in said
    assert lot_of(SERUM).allocated == 1


def test_a_lot_that_has_expired_since_it_was_set_aside_is_marked(
    staff: Staff, set_aside: str, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=800))
    said = words(staff.get(PAGE))
    assert "expired: do not send" in said
    assert "expired since: put it back and set aside again" in said


def test_the_list_goes_on_from_page_to_page(staff: Staff, pay: Pay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "A_PAGE", 2)
    numbers, seen, path = [pay() for _ in range(5)], [], PAGE
    for _ in range(3):
        page = staff.get(path).text
        seen += listed(page)
        path = f"{PAGE}?after={page.partition('after=')[2].partition(chr(34))[0]}"
    assert seen == numbers


@pytest.mark.parametrize("query", ["after=abc", "after=-1", f"after={'9' * 30}", "after=%00"])
def test_an_absurd_address_is_left_alone(staff: Staff, paid: str, query: str) -> None:
    assert staff.get(f"{PAGE}?{query}").status_code == 200


@pytest.mark.parametrize("order", ["R-NONE", "x" * 5000, ""])
def test_an_order_nobody_has_is_not_set_aside(staff: Staff, paid: str, order: str) -> None:
    assert staff.post(PAGE, page=PAGE, order=order).status_code == 303
