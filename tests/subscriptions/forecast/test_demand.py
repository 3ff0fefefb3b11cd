"""What running plans want from stock: each refill once, on the day it is charged, for as long as it serves."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from kits import clock, host
from kits.catalogue.first_kit import ROLLER, SERUM
from kits.catalogue.retiring import retire
from kits.catalogue.tables import Item
from kits.stock.outlook.forecast import Wanted
from kits.stock.tables import Commitment
from subscriptions import commands
from subscriptions.forecast.demand import plan_demand
from subscriptions.tables import Hold, Subscription
from tests.bench.statements import counted
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.forecast.conftest import Foretell, reads, wanted, week_of


def demand() -> dict[str, list[Wanted]]:
    session = host.session()
    items = session.scalars(select(Item)).all()
    found = plan_demand(session, items, clock.now())
    told = {item.sku: sorted(found[item.id], key=lambda each: each.on) for item in items if item.id in found}
    host.end_reads()
    return told


def hold(bought: Bought, until: date | None) -> None:
    with host.unit() as session:
        day, now = clock.today(clock.now()), clock.now()
        session.add(
            Hold(subscription_id=bought.subscription_id, from_day=day, until_day=until, cause="recall", made_at=now)
        )


def add_item(sku: str) -> None:
    with host.unit() as session:
        session.add(Item(sku=sku, name="Another serum"))


def test_each_refill_is_wanted_on_its_day_until_the_last_session_its_box_is_for(driver: Driver) -> None:
    bought = driver.buy(quantity=3)
    first, second = driver.refills(bought)
    last = host.session().scalars(select(Subscription.last_session)).one()
    host.end_reads()
    [one, other] = demand()[SERUM]
    assert (one.on, one.units, one.until < last) == (first.charge_on, 3, True)
    assert other == Wanted(second.charge_on, last, 3)
    assert ROLLER not in demand()


def test_plans_of_the_same_days_are_added_up(driver: Driver) -> None:
    once = [driver.buy(), demand()][1]
    driver.buy(quantity=2)
    assert [each.units for each in demand()[SERUM]] == [3 * each.units for each in once[SERUM]]


def test_what_is_ordered_ended_or_over_is_wanted_no_more(driver: Driver, bought: Bought) -> None:
    driver.until_due(bought)
    driver.work()
    assert driver.refill(bought).state == "paid"
    assert [each.on for each in demand()[SERUM]] == [driver.refill(bought, 2).charge_on]
    assert bought.subscription_id is not None
    commands.end(bought.subscription_id, actor="customer", now=clock.now())
    assert demand() == {}


def test_a_plan_that_rests_wants_nothing_until_it_goes_on(driver: Driver, bought: Bought, today: date) -> None:
    hold(bought, today)
    assert len(demand()[SERUM]) == 2
    hold(bought, None)
    assert demand() == {}


def test_a_refill_that_is_committed_is_counted_once(driver: Driver, bought: Bought, foretell: Foretell) -> None:
    driver.travel(driver.refill(bought).charge_on - days(20))
    assert [row.quantity for row in host.session().scalars(select(Commitment))] == [1]
    host.end_reads()
    found = wanted(foretell()[SERUM])
    assert found[week_of(driver.refill(bought).charge_on)] == 1
    assert sum(found.values()) == 3, "the kit that is not packed yet, and two refills"


def test_a_retired_item_is_wanted_as_its_successor(driver: Driver, bought: Bought) -> None:
    before = demand()[SERUM]
    add_item("SERUM-NEW")
    add_item("SERUM-NEWER")
    retire(SERUM, "SERUM-NEW", actor="test", now=clock.now())
    assert demand() == {"SERUM-NEW": before}
    retire("SERUM-NEW", "SERUM-NEWER", actor="test", now=clock.now())
    assert demand() == {"SERUM-NEWER": before}


def test_a_refill_that_was_announced_before_still_wants_what_its_notice_named(driver: Driver, bought: Bought) -> None:
    add_item("SERUM-NEW")
    driver.travel(driver.refill(bought).notice_on)
    assert driver.refill(bought).state == "notified"
    retire(SERUM, "SERUM-NEW", actor="test", now=clock.now())
    assert [len(demand()[sku]) for sku in (SERUM, "SERUM-NEW")] == [1, 1]


def test_the_number_of_statements_does_not_grow_with_the_plans(driver: Driver, foretell: Foretell) -> None:
    with counted(host.engine()) as few:
        foretell()
    for _ in range(3):
        driver.buy()
    with counted(host.engine()) as many:
        foretell()
    assert len(reads(few)) == len(reads(many)) == 5
