"""The course of a plan: a late session moves what follows, a skipped one nothing, and what is taken back never was."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from kits.catalogue.session_plan import SessionPlan
from subscriptions.plan.course import Changed, Course, Logged
from subscriptions.plan.needs import Box, needs
from subscriptions.plan.rests import Rest
from subscriptions.plan.schedule import serves_until

PLAN = SessionPlan(10, 4, date(2027, 1, 4))
NEEDS = {1: date(2027, 4, 4), 2: date(2027, 7, 4)}

plans = st.builds(SessionPlan, st.integers(6, 12), st.integers(2, 4), st.dates(date(2024, 1, 1), date(2060, 12, 31)))


@st.composite
def lived(draw: st.DrawFn) -> Course:
    """A plan with holds, and sessions that were done late or on their day, skipped, or not logged."""
    plan = draw(plans)
    begins = draw(st.lists(st.integers(-30, 300), max_size=3))
    rests = tuple(Rest(day := plan.start + timedelta(n), day + timedelta(draw(st.integers(0, 60)))) for n in begins)
    course = Course(plan, rests)
    for number in sorted(draw(st.sets(st.integers(1, plan.sessions), max_size=6))):
        late = draw(st.none() | st.integers(0, 40))
        stands = course.steps[number - 1].day
        said = Logged(number, None if late is None else stands + timedelta(late))
        course = Course(plan, rests, (*course.log, said))
    return course


def late(number: int, by: int) -> Logged:
    """A session of PLAN that was done so many days after its day."""
    return Logged(number, PLAN.session_dates[number - 1] + timedelta(by))


def test_a_session_done_late_moves_the_sessions_after_it_and_its_own_day() -> None:
    found = Course(PLAN, log=(late(3, 9),)).session_dates
    moved = [(now - was).days for was, now in zip(PLAN.session_dates, found, strict=True)]
    assert moved == [0, 0, 9, 9, 9, 9, 9, 9, 9, 9]


def test_a_session_done_early_or_on_its_day_moves_nothing_after_it() -> None:
    for by in (-5, 0):
        found = Course(PLAN, log=(late(3, by),)).session_dates
        assert (found[2] - PLAN.session_dates[2]).days == by
        assert found[3:] == PLAN.session_dates[3:]


def test_a_skipped_session_is_dropped_and_moves_nothing() -> None:
    course = Course(PLAN, log=(Logged(4, None),))
    assert course.session_dates == PLAN.session_dates[:3] + PLAN.session_dates[4:]
    assert needs(course, []) == NEEDS


def test_refills_after_a_late_session_are_needed_later_and_the_one_before_it_is_not() -> None:
    # The fifth session, on 26 April, comes after the first refill's need and before the second's.
    assert needs(Course(PLAN, log=(late(5, 10),)), []) == {1: NEEDS[1], 2: NEEDS[2] + timedelta(10)}


def test_a_refill_is_dropped_when_the_sessions_it_was_for_are_skipped() -> None:
    skipped = tuple(Logged(number, None) for number in (8, 9, 10))  # from 19 July on; the seventh is on 21 June
    assert needs(Course(PLAN, log=skipped), []) == {1: NEEDS[1]}
    assert needs(Course(PLAN, log=skipped[1:]), []) == NEEDS


def test_a_refill_that_its_customer_moved_moves_the_next_one_no_further_than_its_box_lasts() -> None:
    later = needs(Course(PLAN), [Box(1, later=28)])
    assert later == {1: date(2027, 5, 2), 2: date(2027, 8, 2)}
    assert needs(Course(PLAN), [Box(1, later=84)]) == {1: date(2027, 6, 27)}, "the next would come after the plan"


def test_a_refill_left_out_is_not_needed_and_the_next_one_comes_on_its_day() -> None:
    assert needs(Course(PLAN), [Box(1, left_out=True)]) == {2: NEEDS[2]}


def test_a_box_that_was_opened_late_makes_the_next_one_late() -> None:
    opened = NEEDS[1] + timedelta(20)
    assert needs(Course(PLAN), [Box(1, opened=opened), Box(2)]) == {1: opened, 2: opened + relativedelta(months=3)}


def test_a_rest_after_a_late_box_counts_on_top_of_its_lateness() -> None:
    opened = NEEDS[1] + timedelta(20)
    rested = Course(PLAN, (Rest(date(2027, 5, 10), date(2027, 6, 9)),))
    assert needs(rested, [Box(1, opened=opened)])[2] == opened + relativedelta(months=3) + timedelta(30)


def test_from_a_change_on_sessions_come_at_the_new_spacing_and_refills_follow_the_new_end() -> None:
    course = Course(PLAN, changes=(Changed(from_session=4, sessions=8, every_weeks=2),))
    assert course.session_dates[:4] == (*PLAN.session_dates[:3], PLAN.session_dates[2] + timedelta(weeks=2))
    assert (len(course.session_dates), course.last_session) == (8, date(2027, 5, 10))
    assert needs(course, [Box(1), Box(2)]) == {1: NEEDS[1]}


def test_more_sessions_take_more_refills() -> None:
    longer = Course(SessionPlan(6, 4, PLAN.start), changes=(Changed(3, 10, 4),))
    assert needs(longer, [Box(1)]) == NEEDS


@pytest.mark.parametrize("start", [date(2027, 1, 31), date(2028, 2, 29), date(2027, 8, 31), date(2027, 3, 28)])
def test_month_ends_leap_days_and_clock_changes_make_no_day_drift(start: date) -> None:
    plan = SessionPlan(20, 4, start)
    boxes = [Box(number, opened=need) for number, need in enumerate(plan.refill_needs, 1)]
    for known in range(len(boxes)):
        assert tuple(needs(Course(plan), boxes[:known]).values()) == plan.refill_needs


@given(lived())
def test_days_stay_in_order_and_nothing_to_come_is_earlier_than_planned(course: Course) -> None:
    assert all(before < after for before, after in itertools.pairwise(step.day for step in course.steps))
    untouched = Course(course.plan)
    for now, was in zip(course.steps, untouched.steps, strict=True):
        assert now.day >= was.day


@given(lived())
def test_sessions_to_come_keep_their_spacing_after_whatever_happened(course: Course) -> None:
    apart = timedelta(weeks=course.plan.every_weeks)
    for before, after in itertools.pairwise(course.steps):
        assert after.day - before.day >= apart


@given(lived())
def test_no_refill_is_needed_after_the_last_session_or_before_the_box_before_it_is_empty(course: Course) -> None:
    found = needs(course, [])
    assert all(day <= course.last_session for day in found.values())
    days = list(found.values())
    assert all(after >= course.empty_on(before) for before, after in itertools.pairwise(days))
    assert len(found) <= len(course.plan.refill_needs), "what happens never makes a plan take more boxes"


@given(lived(), st.integers(1, 12))
def test_what_is_said_of_a_session_moves_none_before_it(course: Course, number: int) -> None:
    fewer = tuple(said for said in course.log if said.number < number)
    assert Course(course.plan, course.rests, fewer).steps[: number - 1] == course.steps[: number - 1]


@given(lived())
def test_every_session_before_the_end_is_served_by_a_box_that_is_not_empty(course: Course) -> None:
    opened = [course.start, *needs(course, []).values()]
    for day in course.session_dates:
        if day >= course.start:
            assert any(each <= day < course.empty_on(each) or each == opened[-1] for each in opened)
    for each in opened:
        assert serves_until(course, each) <= course.last_session
