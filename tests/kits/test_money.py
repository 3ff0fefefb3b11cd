"""Money: minor units that never mix."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kits.money import Money, add_up

POUND, EURO = Money(100, "GBP"), Money(100, "EUR")
pounds = st.builds(Money, st.integers(-(10**12), 10**12), st.just("GBP"))


@pytest.mark.parametrize(
    "mixing",
    [
        lambda: POUND + EURO,
        lambda: POUND - EURO,
        lambda: POUND < EURO,
        lambda: POUND <= EURO,
        lambda: POUND > EURO,
        lambda: POUND >= EURO,
        lambda: max(POUND, EURO),
        lambda: add_up([POUND, EURO], "GBP"),
        lambda: add_up([POUND], "EUR"),
    ],
)
def test_two_currencies_do_not_mix(mixing: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="do not mix"):
        mixing()


def test_the_same_amount_in_another_currency_is_not_the_same() -> None:
    assert POUND != EURO


@given(pounds, pounds, st.integers(-100, 100))
def test_money_reckons_like_its_minor_units(one: Money, other: Money, times: int) -> None:
    assert (one + other).amount == one.amount + other.amount
    assert (one - other).amount == one.amount - other.amount
    assert (one * times).amount == one.amount * times
    assert (one < other) == (one.amount < other.amount)
    assert (one <= other) == (one.amount <= other.amount)


@given(st.lists(pounds, max_size=9))
def test_a_sum_is_the_sum_of_its_parts(parts: list[Money]) -> None:
    assert add_up(parts, "GBP") == Money(sum(part.amount for part in parts), "GBP")


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(4900, "GBP"), "£49.00"),
        (Money(5, "GBP"), "£0.05"),
        (Money(123456789, "GBP"), "£1,234,567.89"),
        (Money(-250, "GBP"), "-£2.50"),
        (Money(4900, "JPY"), "JP¥4,900"),
    ],
)
def test_money_is_written_as_its_currency_writes_it(money: Money, text: str) -> None:
    assert str(money) == text


def test_the_api_shows_minor_units() -> None:
    assert Money(8900, "GBP").as_json() == {"amount": 8900, "currency": "GBP"}
