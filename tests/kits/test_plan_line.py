"""The plan line's geometry, without a database."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kits.catalogue.plan_line import LEAST_ROOM, YEAR_ROOM, Box, Marks, PlanLine, drawn, plan_line
from kits.catalogue.session_plan import SessionPlan

START = date(2027, 1, 4)
plans = st.builds(
    SessionPlan,
    sessions=st.integers(6, 10),
    every_weeks=st.integers(2, 4),
    start=st.dates(date(2024, 1, 1), date(2032, 12, 31)),
)


def test_ten_sessions_every_four_weeks_show_ten_dots_and_three_bars() -> None:
    line = plan_line(SessionPlan(10, 4, START))
    assert [each.number for each in line.sessions] == list(range(1, 11))
    assert [(box.label, box.opened) for box in line.boxes] == [
        ("Kit", "4 Jan"),
        ("Refill 1", "4 Apr"),
        ("Refill 2", "4 Jul"),
    ]


def test_a_plan_that_needs_no_refill_has_the_kit_s_bar_alone() -> None:
    line = plan_line(SessionPlan(6, 2, START))
    assert line.refills == ()
    assert "lasts for all of them" in line.description


def test_a_plan_whose_refills_were_ended_does_not_say_that_the_kit_s_box_is_enough() -> None:
    days = list(enumerate(SessionPlan(10, 4, START).session_dates, start=1))
    assert "lasts for all of them" not in drawn(days, [START], Marks()).description


def test_the_words_say_what_the_drawing_shows() -> None:
    line = plan_line(SessionPlan(10, 4, START))
    assert line.title == "10 sessions, 3 boxes of serum"
    assert line.description == (
        "The first session is on Mon 4 January 2027, the last on Mon 13 September 2027. "
        "Refills are needed on Sun 4 April 2027 and Sun 4 July 2027."
    )


def test_one_refill_is_spoken_of_as_one() -> None:
    assert plan_line(SessionPlan(10, 2, START)).description.endswith("A refill is needed on Sun 4 April 2027.")


def test_every_date_is_listed_in_order() -> None:
    plan = SessionPlan(10, 4, START)
    assert [each.day for each in plan_line(plan).dates] == sorted([*plan.session_dates, *plan.refill_needs])


def test_a_refill_is_listed_before_the_session_of_its_own_day() -> None:
    listed = plan_line(SessionPlan(2, 13, date(2027, 4, 1))).dates
    assert listed[1].day == listed[2].day == date(2027, 7, 1)
    assert isinstance(listed[1], Box)
    assert listed[1].written == "Thu 1 July 2027"


def test_the_last_bar_fades_where_the_last_session_falls() -> None:
    line = plan_line(SessionPlan(10, 4, START))
    last = line.boxes[-1]
    assert last.x + last.width * last.fades / 100 == pytest.approx(line.last, abs=0.05)
    assert [box.fades for box in line.boxes[:-1]] == [100.0, 100.0]


def test_done_sessions_and_the_states_of_refills_are_marked() -> None:
    line = plan_line(SessionPlan(10, 4, START), Marks(done={1, 2}, refills={1: "paid"}))
    assert [each.number for each in line.sessions if each.done] == [1, 2]
    assert [box.state for box in line.boxes] == ["", "paid", ""]


def test_today_is_marked_only_while_the_line_runs() -> None:
    plan = SessionPlan(6, 2, START)
    assert plan_line(plan, Marks(today=START + timedelta(days=45))).today == 50.0
    assert plan_line(plan, Marks(today=START - timedelta(days=1))).today is None
    assert plan_line(plan, Marks(today=date(2028, 1, 1))).today is None


def test_a_moved_plan_is_drawn_as_it_stands_and_not_as_it_was_made() -> None:
    line = drawn([(1, START), (3, date(2027, 6, 1))], [START, date(2027, 4, 11)], Marks())
    assert [each.number for each in line.sessions] == [1, 3]
    assert line.refills[0].day == date(2027, 4, 11)


def test_a_session_after_the_last_box_still_stands_on_the_line() -> None:
    line = drawn([(1, START), (2, date(2027, 9, 1))], [START], Marks())
    assert line.sessions[-1].x == 100.0


def test_the_year_is_named_where_it_changes() -> None:
    named = [month.year for month in plan_line(SessionPlan(10, 4, date(2027, 10, 18))).months if month.year]
    assert named == ["2027", "2028"]


def test_two_years_never_stand_in_each_other_s_place() -> None:
    months = plan_line(SessionPlan(10, 4, date(2026, 11, 29))).months
    assert [(month.label, month.year) for month in months][:2] == [("Dec", ""), ("Jan", "2027")]


@given(plans)
def test_sessions_stand_in_order_on_the_line(plan: SessionPlan) -> None:
    places = [each.x for each in plan_line(plan).sessions]
    assert places[0] == 0
    assert places == sorted(set(places))
    assert places[-1] <= 100


@given(plans)
def test_the_bars_cover_the_line_without_a_gap(plan: SessionPlan) -> None:
    boxes = plan_line(plan).boxes
    assert len(boxes) == plan.boxes
    for box, following in itertools.pairwise(boxes):
        assert box.x + box.width == pytest.approx(following.x, abs=0.02)
    assert boxes[-1].x + boxes[-1].width == pytest.approx(100, abs=0.02)


@given(plans)
def test_every_session_stands_above_a_bar(plan: SessionPlan) -> None:
    line = plan_line(plan)
    assert all(any(box.x - 0.02 <= dot.x <= box.x + box.width + 0.02 for box in line.boxes) for dot in line.sessions)


@given(plans)
def test_month_names_and_years_have_room(plan: SessionPlan) -> None:
    months = plan_line(plan).months
    assert all(later.x - first.x >= LEAST_ROOM for first, later in itertools.pairwise(months))
    years = [month.x for month in months if month.year]
    assert years
    assert all(later - first >= min(YEAR_ROOM, 10) for first, later in itertools.pairwise(years))


def lived(
    *, skipped: Sequence[int] = (), rests: Sequence[tuple[date, date]] = (), today: date | None = None
) -> PlanLine:
    """A plan of ten sessions every four weeks with what happened to it."""
    plan = SessionPlan(10, 4, START)
    days = list(enumerate(plan.session_dates, start=1))
    return drawn(days, [START, *plan.refill_needs], Marks(today=today, skipped=skipped, rests=rests))


def test_a_skipped_session_is_drawn_as_one_and_not_counted() -> None:
    line = lived(skipped=[3])
    assert [each.number for each in line.sessions if each.skipped] == [3]
    assert len(line.sessions) == 10
    assert line.title.startswith("9 sessions,")
    assert line.description.endswith("Session 3 is skipped.")


@pytest.mark.parametrize(
    ("skipped", "words"),
    [([3, 2], "Sessions 2 and 3 are skipped."), ([5, 2, 3], "Sessions 2, 3 and 5 are skipped.")],
)
def test_several_skipped_sessions_are_named_in_order(skipped: list[int], words: str) -> None:
    assert lived(skipped=skipped).description.endswith(words)


def test_a_plan_ends_with_the_last_session_that_is_not_skipped() -> None:
    line = lived(skipped=[10])
    assert line.last == line.sessions[8].x
    assert "the last on Mon 16 August 2027" in line.description


def test_a_plan_of_which_every_session_is_skipped_is_drawn_all_the_same() -> None:
    line = lived(skipped=range(1, 11))
    assert all(each.skipped for each in line.sessions)
    assert len(line.boxes) == 3


def test_a_rest_lies_on_the_line_where_its_days_do() -> None:
    line = lived(rests=[(date(2027, 2, 1), date(2027, 3, 1))])
    (pause,) = line.pauses
    first, second = line.sessions[1], line.sessions[2]
    assert (pause.x, pause.x + pause.width) == (first.x, pytest.approx(second.x, abs=0.02))
    assert pause.words == "It rests from Mon 1 February 2027 until Mon 1 March 2027."
    assert line.description.endswith(pause.words)


def test_a_rest_that_is_still_open_is_said_to_last() -> None:
    line = lived(rests=[(date(2027, 2, 1), date(2027, 3, 1))], today=date(2027, 3, 1))
    assert line.description.endswith("It has rested since Mon 1 February 2027.")


def test_a_rest_before_the_first_session_begins_the_line_and_one_after_its_end_is_not_drawn() -> None:
    early = lived(rests=[(date(2026, 12, 1), date(2027, 1, 1))])
    assert early.pauses[0].x == 0
    assert early.sessions[0].x > 0
    assert lived(rests=[(date(2028, 6, 1), date(2028, 7, 1))]).pauses == ()


def test_a_refill_that_is_left_out_leaves_the_others_their_numbers_and_states() -> None:
    plan = SessionPlan(10, 4, START)
    days = list(enumerate(plan.session_dates, start=1))
    line = drawn(days, [START, plan.refill_needs[1]], Marks(numbers=[2], refills={2: "notified"}))
    assert [(box.label, box.state) for box in line.boxes] == [("Kit", ""), ("Refill 2", "notified")]


@given(plans, st.integers(0, 300), st.integers(1, 400))
def test_however_long_a_plan_rests_two_years_never_stand_close(plan: SessionPlan, after: int, length: int) -> None:
    since = plan.start + timedelta(days=after)
    moved = [day if day < since else day + timedelta(days=length) for day in plan.session_dates]
    line = drawn(list(enumerate(moved, 1)), [plan.start], Marks(rests=[(since, since + timedelta(days=length))]))
    years = [month.x for month in line.months if month.year]
    assert all(later - earlier >= YEAR_ROOM for earlier, later in itertools.pairwise(years))
