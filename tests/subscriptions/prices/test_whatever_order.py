"""Whatever is announced, undone, refused, held up, sent again or changed, in any order: a charge takes what it may.

Real duties on a real database with the sandbox behind them; only the mail server is played.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from kits import clock, host
from kits.catalogue import first_kit
from kits.errors import BadInput, WrongState
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from shop.orders.tables import Order, OrderLine
from shop.work import duties
from shop.work.mailing.again import send_again
from shop.work.outbox import QUEUED, REFUSED, SENT, OutboxMail
from subscriptions.duties import REFILL_DUTIES
from subscriptions.prices.announcing import NewRefillPrice, announce, undo
from subscriptions.prices.tables import PlanPrice, PriceChange
from subscriptions.prices.telling import PRICE_DUTIES
from subscriptions.tables import Refill, Subscription
from tests.journeys.driving import Bought, Driver

UP, DOWN, REFUSING = "up", "down", "refusing"
SOLD_AT, A_STEP = 4900, 7

EVENTS = st.one_of(
    st.tuples(st.just("announce"), st.sampled_from([4500, 4900, 5200, 6000]), st.sampled_from([0, 30, 45])),
    st.tuples(st.just("undo")),
    st.tuples(st.just("wait"), st.sampled_from([1, 8, 21, 35])),
    st.tuples(st.just("mails"), st.sampled_from([UP, UP, DOWN, REFUSING])),
    st.tuples(st.just("again"), st.sampled_from(["price-%", "advance_notice-%"])),
    st.tuples(st.just("boxes"), st.sampled_from([1, 2])),
)

RISES_BETWEEN_NOTICE_AND_CHARGE: list[tuple[Any, ...]] = [("wait", 35), ("announce", 5200, 45)]
MORE_BOXES_BETWEEN_THEM: list[tuple[Any, ...]] = [("wait", 35), ("wait", 35), ("wait", 8), ("boxes", 2)]


@dataclass
class Life:
    """One plan's life, on a clock of its own."""

    bought: Bought
    at: datetime
    mails: str = UP
    forms: list[int] = field(default_factory=list)

    def happens(self, what: str, *more: Any) -> None:
        """One event, and then what is due because of it."""
        getattr(self, f"_{what}")(*more)
        self._round()

    def _announce(self, amount: int, ahead: int) -> None:
        new = NewRefillPrice(amount, clock.today(self.at) + timedelta(days=ahead), f"{self.at}-{len(self.forms)}")
        try:
            self.forms.append(announce(first_kit.SLUG, new, actor="staff:1", now=self.at))
        except BadInput:
            host.end_reads()

    def _undo(self) -> None:
        try:
            if self.forms:
                undo(self.forms[-1], actor="staff:1", now=self.at)
        except WrongState:
            host.end_reads()

    def _wait(self, days: int) -> None:
        for step in [A_STEP] * (days // A_STEP) + [days % A_STEP]:
            self.at += timedelta(days=step, hours=2)
            self._round()

    def _mails(self, how: str) -> None:
        self.mails = how

    def _again(self, key: str) -> None:
        mine = select(OutboxMail.id, OutboxMail.times).where(OutboxMail.key.like(key)).order_by(OutboxMail.id.desc())
        last = host.session().execute(mine.limit(1)).first()
        host.end_reads()
        try:
            if last is not None:
                send_again(*last, actor="staff:1", now=self.at)
        except WrongState:
            host.end_reads()

    def _boxes(self, quantity: int) -> None:
        write(update(Subscription).where(Subscription.id == self.bought.subscription_id).values(quantity=quantity))

    def _round(self) -> None:
        queued = update(OutboxMail).where(OutboxMail.state == QUEUED)
        for _ in range(2):
            if self.mails == UP:
                write(queued.values(state=SENT, sent_at=self.at))
            elif self.mails == REFUSING:
                write(queued.values(state=REFUSED))
            duties.one_round((*PRICE_DUTIES, *REFILL_DUTIES), lambda: self.at)
        every_charge_is_in_order(self.bought)


def write(statement: Any) -> None:
    with host.unit() as session:
        session.execute(statement)


def every_charge_is_in_order(bought: Bought) -> None:
    """Each refill order costs what its own notice named or less, and a higher price was told of in time."""
    session, last = host.session(), SOLD_AT
    rows = select(Refill, Order, OrderLine.unit_amount).join(Order, Order.id == Refill.order_id)
    mine = rows.join(OrderLine, OrderLine.order_id == Order.id).where(Refill.subscription_id == bought.subscription_id)
    for refill, order, unit in session.execute(mine.order_by(Refill.number)).all():
        notice = refill.notice
        assert notice.sent_at is not None
        assert clock.today(order.made_at) >= clock.today(notice.sent_at) + timedelta(days=7)
        assert order.total_amount <= amount_in(notice.text), "no charge takes more than its notice named"
        if unit > last:
            assert any(in_time(row, notice.queued_at) for row in told_of(bought, unit)), "a rise is told of in time"
        last = unit
    host.end_reads()


def amount_in(text: str) -> int:
    found = re.match(r"We will charge £(\d+)\.(\d\d) ", text)
    assert found is not None
    return int(found.group(1) + found.group(2))


def told_of(bought: Bought, unit: int) -> list[PlanPrice]:
    mine = (PlanPrice.subscription_id == bought.subscription_id, PlanPrice.new_amount == unit)
    return list(host.session().scalars(select(PlanPrice).where(*mine)))


def in_time(row: PlanPrice, notice_written: datetime) -> bool:
    """The mail was accepted, the period had run, and only then the notice was written."""
    if row.accepted_at is None or row.held_at is None or row.held_at > notice_written:
        return False
    period = timedelta(days=row.change.notice_days)
    return clock.today(row.accepted_at) + period <= clock.today(notice_written) >= row.change.from_day


def over() -> None:
    """Nothing of this example is left to be done when the next one begins."""
    write(update(Subscription).values(state="ended"))
    write(update(Refill).where(Refill.state.not_in(("paid", "shipped"))).values(state="cancelled", committed_on=None))
    write(update(PlanPrice).values(state="undone"))
    write(update(PriceChange).values(undone_at=clock.now()))
    write(update(OutboxMail).where(OutboxMail.state == QUEUED).values(state=SENT, sent_at=clock.now()))


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@example(events=RISES_BETWEEN_NOTICE_AND_CHARGE)
@example(events=MORE_BOXES_BETWEEN_THEM)
@given(events=st.lists(EVENTS, min_size=4, max_size=14))
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_charge_takes_more_than_its_notice_named_and_no_rise_comes_untold(
    events: list[tuple[Any, ...]], driver: Driver
) -> None:
    expires = clock.today(clock.now()) + timedelta(days=720)
    for sku in (first_kit.ROLLER, first_kit.SERUM):
        known = f"MORE-{sku}"
        receive(Delivery(sku, known, 10, expires), Cause("command", clock.now()))
    life = Life(driver.buy(), clock.now())
    try:
        for event in events:
            life.happens(*event)
        life.happens("mails", UP)
        for _ in range(4):
            life.happens("wait", 35)
    finally:
        over()
