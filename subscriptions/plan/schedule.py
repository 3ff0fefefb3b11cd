"""When a refill is announced, charged and needed, as pure arithmetic over days in the shop's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from kits.catalogue.session_plan import BOX_MONTHS, LEAD_DAYS, SessionPlan
from subscriptions.plan.holds import MovedPlan

NOTICE_DAYS = 7
# Notices are written a little early, so that a mail server's bad day moves no charge.
EARLY_DAYS = 3


@dataclass(frozen=True)
class RefillDays:
    """The days of one refill."""

    number: int
    needed_on: date

    @property
    def wanted_charge(self) -> date:
        """The day it is best charged: a week before it is needed."""
        return self.needed_on - timedelta(days=LEAD_DAYS)

    @property
    def notice_on(self) -> date:
        """The day its advance notice is written."""
        return self.wanted_charge - timedelta(days=NOTICE_DAYS + EARLY_DAYS)

    def charge_on(self, accepted_on: date) -> date:
        """The day it may be charged when the mail server took its notice on `accepted_on`."""
        return max(self.wanted_charge, accepted_on + timedelta(days=NOTICE_DAYS))


def refill_days(plan: SessionPlan) -> list[RefillDays]:
    """The days of every refill the undisturbed plan needs."""
    return [RefillDays(number, need) for number, need in enumerate(plan.refill_needs, start=1)]


def next_need(planned: date, previous_need: date) -> date:
    """When the next refill is needed: as planned, but no sooner than a box after the one before was."""
    return max(planned, previous_need + relativedelta(months=BOX_MONTHS))


def still_needed(day: date, last_session: date) -> bool:
    """True while a session falls on or after `day`: what comes later than the last session is not sent."""
    return day <= last_session


def serves_until(plan: SessionPlan | MovedPlan, needed_on: date) -> date:
    """The last session a box opened on `needed_on` is for."""
    empty = needed_on + relativedelta(months=BOX_MONTHS)
    return max((day for day in plan.session_dates if needed_on <= day < empty), default=plan.last_session)
