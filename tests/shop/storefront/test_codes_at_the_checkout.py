"""Discount codes on the checkout's page: applied, checked again when the order is placed, refused in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from kits import host
from shop.orders.tables import Order
from tests.shop.selling.conftest import code, uses  # noqa: F401
from tests.shop.storefront.conftest import Shopper, count, hidden, words

Make = Callable[..., str]


def the_order() -> Order:
    return host.session().scalars(select(Order)).one()


def test_apply_takes_a_code_off_a_kit_alone_and_it_is_ordered_so(shopper: Shopper, code: Make) -> None:  # noqa: F811
    code("TEN", percent=10)
    shopper.add(refills=0)
    shown = shopper.check_out(discount="ten", do="apply")
    assert "Discount, code TEN −£8.90 Delivery: Tracked, 2 to 3 working days free Due today £80.10" in words(shown)
    assert (shown.status_code, count(Order), uses("TEN")) == (200, 0, 0)
    due = hidden(shown, "due-standard")
    placed = shopper.check_out(discount="ten", shipping="standard", **{"due-standard": due})
    assert (placed.status_code, the_order().total_amount, uses("TEN")) == (303, 8010, 1)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("NOSUCH", "This code is not known"),
        ("USED", "as often as it may be"),
        ("LATER", "This code is not known"),
        ("ALL", "£0.00 would be due, but a card cannot pay less than £0.30"),
    ],
)
def test_a_code_that_takes_nothing_off_says_why(
    shopper: Shopper,
    code: Make,  # noqa: F811
    now: datetime,
    typed: str,
    sentence: str,
) -> None:
    code("USED", percent=10, most_uses=0)
    code("LATER", percent=10, valid_from=now + timedelta(days=1))
    code("ALL", percent=100)
    shopper.add(refills=0)
    for do in ("apply", "pay"):
        shown = shopper.check_out(discount=typed, do=do)
        assert (shown.status_code, sentence in words(shown)) == (422, True)
        assert 'href="#discount"' in shown.text
        assert "Due today £89.00" in words(shown)
    assert count(Order) == 0


def test_a_code_does_not_touch_a_kit_with_refills(shopper: Shopper, code: Make) -> None:  # noqa: F811
    code("TEN", percent=10)
    shopper.add()
    shown = shopper.check_out(discount="TEN", do="apply")
    assert (shown.status_code, "Codes hold for kits bought without refills" in words(shown)) == (422, True)
