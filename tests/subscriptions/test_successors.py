"""Retired items in running plans: they move to the successor at their next refill, and the notice says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select, update

from kits import clock, host
from kits.catalogue import first_kit
from kits.catalogue.retiring import bring_back, retire
from kits.catalogue.tables import Item
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from kits.stock.tables import Commitment, Lot, Reservation
from shop.orders.tables import Order
from subscriptions.tables import Refill
from tests.journeys.driving import Bought, Driver, days

NEW = "SERUM-B"
CHANGED = "What we send has changed: Serum B takes the place of Serum, three months."


@pytest.fixture
def successor(driver: Driver) -> None:
    """Another serum, of which there is plenty."""
    with host.unit() as session:
        session.add(Item(sku=NEW, name="Serum B"))
    receive(Delivery(NEW, "B-1", 50, clock.today(clock.now()) + days(900)), Cause("command", clock.now()))


@pytest.fixture
def notices(mail_folder: Path) -> Callable[[], list[str]]:
    """The texts of all advance notices sent so far, the oldest first."""

    def sent() -> list[str]:
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(mail_folder.iterdir())]
        texts = [mail.get_body(("plain",)) for mail in mails if mail["Subject"] == "Your next serum refill"]
        return [" ".join(str(text.get_content()).split()) for text in texts if text is not None]

    return sent


def taken(bought: Bought, number: int, driver: Driver) -> str | None:
    """The SKU that the refill's order was promised."""
    session = host.session()
    order_id = driver.refill(bought, number).order_id
    found = session.scalar(
        select(Item.sku)
        .join(Reservation, Reservation.item_id == Item.id)
        .join(Order, Order.number == Reservation.order_number)
        .where(Order.id == order_id)
    )
    host.end_reads()
    return found


def stop(sku: str = first_kit.SERUM, successor: str | None = NEW) -> None:
    retire(sku, successor, actor="staff:1", now=clock.now())


def test_a_plan_moves_to_the_successor_at_its_next_refill_which_is_announced_once(
    driver: Driver, bought: Bought, successor: None, notices: Callable[[], list[str]]
) -> None:
    stop()
    for number in (1, 2):
        driver.until_due(bought, number)
        driver.work()
        assert taken(bought, number, driver) == NEW
    assert [CHANGED in text for text in notices()] == [True, False]


def test_what_was_announced_before_the_item_was_retired_is_still_sent(
    driver: Driver, bought: Bought, successor: None, notices: Callable[[], list[str]]
) -> None:
    driver.until_due(bought)
    stop()
    driver.work()
    assert taken(bought, 1, driver) == first_kit.SERUM
    driver.until_due(bought, 2)
    driver.work()
    assert taken(bought, 2, driver) == NEW
    assert [CHANGED in text for text in notices()] == [False, True]


def test_when_the_announced_item_has_run_out_its_successor_is_announced_before_it_is_sent(
    driver: Driver, bought: Bought, successor: None, notices: Callable[[], list[str]]
) -> None:
    driver.until_due(bought)
    stop()
    with host.unit() as session:
        old = select(Item.id).where(Item.sku == first_kit.SERUM).scalar_subquery()
        session.execute(update(Lot).where(Lot.item_id == old).values(on_hand=1))  # the kit's own, not packed yet
    driver.work()
    announced = driver.refill(bought)
    assert announced.state == "notified"
    assert announced.charge_on == clock.today(clock.now()) + days(7)
    assert CHANGED in notices()[-1]
    driver.travel(announced.charge_on - days(1))
    assert driver.refill(bought).state == "notified"
    driver.travel(announced.charge_on)
    assert (driver.refill(bought).state, taken(bought, 1, driver)) == ("paid", NEW)
    assert driver.charges()[bought.number, "1"] == 1


def test_what_was_announced_is_sent_though_the_old_item_came_back_and_the_next_notice_tells_of_it(
    driver: Driver, bought: Bought, successor: None, notices: Callable[[], list[str]]
) -> None:
    stop()
    driver.until_due(bought)
    bring_back(first_kit.SERUM, actor="staff:1", now=clock.now())
    driver.work()
    assert taken(bought, 1, driver) == NEW
    driver.until_due(bought, 2)
    driver.work()
    assert taken(bought, 2, driver) == first_kit.SERUM
    assert "Serum, three months takes the place of Serum B." in notices()[-1]


def test_when_the_announced_successor_has_run_out_the_item_that_came_back_is_announced_first(
    driver: Driver, bought: Bought, successor: None, notices: Callable[[], list[str]]
) -> None:
    stop()
    driver.until_due(bought)
    bring_back(first_kit.SERUM, actor="staff:1", now=clock.now())
    with host.unit() as session:
        session.execute(update(Lot).where(Lot.code == "B-1").values(on_hand=0))
    driver.work()
    assert (driver.refill(bought).state, driver.refill(bought).order_id) == ("notified", None)
    assert "Serum, three months takes the place of Serum B." in notices()[-1]


def test_a_notice_written_before_announcements_were_kept_announced_what_was_in_force_then(
    driver: Driver, bought: Bought, successor: None
) -> None:
    driver.until_due(bought)
    with host.unit() as session:
        session.execute(update(Refill).values(announced=None))
    stop()
    driver.work()
    assert taken(bought, 1, driver) == first_kit.SERUM


def test_stock_is_kept_back_of_the_item_that_will_be_sent(driver: Driver, bought: Bought, successor: None) -> None:
    def kept() -> list[str]:
        found = host.session().scalars(select(Item.sku).join(Commitment, Commitment.item_id == Item.id)).all()
        host.end_reads()
        return list(found)

    driver.travel(driver.refill(bought).charge_on - days(30))
    assert kept() == [first_kit.SERUM]
    driver.travel(clock.now() + timedelta(minutes=1))
    stop()
    driver.work()
    assert kept() == [NEW]
    driver.travel(clock.now() + timedelta(minutes=1))
    bring_back(first_kit.SERUM, actor="staff:1", now=clock.now())
    driver.work()
    assert kept() == [first_kit.SERUM]


def test_a_new_kit_is_sold_with_the_successor(driver: Driver, successor: None) -> None:
    stop()
    order = driver.order()
    promised = select(Item.sku).join(Reservation, Reservation.item_id == Item.id)
    skus = host.session().scalars(promised.where(Reservation.order_number == order.number)).all()
    assert sorted(skus) == [first_kit.ROLLER, NEW]
