"""Commitments: stock kept back for refills that are about to be charged, before any new kit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from kits import clock, host
from kits.catalogue import first_kit
from kits.catalogue.tables import Item
from kits.errors import SoldOut
from kits.stock.figures import Figures, figures
from kits.stock.tables import Commitment, Lot
from subscriptions import commands, commitments
from subscriptions.billing.billing import bill
from subscriptions.tables import Hold, Refill
from tests.journeys.driving import Bought, Driver, days

HORIZON = 30


def kept() -> list[tuple[str, int, date, date]]:
    """SKU, units, until when they must last and for which day, of all that is kept back."""
    rows = host.session().execute(
        select(Item.sku, Commitment.quantity, Commitment.serves_until, Commitment.wanted_on)
        .join(Item, Item.id == Commitment.item_id)
        .order_by(Commitment.wanted_on)
    )
    found = [(sku, units, until, on) for sku, units, until, on in rows]
    host.end_reads()
    return found


def serum() -> Figures:
    """The serum's figures today."""
    found = {row.item.sku: row for row in figures(host.session(), clock.today(clock.now()))}
    host.end_reads()
    return found[first_kit.SERUM]


def leave(units: int) -> None:
    """All that is free of the serum but `units` has gone."""
    item = select(Item.id).where(Item.sku == first_kit.SERUM).scalar_subquery()
    with host.unit() as session:
        session.execute(update(Lot).where(Lot.item_id == item).values(on_hand=units))


@pytest.fixture
def near(driver: Driver, bought: Bought) -> Callable[[int], None]:
    """`near(n)` lets time pass until the first refill's charge is n days ahead."""

    def go(ahead: int) -> None:
        driver.travel(driver.refill(bought).charge_on - days(ahead))

    return go


def test_a_refill_is_kept_back_from_the_day_the_horizon_reaches_its_charge(
    driver: Driver, bought: Bought, near: Callable[[int], None]
) -> None:
    near(HORIZON + 1)
    assert kept() == []
    near(HORIZON)
    refill = driver.refill(bought)
    until = max(day for day in _sessions(bought) if refill.needed_on <= day < driver.refill(bought, 2).needed_on)
    assert kept() == [(first_kit.SERUM, 1, until, refill.charge_on)]
    assert serum().committed == 1


def test_a_new_kit_may_not_take_what_a_refill_is_about_to_need(
    driver: Driver, bought: Bought, near: Callable[[int], None]
) -> None:
    near(HORIZON)
    leave(2)  # one is promised to the kit that is not packed yet, one is for the refill
    assert serum().available == 0
    with pytest.raises(SoldOut):
        driver.order()
    driver.until_due(bought)
    driver.work()
    assert driver.refill(bought).state == "paid"


def test_the_refill_due_first_takes_first_and_a_later_ones_commitment_does_not_stand_in_its_way(
    driver: Driver, bought: Bought, near: Callable[[int], None]
) -> None:
    driver.travel(clock.now() + timedelta(days=10))
    later = driver.buy()
    near(8)
    leave(3)  # two kits are not packed yet, so one is left for two refills
    assert (serum().committed, serum().missing, serum().available) == (2, 1, 0)
    driver.until_due(bought)
    driver.work()
    driver.travel(driver.refill(later).charge_on)
    assert (driver.refill(bought).state, driver.refill(later).state) == ("paid", "waiting_for_stock")


def test_a_refill_that_is_ordered_is_reserved_and_no_longer_kept_back(driver: Driver, bought: Bought) -> None:
    refill = driver.until_due(bought)
    before = serum()
    bill(refill.id, clock.now())  # by itself, no duty beside it
    assert kept() == []
    assert (before.committed, before.reserved, before.available) == (1, 1, 18)
    assert (serum().committed, serum().reserved, serum().available) == (0, 2, 18)


def test_what_an_ended_plan_no_longer_needs_is_free_again(
    driver: Driver, bought: Bought, near: Callable[[int], None]
) -> None:
    near(HORIZON)
    assert bought.subscription_id is not None
    commands.end(bought.subscription_id, actor="customer", now=clock.now())
    driver.work()
    assert (kept(), serum().available) == ([], 19)


def test_a_refill_that_moves_is_kept_back_for_its_new_day(
    driver: Driver, bought: Bought, near: Callable[[int], None]
) -> None:
    near(HORIZON)
    refill = driver.refill(bought)
    _move(refill.id, refill.charge_on + days(3))
    driver.work()
    assert kept() == []
    driver.travel(clock.now() + timedelta(days=3))
    assert [wanted_on for *_, wanted_on in kept()] == [refill.charge_on + days(3)]


def test_a_held_plan_keeps_nothing_back(driver: Driver, bought: Bought, near: Callable[[int], None]) -> None:
    near(HORIZON)
    with host.unit() as session:
        assert bought.subscription_id is not None
        today = clock.today(clock.now())
        session.add(Hold(subscription_id=bought.subscription_id, from_day=today, cause="recall", made_at=clock.now()))
        commitments.rest(session, bought.subscription_id)
    driver.work()
    assert kept() == []


def test_two_duties_at_once_keep_back_once(
    driver: Driver, bought: Bought, near: Callable[[int], None], at_once: Callable[..., list[object]]
) -> None:
    near(HORIZON + 1)
    driver.travel(driver.refill(bought).charge_on - days(HORIZON), work=False)
    refill_id, now = driver.refill(bought).id, clock.now()
    at_once([lambda: commitments.keep_back(refill_id, now)] * 8)
    assert host.session().scalar(select(func.count(Commitment.id))) == 1


def _sessions(bought: Bought) -> list[date]:
    plan = host.session().scalars(select(Refill)).first()
    assert plan is not None
    dates = list(plan.subscription.plan.session_dates)
    host.end_reads()
    return dates


def _move(refill_id: int, day: date) -> None:
    with host.unit() as session:
        session.execute(update(Refill).where(Refill.id == refill_id).values(charge_on=day))
