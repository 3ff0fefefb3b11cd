"""Two who come at the same moment, on PostgreSQL with real threads: never two charges, and each fact counts once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from kits import clock, host
from kits.errors import RefilleryError
from shop.payments.cards import learning
from shop.payments.cards.tables import CardSetup
from shop.payments.settle import settle_page
from shop.payments.tables import Payment
from shop.work.outbox import OutboxMail
from subscriptions.billing.billing import bill
from subscriptions.cards import removing, saving
from subscriptions.stops.tables import BillingStop
from tests.journeys.driving import Bought, Driver
from tests.subscriptions.cards.conftest import Cards

pytestmark = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
AtOnce = Callable[..., list[Any]]


def none_failed(found: list[Any]) -> None:
    """Whoever was turned away may come again; nothing else went wrong."""
    wrong = [each for each in found if isinstance(each, Exception)]
    assert [each for each in wrong if not (isinstance(each, RefilleryError) and each.retry)] == []


def count(of: Any, *where: Any) -> int:
    found = host.session().scalar(select(func.count()).select_from(of).where(*where)) or 0
    host.end_reads()
    return int(found)


def test_webhook_and_return_page_save_one_card_once(cards: Cards, at_once: AtOnce) -> None:
    page = cards.fill(cards.page())
    none_failed(at_once([partial(settle_page, page, now=clock.now())] * 4))
    assert cards.plan[1] == "4444"
    assert count(CardSetup, CardSetup.state == "done") == 1
    cards.driver.work()
    assert cards.kept(cards.plan[0])


def test_two_clicks_open_one_page(cards: Cards, at_once: AtOnce) -> None:
    found = at_once([partial(saving.save, cards.plan_id, "main", now=clock.now())] * 4)
    none_failed(found)
    assert len({each for each in found if isinstance(each, str)}) == 1
    assert count(CardSetup) == 1


def test_two_webhooks_of_a_removed_card_ask_once(cards: Cards, at_once: AtOnce) -> None:
    card = str(cards.plan[0])
    cards.detached(card, told=False)
    none_failed(at_once([partial(learning.learn, card, now=clock.now())] * 4))
    assert (count(BillingStop), count(OutboxMail, OutboxMail.key.startswith("card-needed"))) == (1, 1)


@pytest.mark.parametrize("_", range(3))
def test_a_card_removed_while_it_is_charged_takes_the_money_once_or_not_at_all(
    _: int, cards: Cards, driver: Driver, bought: Bought, at_once: AtOnce, charged: Callable[[], int]
) -> None:
    refill, now = driver.until_due(bought), clock.now()
    remove = partial(removing.remove, cards.plan_id, "main", actor="customer", now=now)
    none_failed(at_once([partial(bill, refill.id, now), remove]))
    driver.work()
    paid = driver.refill(bought).state == "paid"
    assert charged() == (1 if paid else 0)
    assert paid or ("card", True) in cards.stops()
    cards.save()
    driver.work()
    assert (driver.refill(bought).state, charged()) == ("paid", 1)


@pytest.mark.parametrize("_", range(3))
def test_the_backup_card_and_a_customer_who_pays_in_person_take_the_money_once(
    _: int, cards: Cards, driver: Driver, bought: Bought, at_once: AtOnce, charged: Callable[[], int]
) -> None:
    cards.save("backup")
    cards.behaves(cards.plan[0], "pm_card_chargeDeclinedInsufficientFunds")
    refill, now = driver.until_due(bought), clock.now()
    bill(refill.id, now)
    assert driver.refill(bought).state == "declined"
    order_id = driver.refill(bought).order_id or 0

    def in_person() -> None:
        settle_page(driver.pay(driver.page(order_id), "4000056655665556"), now=now)

    at_once([partial(bill, refill.id, now), in_person])
    driver.work()
    assert driver.refill(bought).state == "paid"
    assert charged() == 1
    assert count(Payment, Payment.order_id == order_id) == 1


def test_a_new_card_and_a_detached_old_one_leave_the_plan_with_the_new(cards: Cards, at_once: AtOnce) -> None:
    old = str(cards.plan[0])
    page = cards.fill(cards.page())
    cards.detached(old, told=False)
    acts = [partial(settle_page, page, now=clock.now()), partial(learning.learn, old, now=clock.now())]
    none_failed(at_once(acts))
    assert cards.plan[1] == "4444"
    assert not any(still for _, still in cards.stops())


def test_a_new_card_while_the_old_one_is_tried_again_pays_once(
    cards: Cards, driver: Driver, bought: Bought, at_once: AtOnce, charged: Callable[[], int]
) -> None:
    cards.behaves(cards.plan[0], "pm_card_chargeDeclinedInsufficientFunds")
    driver.travel(driver.until_due(bought).charge_on)
    refill = driver.refill(bought)
    driver.travel(refill.retry_on, work=False)  # type: ignore[arg-type]
    page, now = cards.fill(cards.page()), clock.now()
    none_failed(at_once([partial(bill, refill.id, now), partial(settle_page, page, now=now)]))
    driver.work()
    assert (driver.refill(bought).state, charged()) == ("paid", 1)
