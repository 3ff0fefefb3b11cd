"""Sums of an order: what the lines, the discount, shipping and the VAT come to, and that no minor unit is lost."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.selling.totals import Discount, Sold, totals
from shop.selling.vat import divided, vat_in

amounts = st.integers(1, 10**7)
rates = st.one_of(st.none(), st.integers(0, 300))
lines = st.lists(st.builds(Sold, amounts, st.booleans()), min_size=1, max_size=8)
codes = st.one_of(
    st.none(),
    st.builds(lambda percent: Discount("CODE", percent=percent), st.integers(1, 100)),
    st.builds(lambda amount: Discount("CODE", amount=amount), amounts),
)


@given(lines, st.integers(0, 10**5), codes, rates)
def test_the_sum_of_the_lines_and_shipping_is_the_total(
    sold: list[Sold], shipping: int, code: Discount | None, rate: int | None
) -> None:
    found = totals(sold, shipping=shipping, discount=code, vat_permille=rate)
    assert found.total == sum(line.due for line in found.lines) + shipping
    assert found.goods == sum(line.gross for line in sold)
    assert found.vat == sum(line.vat for line in found.lines) + found.shipping_vat
    assert found.net + found.vat == found.total


@given(lines, codes)
def test_a_discount_is_divided_without_losing_a_minor_unit(sold: list[Sold], code: Discount | None) -> None:
    found = totals(sold, shipping=0, discount=code, vat_permille=200)
    base = sum(line.gross for line in sold if line.discountable)
    assert found.discount == (code.off(base) if code else 0)
    for line, total in zip(sold, found.lines, strict=True):
        assert 0 <= total.discount <= line.gross
        if not line.discountable:
            assert total.discount == 0


@given(amounts, st.integers(0, 300))
def test_the_vat_in_a_price_is_within_half_a_minor_unit(gross: int, rate: int) -> None:
    exact = Fraction(gross * rate, 1000 + rate)
    assert abs(vat_in(gross, rate) - exact) <= Fraction(1, 2)
    assert 0 <= vat_in(gross, rate) <= gross


@given(st.integers(0, 10**7), st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any))
def test_parts_of_a_divided_sum_add_up_and_are_fair(amount: int, weights: list[int]) -> None:
    parts = divided(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1


def test_nothing_is_divided_by_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        divided(5, [0, 0])


@pytest.mark.parametrize(
    ("gross", "permille", "vat"),
    [(8900, 200, 1483), (4900, 200, 817), (3, 200, 1), (2, 200, 0), (8900, 50, 424), (8900, None, 0)],
)
def test_the_vat_in_known_prices(gross: int, permille: int | None, vat: int) -> None:
    assert vat_in(gross, permille) == vat


def test_a_percentage_is_rounded_half_up() -> None:
    assert Discount("HALF", percent=50).off(101) == 51
    assert Discount("THIRD", percent=33).off(100) == 33


def test_a_discount_never_exceeds_what_it_may_touch() -> None:
    found = totals(
        [Sold(500, True), Sold(9000, False)], shipping=0, discount=Discount("BIG", amount=2000), vat_permille=None
    )
    assert (found.discount, found.total) == (500, 9000)


def test_a_code_takes_nothing_off_where_refills_follow() -> None:
    found = totals([Sold(8900, False)], shipping=395, discount=Discount("TEN", percent=10), vat_permille=200)
    assert (found.discount, found.total, found.vat) == (0, 9295, 1483 + 66)
