"""The forecast by hand, and against a plain reckoning in which every unit is one thing in a list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kits.stock.outlook.forecast import Advice, Incoming, ItemForecast, OrderRule, Wanted, forecast

MONDAY = date(2027, 1, 4)
NEVER = 10**6
"""A last day beyond any forecast."""

Lots = dict[int, int]
Demand = list[tuple[int, int, int]]
Expected = list[tuple[int, int, int | None]]


@dataclass(frozen=True)
class Item:
    """An item by numbers of days from today: lots, (on, until, units) wanted, (on, units, expires) incoming."""

    lots: Lots
    demand: Demand
    incoming: Expected
    rule: OrderRule
    today: date
    cover: int

    def day(self, number: int) -> date:
        return self.today + timedelta(days=number)

    def forecast(self, *ordered: Incoming) -> ItemForecast:
        lots = {self.day(expires): units for expires, units in self.lots.items()}
        demand = [Wanted(self.day(on), self.day(until), units) for on, until, units in self.demand]
        incoming = [
            Incoming(self.day(on), units, None if expires is None else self.day(expires))
            for on, units, expires in self.incoming
        ]
        return forecast(lots, demand, [*incoming, *ordered], self.rule, self.today, self.cover)

    @property
    def days(self) -> int:
        return 364 - self.today.weekday()

    def nights(self, ordered: int = 0, ordered_on: int = 0) -> Iterator[tuple[int, int, int, int, int]]:
        """Each day's arriving, wanted, expiring, left and owed, unit by unit."""
        shelf = [expires for expires, units in self.lots.items() for _ in range(units) if expires >= 0]
        coming = [
            (on if on >= 0 else 1, NEVER if expires is None else expires)
            for on, units, expires in [*self.incoming, (ordered_on, ordered, None)]
            for _ in range(units)
        ]
        wants = sorted((max(on, 0), max(on, until, 0)) for on, until, units in self.demand for _ in range(units))
        owed: list[tuple[int, int]] = []
        for today in range(self.days):
            arrived = [expires for on, expires in coming if on == today <= expires]
            shelf += arrived
            owed += [want for want in wants if want[0] == today]
            for want in list(owed):
                if lasting := [expires for expires in shelf if expires >= want[1]]:
                    shelf.remove(min(lasting))
                    owed.remove(want)
            gone = shelf.count(today)
            shelf = [expires for expires in shelf if expires != today]
            yield len(arrived), sum(on == today for on, _ in wants), gone, len(shelf) - len(owed), len(owed)

    def holds(self, ordered: int, needed_by: int) -> bool:
        """True when, with so many ordered, nothing is owed and the safety stock is kept while the order is to last."""
        nights = list(self.nights(ordered, needed_by))[needed_by : needed_by + self.cover + 1]
        return all(left >= self.rule.safety_stock and not owed for *_, left, owed in nights)


few, soon = st.integers(0, 5), st.integers(-3, 40)
items = st.builds(
    Item,
    lots=st.dictionaries(soon, few, max_size=4),
    demand=st.lists(st.tuples(soon, soon, few), max_size=6),
    incoming=st.lists(st.tuples(soon, few, st.none() | soon), max_size=3),
    rule=st.builds(OrderRule, st.integers(0, 30), st.integers(0, 6), st.integers(1, 7)),
    today=st.integers(0, 6).map(lambda n: MONDAY + timedelta(days=n)),
    cover=st.integers(0, 60),
)


def an_item(
    lots: Lots,
    demand: Demand,
    incoming: Expected | None = None,
    rule: OrderRule | None = None,
    today: date = MONDAY,
    cover: int = 91,
) -> Item:
    return Item(lots, demand, incoming or [], rule or OrderRule(), today, cover)


@pytest.mark.parametrize(
    ("lots", "demand", "incoming", "runs_out", "missing", "left"),
    [
        pytest.param({}, [], [], None, 0, 0, id="nothing is wanted of nothing"),
        pytest.param({90: 5}, [(2, 9, 3)], [], None, 0, 2, id="what is wanted is taken"),
        pytest.param({-1: 5}, [], [], None, 0, 0, id="what has expired counts as nothing"),
        pytest.param({0: 5}, [(0, 0, 3)], [], None, 0, 0, id="a lot is good through its last day and gone on the next"),
        pytest.param({2: 5}, [(3, 3, 1)], [], 3, 1, -1, id="nothing is taken from a lot that is gone"),
        pytest.param({5: 5}, [(2, 6, 1)], [], 2, 1, -1, id="a lot that does not last is not taken"),
        pytest.param({5: 1, 9: 1}, [(1, 1, 1), (2, 9, 1)], [], None, 0, 0, id="what expires first goes first"),
        pytest.param({5: 1, 9: 1}, [(1, 9, 1), (1, 2, 1)], [], None, 0, 0, id="of what lasts long enough"),
        pytest.param({90: 5}, [(-9, -9, 3)], [], None, 0, 2, id="what was wanted before is wanted today"),
        pytest.param({}, [(4, 9, 2)], [(4, 2, 90)], None, 0, 0, id="a delivery is there in the morning"),
        pytest.param({}, [(0, 9, 2)], [(-1, 2, 90)], 0, 2, 0, id="an overdue delivery comes tomorrow"),
        pytest.param({}, [(3, 3, 2)], [(9, 5, 12)], 3, 2, 0, id="what is owed is served when something arrives"),
        pytest.param({}, [(3, 20, 2)], [(9, 5, 19)], 3, 2, -2, id="unless it does not last"),
        pytest.param({}, [(3, 9, 2)], [(4, 1, 90), (5, 2, None)], 3, 2, 1, id="in parts, too"),
        pytest.param({}, [(1, 30, 1), (2, 2, 1)], [(3, 1, 30), (9, 1, 15)], 1, 2, 0, id="and the oldest first"),
        pytest.param({}, [], [(9, 5, 8)], None, 0, 0, id="what arrives expired counts as nothing"),
        pytest.param({}, [(400, 400, 5)], [(400, 5, None)], None, 0, 0, id="what is after the year does not count"),
    ],
)
def test_a_year_by_hand(
    lots: Lots, demand: Demand, incoming: Expected, runs_out: int | None, missing: int, left: int
) -> None:
    item = an_item(lots, demand, incoming)
    found = item.forecast()
    assert found.runs_out_on == (None if runs_out is None else item.day(runs_out))
    assert (found.missing, found.weeks[11].left) == (missing, left)


def test_a_week_adds_up_what_happens_from_monday_to_sunday() -> None:
    item = an_item({6: 4, 90: 10}, [(0, 3, 1), (6, 20, 2), (7, 7, 5)], [(3, 20, 60)])
    first, second, *_ = item.forecast().weeks
    assert (first.opening, first.arriving, first.wanted, first.expiring, first.left) == (14, 20, 3, 3, 28)
    assert (second.opening, second.arriving, second.wanted, second.expiring, second.left) == (28, 0, 5, 0, 23)


def test_the_year_is_52_weeks_and_the_first_is_what_remains_of_today_s() -> None:
    weeks = an_item({}, [], today=date(2027, 1, 7)).forecast().weeks
    assert len(weeks) == 52
    assert (weeks[0].week_of, weeks[-1].week_of) == (MONDAY, date(2027, 12, 27))


@pytest.mark.parametrize(
    ("lots", "demand", "incoming", "rule", "cover", "advised"),
    [
        pytest.param({300: 9}, [(9, 9, 9)], [], OrderRule(7), 91, None, id="none while nothing is owed"),
        pytest.param({900: 9}, [(9, 9, 4)], [], OrderRule(7, 5), 91, None, id="nor below the safety stock"),
        pytest.param({}, [(9, 9, 4)], [], OrderRule(7), 91, (4, 2, 9, False), id="what is owed, in time"),
        pytest.param({}, [(9, 9, 4)], [], OrderRule(10), 91, (4, -1, 9, True), id="late"),
        pytest.param({}, [(9, 9, 4)], [], OrderRule(9), 91, (4, 0, 9, False), id="today is not late"),
        pytest.param({}, [(9, 9, 4)], [], OrderRule(0, 0, 10), 91, (10, 9, 9, False), id="in whole packs"),
        pytest.param({900: 9}, [(9, 9, 6)], [], OrderRule(0, 5), 91, (2, 9, 9, False), id="up to the safety stock"),
        pytest.param({}, [(1, 1, 2), (5, 5, 3), (6, 6, 9)], [], OrderRule(), 4, (5, 1, 1, False), id="for its cover"),
        pytest.param({}, [(1, 1, 2)], [(3, 2, None)], OrderRule(), 9, (2, 1, 1, False), id="before a delivery comes"),
        pytest.param({5: 8}, [(1, 1, 2)], [], OrderRule(0, 3), 9, (3, 5, 5, False), id="for lots that expire"),
        pytest.param({5: 8}, [(1, 9, 2)], [], OrderRule(), 9, (2, 1, 1, False), id="for lots that do not last"),
        pytest.param({}, [(360, 360, 2)], [], OrderRule(), 91, (2, 360, 360, False), id="to the end of the year"),
    ],
)
def test_what_to_order_by_hand(
    lots: Lots,
    demand: Demand,
    incoming: Expected,
    rule: OrderRule,
    cover: int,
    advised: tuple[int, int, int, bool] | None,
) -> None:
    item = an_item(lots, demand, incoming, rule, cover=cover)
    expected = advised and Advice(advised[0], item.day(advised[1]), item.day(advised[2]), advised[3])
    assert item.forecast().order == expected


@given(items)
def test_every_week_is_what_a_plain_reckoning_says(item: Item) -> None:
    nights = list(item.nights())
    found = item.forecast()
    starts = [0, *range(7 - item.today.weekday(), item.days, 7), item.days]
    expected = [
        (*(sum(night[n] for night in nights[start:end]) for n in range(3)), nights[end - 1][3])
        for start, end in pairwise(starts)
    ]
    assert [(week.arriving, week.wanted, week.expiring, week.left) for week in found.weeks] == expected
    assert found.missing == max(night[4] for night in nights)
    assert found.runs_out_on == next((item.day(n) for n, night in enumerate(nights) if night[4]), None)


@given(items)
def test_no_unit_appears_or_is_lost(item: Item) -> None:
    weeks = item.forecast().weeks
    assert all(week.opening + week.arriving - week.wanted - week.expiring == week.left for week in weeks)
    assert all(before.left == after.opening for before, after in pairwise(weeks))
    assert weeks[0].opening == sum(units for expires, units in item.lots.items() if expires >= 0)


@given(items)
def test_an_order_is_for_the_first_day_that_asks_for_it_and_the_fewest_packs_that_do(item: Item) -> None:
    nights = enumerate(item.nights())
    needed = next((n for n, (*_, left, owed) in nights if owed or left < item.rule.safety_stock), None)
    order = item.forecast().order
    if needed is None:
        assert order is None
        return
    fewest = next(packs for packs in count() if item.holds(packs * item.rule.pack_size, needed))
    order_by = needed - item.rule.lead_days
    assert order == Advice(fewest * item.rule.pack_size, item.day(order_by), item.day(needed), order_by < 0)


@given(items)
def test_once_the_order_is_placed_the_next_one_is_needed_after_its_cover(item: Item) -> None:
    if order := item.forecast().order:
        following = item.forecast(Incoming(order.needed_by, order.quantity)).order
        assert following is None or following.needed_by > order.needed_by + timedelta(days=item.cover)


@given(items)
def test_a_forecast_comes_back_from_json_as_it_was(item: Item) -> None:
    found = item.forecast()
    kept = found.as_json()
    assert json.loads(json.dumps(kept)) == kept
    assert ItemForecast.from_json(kept) == found


def test_json_holds_plain_days() -> None:
    kept = an_item({}, [(2, 2, 1)]).forecast().as_json()
    assert (kept["runs_out_on"], kept["weeks"][1]["week_of"]) == ("2027-01-06", "2027-01-11")
    assert kept["order"] == {"quantity": 1, "order_by": "2027-01-06", "needed_by": "2027-01-06", "late": False}
