"""Reading returns and refunds: for the desk's list, for an order's pages, for the card on Today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from shop.orders.tables import AWAITING, Order
from shop.payments.tables import FAILED, PENDING, SUCCEEDED, Payment, Refund
from shop.returns import right
from shop.returns.tables import ANNOUNCED, CLOSED, INSPECTED, RECEIVED, REFUNDED, Return

A_PAGE = 50
OPEN = (ANNOUNCED, RECEIVED, INSPECTED)
LIVE = (PENDING, SUCCEEDED)
SOON = timedelta(days=3)
STATES = {
    ANNOUNCED: "to come back",
    RECEIVED: "to look at",
    INSPECTED: "to refund",
    REFUNDED: "done",
    CLOSED: "closed without a refund",
}


@dataclass(frozen=True)
class Counts:
    """What waits for the returns desk; `overdue` are past the last day for their refund."""

    overdue: int
    soon: int
    to_inspect: int
    to_refund: int
    failed: int
    by_hand: int

    @property
    def any(self) -> bool:
        """True when something is to be done."""
        return any((self.overdue, self.soon, self.to_inspect, self.to_refund, self.failed, self.by_hand))


@dataclass(frozen=True)
class GivenBack:
    """For an order's page: its refunds, its returns, whether it can be withdrawn from, until when and for how long."""

    refunds: Sequence[Refund]
    returns: Sequence[Return]
    lasts: bool
    last_day: date | None
    days: int = right.RIGHT.days

    @classmethod
    def of(cls, session: Session, order: Order, day: date) -> GivenBack:
        """What there is; nothing is looked up for an order that waits for its payment."""
        if order.state == AWAITING:
            return cls((), (), False, None)
        found = of_order(session, order)
        days = right.days_of(session, order)
        lasts = right.lasts(order, day, days) and not _all_given_back(order, found)
        return cls(refunds_of(session, order), found, lasts, right.last_day(order, days), days.days)


def _all_given_back(order: Order, found: Sequence[Return]) -> bool:
    """True when nothing is kept of any line; what was to come back and never came is kept."""
    return all(line.given_back_at for line in order.lines) and not any(each.state == CLOSED for each in found)


def next_number(session: Session, order: Order) -> int:
    """The number of the order's next return. Ask under the order's lock."""
    return (session.scalar(select(func.max(Return.number)).where(Return.order_id == order.id)) or 0) + 1


def returns(session: Session, *, state: str = "", after: int = 0) -> Sequence[Return]:
    """A page of returns and one more when there is a next: the open ones, first those whose refund is due first.

    Without a `state` all open ones; `after` leaves out so many.
    """
    states = (state,) if state else OPEN
    nothing_known = Return.refund_by.is_(None)
    query = select(Return).where(Return.state.in_(states)).options(joinedload(Return.order))
    in_order = query.order_by(nothing_known, Return.refund_by, Return.declared_at, Return.id)
    return session.scalars(in_order.offset(after).limit(A_PAGE + 1)).all()


def counts(session: Session, day: date) -> Counts:
    """What waits for the desk; two statements."""
    late = and_(Return.state.in_(OPEN), Return.refund_by < day)
    soon = and_(Return.state.in_(OPEN), Return.refund_by >= day, Return.refund_by <= day + SOON)
    wanted = (late, soon, Return.state == RECEIVED, Return.state == INSPECTED)
    found = session.execute(
        select(*(func.count().filter(each) for each in wanted)).select_from(Return).where(Return.state.in_(OPEN))
    ).one()
    refunds = (still_owed(), _waits_for_a_hand())
    each = (select(func.count()).select_from(Refund).where(which).scalar_subquery() for which in refunds)
    failed, waiting = session.execute(select(*each)).one()
    overdue, near, to_inspect, to_refund = (int(each) for each in found)
    return Counts(overdue, near, to_inspect, to_refund, failed, waiting)


def failed(session: Session) -> Sequence[Refund]:
    """Up to a page of refunds that failed and are still owed, the oldest first."""
    query = select(Refund).where(still_owed()).order_by(Refund.id).limit(A_PAGE)
    return session.scalars(query.options(joinedload(Refund.payment))).all()


def by_hand(session: Session) -> Sequence[Refund]:
    """Up to a page of refunds that someone has to pay back by hand, the oldest first."""
    query = select(Refund).where(_waits_for_a_hand()).order_by(Refund.id).limit(A_PAGE)
    return session.scalars(query.options(joinedload(Refund.payment))).all()


def _waits_for_a_hand() -> ColumnElement[bool]:
    elsewhere = exists().where(Payment.id == Refund.payment_id, Payment.means.is_not(None))
    return and_(Refund.state == PENDING, elsewhere)


def not_asked_again(refund: Any = Refund) -> ColumnElement[bool]:
    """Refunds that failed and were not asked for once more."""
    again = aliased(Refund)
    return and_(refund.state == FAILED, ~exists().where(again.key == refund.key + "-again"))


def still_owed() -> ColumnElement[bool]:
    """Refunds that failed and whose money did not go back another way since.

    It did when less is left than was to go back, when the bank has given the
    whole payment back, and when as much went back later for the same reason;
    later money is for what failed first.
    """
    live, later, earlier, paid = aliased(Refund), aliased(Refund), aliased(Refund), aliased(Payment)
    gone = _sum(live, live.state.in_(LIVE))
    since = _sum(later, later.state.in_(LIVE), later.id > Refund.id, *_same_cause(later))
    before = _sum(earlier, not_asked_again(earlier), earlier.id <= Refund.id, *_same_cause(earlier))
    there = exists().where(
        paid.id == Refund.payment_id, paid.amount - gone >= Refund.amount, paid.dispute.is_distinct_from("lost")
    )
    return and_(not_asked_again(), since < before, there)


def _sum(refund: Any, *which: ColumnElement[bool]) -> ScalarSelect[int]:
    """What refunds of the same payment come to."""
    query = select(func.coalesce(func.sum(refund.amount), 0)).where(refund.payment_id == Refund.payment_id, *which)
    return query.correlate_except(refund).scalar_subquery()


def _same_cause(refund: Any) -> tuple[ColumnElement[bool], ...]:
    return refund.reason == Refund.reason, refund.return_id.is_not_distinct_from(Refund.return_id)


def of_order(session: Session, order: Order) -> Sequence[Return]:
    """All returns of an order, the first one first."""
    return session.scalars(select(Return).where(Return.order_id == order.id).order_by(Return.number)).all()


def refunds_of(session: Session, order: Order) -> Sequence[Refund]:
    """All refunds of an order with their payments, the oldest first."""
    mine = select(Refund).join(Refund.payment).where(Payment.order_id == order.id).order_by(Refund.id)
    return session.scalars(mine.options(joinedload(Refund.payment))).all()
