"""When refills fall due, as arithmetic."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from kits.catalogue.session_plan import SessionPlan
from subscriptions.plan.schedule import RefillDays, refill_days, serves_until, still_needed

days = st.dates(date(2024, 1, 1), date(2060, 12, 31))
plans = st.builds(SessionPlan, st.integers(6, 20), st.integers(2, 4), days)


@pytest.mark.parametrize(
    ("accepted", "charged"),
    [
        (date(2027, 3, 18), date(2027, 3, 28)),  # on the day it is written: the charge is wanted a week before the need
        (date(2027, 3, 21), date(2027, 3, 28)),  # just in time; the clocks change on the 28th
        (date(2027, 3, 22), date(2027, 3, 29)),  # a day late: so is the charge
        (date(2027, 4, 30), date(2027, 5, 7)),  # the mail server was down for weeks
    ],
)
def test_a_charge_falls_a_week_before_the_need_and_seven_days_after_the_notice(accepted: date, charged: date) -> None:
    assert RefillDays(1, date(2027, 4, 4)).charge_on(accepted) == charged


@given(need=days, accepted=days)
def test_no_charge_ever_falls_sooner_than_seven_days_after_its_notice(need: date, accepted: date) -> None:
    charge = RefillDays(1, need).charge_on(accepted)
    assert charge >= accepted + timedelta(days=7)
    assert charge >= need - timedelta(days=7)
    assert charge in (accepted + timedelta(days=7), need - timedelta(days=7)), "and no later than it must"


@given(plans)
def test_an_undisturbed_plan_is_announced_and_charged_in_order_and_in_time(plan: SessionPlan) -> None:
    for each in refill_days(plan):
        assert each.notice_on + timedelta(days=7) <= each.wanted_charge < each.needed_on <= plan.last_session


def test_a_refill_is_needed_up_to_the_day_of_the_last_session() -> None:
    last = date(2027, 9, 13)
    assert [still_needed(last + timedelta(days=n), last) for n in (-1, 0, 1)] == [True, True, False]


@given(plan=plans, late=st.integers(0, 120))
def test_a_box_serves_the_last_session_before_it_is_empty(plan: SessionPlan, late: int) -> None:
    opened = plan.start + timedelta(days=late)
    served = [day for day in plan.session_dates if opened <= day < opened + relativedelta(months=3)]
    assert serves_until(plan, opened) == (served[-1] if served else plan.last_session)
