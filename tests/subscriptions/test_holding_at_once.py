"""Holding a plan and letting it go on while duties and payments are at it: who comes second sees what the first did."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, select

from kits import clock, host
from kits.stock.recall.tables import Recall
from kits.stock.tables import Commitment, Lot
from shop.payments.settle import settle_page
from subscriptions import commitments, duties, holding, notices
from subscriptions.billing.billing import bill
from subscriptions.tables import Refill
from tests.journeys.driving import Bought, Driver, days

AtOnce = Callable[..., list[Any]]
OTHER_CARD = "5555555555554444"


@pytest.fixture
def recall(driver: Driver) -> int:
    """The id of a recall."""
    with host.unit() as session:
        lot = session.scalars(select(Lot.id).order_by(Lot.id)).first()
        row = Recall(lot_id=lot, reason="r", message="m", actor="staff:1", begun_at=clock.now())
        session.add(row)
        session.flush()
        return row.id


class Pair:
    """One who is stopped for a moment before a statement, and another who comes meanwhile."""

    def __init__(self, at_once: AtOnce) -> None:
        self._at_once, self._there = at_once, threading.Event()

    def __call__(self, first: Callable[[], Any], statement: str, then: Callable[[], Any]) -> list[Any]:
        """Results or exceptions of both."""

        def stopped() -> Any:
            with self._before(statement):
                return first()

        def meanwhile() -> Any:
            assert self._there.wait(20)
            return then()

        return self._at_once([stopped, meanwhile])

    @contextmanager
    def _before(self, statement: str) -> Iterator[None]:
        me = threading.current_thread()

        def pause(connection: Any, cursor: Any, text: str, *_: Any) -> None:
            if text.startswith(statement) and threading.current_thread() is me and not self._there.is_set():
                self._there.set()
                threading.Event().wait(0.7)

        event.listen(host.engine(), "before_cursor_execute", pause)
        try:
            yield
        finally:
            self._there.set()
            event.remove(host.engine(), "before_cursor_execute", pause)


@pytest.fixture
def pair(at_once: AtOnce) -> Pair:
    """`pair(first, "UPDATE x", then)`: `then` begins when `first` stands before that statement."""
    return Pair(at_once)


def hold(bought: Bought, recall: int) -> str:
    """Hold the plan; the state its first refill is seen in by whoever writes to the customer."""
    with host.unit() as session:
        holding.hold(session, bought.subscription_id or 0, recall, actor="staff:1", now=clock.now())
        return session.scalars(select(Refill.state).order_by(Refill.number)).first() or ""


def go_on(bought: Bought, recall: int) -> list[int]:
    with host.unit() as session:
        return holding.end_holds(session, recall, [bought.subscription_id or 0], actor="staff:1", now=clock.now())


def no_errors(results: list[Any]) -> list[Any]:
    assert [each for each in results if isinstance(each, BaseException)] == []
    return results


def test_a_notice_noted_while_the_plan_goes_on_is_not_charged_before_its_new_day(
    driver: Driver, bought: Bought, recall: int, pair: Pair
) -> None:
    before = driver.refill(bought)
    hold(bought, recall)
    driver.travel(clock.now() + timedelta(days=30), work=False)
    with host.unit() as session:
        refill = session.get_one(Refill, before.id)
        notices.advance_notice(session, refill, clock.now())
        assert refill.notice is not None
        refill.notice.state, refill.notice.sent_at = "sent", clock.now()
    note = partial(duties.note_accepted, before.id, clock.now())
    no_errors(pair(note, "UPDATE subscriptions_refill SET state=", partial(go_on, bought, recall)))
    after = driver.refill(bought)
    # The notice of its new day is still to come, whichever of the two was first.
    assert (after.state, after.needed_on) == ("scheduled", before.needed_on + days(30))
    assert after.charge_on >= after.needed_on - days(7)


def test_a_refill_is_charged_only_if_whoever_held_its_plan_saw_that_it_would_be(
    driver: Driver, bought: Bought, recall: int, pair: Pair
) -> None:
    refill = driver.until_due(bought)
    with host.unit() as session:  # nothing is kept back, so that no commitment stands between the two
        commitments.consume(session, session.get_one(Refill, refill.id))
    charge = partial(bill, refill.id, clock.now())
    _, seen = no_errors(pair(charge, "INSERT INTO shop_order", partial(hold, bought, recall)))
    assert (seen in ("charging", "paid")) == (driver.refill(bought).state == "paid")


def test_what_is_kept_back_while_a_plan_is_held_does_not_stay(
    driver: Driver, bought: Bought, recall: int, pair: Pair
) -> None:
    refill = driver.refill(bought)
    driver.travel(refill.charge_on - days(30), work=False)
    keep = partial(commitments.keep_back, refill.id, clock.now())
    no_errors(pair(keep, "INSERT INTO kits_commitment", partial(hold, bought, recall)))
    driver.work()
    assert host.session().scalars(select(Commitment.id)).all() == []


def test_a_refill_paid_in_person_and_a_plan_that_goes_on_do_not_block_each_other(
    driver: Driver, bought: Bought, recall: int, pair: Pair
) -> None:
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_chargeDeclinedExpiredCard")
    driver.work()
    refill, later = driver.refill(bought), driver.refill(bought, 2)
    hold(bought, recall)
    driver.travel(clock.now() + timedelta(days=5), work=False)
    page = driver.pay(driver.page(refill.order_id or 0), OTHER_CARD)
    settle = partial(settle_page, page, now=clock.now())
    no_errors(pair(settle, "UPDATE subscriptions_subscription", partial(go_on, bought, recall)))
    assert driver.refill(bought).state == "paid"
    assert driver.refill(bought, 2).needed_on >= later.needed_on + days(5)
