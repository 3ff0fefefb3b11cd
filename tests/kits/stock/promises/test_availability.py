"""What can be promised, against a plain search: does an assignment of promised units to lots exist?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kits.stock.promises.availability import Shelf, sum_by_day
from tests.kits.stock.machine.counting import can_be_placed

TODAY = date(2027, 1, 4)
days = st.integers(-3, 8).map(lambda n: TODAY + timedelta(days=n))
counts = st.dictionaries(days, st.integers(0, 4), max_size=5)


def day(number: int) -> date:
    """The day `number` days from today."""
    return TODAY + timedelta(days=number)


def can_be_kept(lots: Mapping[date, int], promised: Mapping[date, int]) -> bool:
    """A unit serves what ends by its expiry, and one promise only."""
    owed = [(until - TODAY).days for until, units in promised.items() for _ in range(units)]
    return can_be_placed([((expires - TODAY).days, units) for expires, units in lots.items()], owed, 0)


@given(counts, counts)
def test_a_shelf_fits_exactly_when_every_promised_unit_finds_one(
    lots: dict[date, int], promised: dict[date, int]
) -> None:
    assert (Shelf(lots, promised).missing(TODAY) == 0) == can_be_kept(lots, promised)


@given(counts, counts, days)
def test_what_is_available_can_be_promised_and_not_one_more(
    lots: dict[date, int], promised: dict[date, int], until: date
) -> None:
    assume(can_be_kept(lots, promised))
    shelf = Shelf(lots, promised)
    free = shelf.available(until, TODAY)
    assert can_be_kept(lots, shelf.with_promise(until, free).promised)
    assert not can_be_kept(lots, shelf.with_promise(until, free + 1).promised)


@given(counts, counts, days)
def test_nothing_is_ever_less_than_nothing(lots: dict[date, int], promised: dict[date, int], until: date) -> None:
    assert Shelf(lots, promised).available(until, TODAY) >= 0


@given(counts, counts, days, st.integers(0, 4))
def test_promising_leaves_exactly_that_much_less(
    lots: dict[date, int], promised: dict[date, int], until: date, units: int
) -> None:
    shelf = Shelf(lots, promised)
    free = shelf.available(until, TODAY)
    assume(units <= free)
    assert shelf.with_promise(until, units).available(until, TODAY) == free - units


@pytest.mark.parametrize(
    ("lots", "promised", "until", "free"),
    [
        ({}, {}, 0, 0),
        ({5: 20}, {}, 5, 20),
        ({5: 20}, {}, 6, 0),
        ({-1: 20}, {}, -5, 0),
        ({0: 20}, {}, -5, 20),
        ({5: 20}, {3: 20}, 1, 0),
        ({2: 1, 5: 1}, {5: 1}, 2, 1),
        ({2: 1, 5: 1}, {2: 1}, 5, 1),
        ({2: 1, 5: 1}, {2: 1, 5: 1}, 2, 0),
        ({5: 1}, {-4: 1}, 2, 0),
    ],
)
def test_a_shelf_by_hand(lots: dict[int, int], promised: dict[int, int], until: int, free: int) -> None:
    shelf = Shelf({day(n): units for n, units in lots.items()}, {day(n): units for n, units in promised.items()})
    assert shelf.available(day(until), TODAY) == free


def test_units_of_the_same_day_are_added_up() -> None:
    assert sum_by_day([(TODAY, 2), (day(1), 1), (TODAY, 3)]) == {TODAY: 5, day(1): 1}
