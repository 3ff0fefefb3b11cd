"""Shares: what was paid for each unit adds up to what was paid, however it is given back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shop.returns.withdrawing.shares import Part, unit_shares

ROLLER, SERUM = Part(1, 0), Part(1, 1)


def test_the_serum_of_a_kit_is_worth_a_refill_and_the_roller_the_rest() -> None:
    assert unit_shares(8900, 1, [ROLLER, SERUM], 8900, 4900) == [[4000], [4900]]


def test_a_discount_is_shared_by_what_each_part_is_worth() -> None:
    assert unit_shares(4450, 1, [ROLLER, SERUM], 8900, 4900) == [[2000], [2450]]


def test_a_kit_with_two_boxes_of_serum_counts_both() -> None:
    assert unit_shares(12000, 1, [ROLLER, Part(2, 1)], 12000, 4900) == [[2200], [4900, 4900]]


def test_a_part_that_a_refill_holds_twice_is_worth_half_of_it() -> None:
    assert unit_shares(9000, 1, [ROLLER, Part(2, 2)], 9000, 5000) == [[4000], [2500, 2500]]


def test_a_kit_no_dearer_than_its_refill_weighs_its_units_alike() -> None:
    assert unit_shares(4900, 1, [ROLLER, SERUM], 4900, 4900) == [[2450], [2450]]


def test_the_units_of_a_refill_box_weigh_alike() -> None:
    assert unit_shares(4900, 1, [Part(1, 1), Part(1, 1)], 4900, 4900) == [[2450], [2450]]


PARTS = st.lists(st.builds(Part, st.integers(1, 3), st.integers(0, 3)), min_size=1, max_size=4)


@given(st.integers(0, 10**6), st.integers(1, 10), PARTS, st.integers(1, 10**6), st.integers(0, 10**6))
def test_shares_add_up_to_what_was_paid_for_any_discount_quantity_and_kit(
    due: int, quantity: int, parts: list[Part], unit_amount: int, refill_amount: int
) -> None:
    shares = unit_shares(due, quantity, parts, unit_amount, refill_amount)
    assert [len(each) for each in shares] == [part.units * quantity for part in parts]
    assert sum(amount for each in shares for amount in each) == due
    assert min(amount for each in shares for amount in each) >= 0
