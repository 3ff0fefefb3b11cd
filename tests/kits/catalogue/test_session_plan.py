"""The session plan: the design's table, and what holds for every plan."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kits.catalogue.session_plan import PlanLimits, SessionPlan, plan_total
from kits.errors import BadInput
from kits.money import Money

LIMITS = PlanLimits(6, 10, 2, 4)
START = date(2027, 1, 4)
plans = st.builds(SessionPlan, st.integers(6, 10), st.integers(2, 4), st.dates(date(2024, 1, 1), date(2040, 12, 31)))


def months_later(start: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


@pytest.mark.parametrize(
    ("sessions", "every_weeks", "last", "needs"),
    [
        (6, 2, date(2027, 3, 15), ()),
        (10, 2, date(2027, 5, 10), (date(2027, 4, 4),)),
        (6, 4, date(2027, 5, 24), (date(2027, 4, 4),)),
        (10, 3, date(2027, 7, 12), (date(2027, 4, 4), date(2027, 7, 4))),
        (10, 4, date(2027, 9, 13), (date(2027, 4, 4), date(2027, 7, 4))),
    ],
)
def test_plans_need_their_refills_on_the_days_the_design_names(
    sessions: int, every_weeks: int, last: date, needs: tuple[date, ...]
) -> None:
    plan = LIMITS.plan(sessions, every_weeks, START)
    assert plan.last_session == last
    assert plan.refill_needs == needs
    assert plan.boxes == 1 + len(needs)


@pytest.mark.parametrize(
    ("start", "needs"),
    [
        (date(2027, 1, 31), (date(2027, 4, 30), date(2027, 7, 31))),
        (date(2028, 2, 29), (date(2028, 5, 29), date(2028, 8, 29))),
        (date(2026, 11, 30), (date(2027, 2, 28), date(2027, 5, 30))),
        (date(2027, 11, 30), (date(2028, 2, 29), date(2028, 5, 30))),
        (date(2027, 8, 31), (date(2027, 11, 30), date(2028, 2, 29))),
    ],
)
def test_a_month_end_is_clamped_and_does_not_drift(start: date, needs: tuple[date, ...]) -> None:
    assert SessionPlan(10, 4, start).refill_needs == needs


def test_a_session_on_the_very_day_of_a_need_still_needs_the_refill() -> None:
    start, need = date(2028, 1, 4), date(2028, 4, 4)
    assert SessionPlan(14, 1, start).last_session == need
    assert SessionPlan(14, 1, start).refill_needs == (need,)
    assert SessionPlan(13, 1, start).refill_needs == ()
    assert SessionPlan(14, 1, start).box_serves_until(0) == need - timedelta(weeks=1)
    assert SessionPlan(14, 1, start).box_serves_until(1) == need


@given(plans)
def test_sessions_fall_on_the_start_plus_whole_spacings(plan: SessionPlan) -> None:
    assert plan.session_dates == tuple(
        plan.start + timedelta(days=7 * plan.every_weeks * i) for i in range(plan.sessions)
    )
    assert plan.session_dates[-1] == plan.last_session


@given(plans)
@example(SessionPlan(10, 4, date(2027, 1, 31)))
@example(SessionPlan(10, 4, date(2028, 2, 29)))
def test_need_k_is_the_start_plus_three_k_months(plan: SessionPlan) -> None:
    candidates = [months_later(plan.start, 3 * k) for k in range(1, 9)]
    assert list(plan.refill_needs) == [day for day in candidates if day <= plan.last_session]


@given(plans)
def test_no_refill_is_needed_after_the_last_session(plan: SessionPlan) -> None:
    assert all(plan.start < need <= plan.last_session for need in plan.refill_needs)
    assert months_later(plan.start, 3 * plan.boxes) > plan.last_session


@given(plans)
@example(SessionPlan(10, 4, date(2027, 8, 31)))
def test_two_refills_are_never_less_than_three_months_apart(plan: SessionPlan) -> None:
    needs = (plan.start, *plan.refill_needs)
    assert all(later >= months_later(earlier, 3) for earlier, later in pairwise(needs))


@given(plans)
def test_every_session_is_covered_by_exactly_one_box(plan: SessionPlan) -> None:
    opened = [plan.box_starts(number) for number in range(plan.boxes + 1)]
    for day in plan.session_dates:
        covering = [n for n in range(plan.boxes) if opened[n] <= day < opened[n + 1]]
        assert len(covering) == 1


@given(plans)
def test_a_box_serves_until_the_last_session_it_covers(plan: SessionPlan) -> None:
    for number in range(plan.boxes):
        until, opened, after = plan.box_serves_until(number), plan.box_starts(number), plan.box_starts(number + 1)
        assert until in plan.session_dates
        assert not [day for day in plan.session_dates if until < day < after]
        assert opened <= until < after


@given(plans, st.integers(1, 10))
def test_the_total_is_the_kit_and_its_refills_times_the_quantity(plan: SessionPlan, quantity: int) -> None:
    total = plan_total(plan, Money(8900, "GBP"), Money(4900, "GBP"), quantity)
    assert total == Money(quantity * (8900 + 4900 * (plan.boxes - 1)), "GBP")


@pytest.mark.parametrize(
    ("sessions", "every_weeks", "start", "field"),
    [
        (5, 2, START, "sessions"),
        (11, 2, START, "sessions"),
        (0, 2, START, "sessions"),
        (-(10**30), 2, START, "sessions"),
        (6, 1, START, "every_weeks"),
        (6, 5, START, "every_weeks"),
        (6, 10**30, START, "every_weeks"),
        (6, 2, date.max, "start"),
    ],
)
def test_a_plan_outside_the_limits_is_refused_at_its_field(
    sessions: int, every_weeks: int, start: date, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        LIMITS.plan(sessions, every_weeks, start)
    assert refused.value.field == field
    assert not refused.value.retry


@given(st.integers(6, 10), st.integers(2, 4), st.dates(date.min, date(9000, 1, 1)))
@example(10, 4, date(9000, 1, 1))
@example(10, 4, date.min)
def test_every_plan_within_the_limits_can_be_reckoned(sessions: int, every_weeks: int, start: date) -> None:
    plan = LIMITS.plan(sessions, every_weeks, start)
    assert 1 <= plan.boxes <= 3


def test_the_limits_are_the_kits_own() -> None:
    assert PlanLimits(1, 2, 8, 9).plan(1, 9, START).refill_needs == ()
    with pytest.raises(BadInput, match="1 to 2 sessions"):
        PlanLimits(1, 2, 8, 9).plan(6, 9, START)
