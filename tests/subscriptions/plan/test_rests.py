"""Holds, as arithmetic: what falls into a rest or after it comes later by its length."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kits.catalogue.session_plan import SessionPlan
from subscriptions.plan.course import Course
from subscriptions.plan.rests import Rest, merged
from subscriptions.plan.schedule import serves_until

PLAN = SessionPlan(10, 4, date(2027, 1, 4))
START = PLAN.start

plans = st.builds(SessionPlan, st.integers(6, 20), st.integers(2, 4), st.dates(date(2024, 1, 1), date(2060, 12, 31)))


@st.composite
def moved(draw: st.DrawFn) -> Course:
    """A plan with up to four holds anywhere around it, overlapping or not."""
    plan = draw(plans)
    begins = draw(st.lists(st.integers(-30, 500), max_size=4))
    rests = [Rest(day := plan.start + timedelta(n), day + timedelta(draw(st.integers(0, 90)))) for n in begins]
    return Course(plan, tuple(rests))


def rest(begins: int, ends: int) -> Rest:
    """A hold between two days, counted from the plan's start."""
    return Rest(START + timedelta(begins), START + timedelta(ends))


@pytest.mark.parametrize(
    ("rests", "moved_by"),
    [
        ([], [0, 0, 0, 0]),
        ([rest(28, 38)], [0, 10, 10, 10]),  # begins on the day of a session: it has not been had yet
        ([rest(29, 39)], [0, 0, 10, 10]),
        ([rest(-5, 2)], [7, 7, 7, 7]),
        ([rest(0, 2)], [2, 2, 2, 2]),
        ([rest(29, 39), rest(67, 71)], [0, 0, 10, 14]),
        ([rest(29, 39), rest(66, 70)], [0, 0, 14, 14]),  # where the first hold has moved the third session to
        ([rest(29, 39), rest(34, 44)], [0, 0, 15, 15]),  # a day of rest counts once
        ([rest(29, 29)], [0, 0, 0, 0]),
    ],
)
def test_sessions_in_a_hold_or_after_it_come_later_by_its_length(rests: list[Rest], moved_by: list[int]) -> None:
    found = Course(PLAN, tuple(rests)).session_dates
    pairs = zip(PLAN.session_dates, found, strict=True)
    assert [(now - planned).days for planned, now in pairs][:4] == moved_by


@given(plans)
def test_without_holds_nothing_changes(plan: SessionPlan) -> None:
    same = Course(plan)
    assert (same.start, same.session_dates, same.last_session) == (plan.start, plan.session_dates, plan.last_session)
    assert same.delay == timedelta()
    assert [serves_until(same, need) for need in plan.refill_needs] == [
        serves_until(plan, need) for need in plan.refill_needs
    ]


@given(moved())
def test_no_day_ever_comes_earlier_and_their_order_stays(plan: Course) -> None:
    pairs = zip(plan.plan.session_dates, plan.session_dates, strict=True)
    assert all(now >= planned for planned, now in pairs)
    assert all(before < after for before, after in itertools.pairwise(plan.session_dates))
    assert plan.last_session == plan.session_dates[-1]


@given(moved())
def test_sessions_never_come_closer_together_so_that_the_plan_takes_no_more_boxes(plan: Course) -> None:
    apart = timedelta(weeks=plan.plan.every_weeks)
    assert all(after - before >= apart for before, after in itertools.pairwise(plan.session_dates))
    needed = [plan.moved(need) for need in plan.plan.refill_needs]
    assert len([need for need in needed if need <= plan.last_session]) == len(plan.plan.refill_needs)


@given(moved())
def test_nothing_falls_into_a_rest(plan: Course) -> None:
    for each in merged(plan.rests):
        assert not any(each.from_day <= day < each.until_day for day in plan.session_dates)


@given(moved())
def test_the_plan_is_later_by_no_more_than_it_rested(plan: Course) -> None:
    rested = sum(((each.until_day - each.from_day) for each in merged(plan.rests)), timedelta())
    assert timedelta() <= plan.delay <= rested


@given(moved())
def test_merged_rests_are_in_order_apart_and_hold_the_same_days(plan: Course) -> None:
    def days(rests: object) -> set[date]:
        return {r.from_day + timedelta(n) for r in rests for n in range((r.until_day - r.from_day).days)}  # type: ignore[attr-defined]

    found = merged(plan.rests)
    assert days(found) == days(plan.rests)
    assert all(before.until_day < after.from_day for before, after in itertools.pairwise(found))
