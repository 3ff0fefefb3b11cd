"""Refills that something went wrong with, and what staff ask for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kits import clock, host
from shop.orders import parcels
from subscriptions.repairs import cancelling, charging, replacing
from subscriptions.repairs.asked import Asked
from subscriptions.repairs.tables import Repair
from subscriptions.tables import Refill
from tests.journeys.driving import Bought, Driver
from tests.shop.admin.conftest import staff  # noqa: F401

SOFT, IN_PERSON, EXPIRED = (
    "pm_card_chargeDeclined",
    "pm_card_authenticationRequired",
    "pm_card_chargeDeclinedExpiredCard",
)

OUT = 0.8


@pytest.fixture
def read(driver: Driver) -> Callable[[Any], list[Any]]:
    """All rows of a query; nothing stays open."""

    def rows(query: Any) -> list[Any]:
        found = list(host.session().scalars(query))
        host.end_reads()
        return found

    return rows


class Desk:
    """What staff ask for about the first refill of a plan."""

    def __init__(self, driver: Driver, bought: Bought) -> None:
        self.driver, self.bought = driver, bought

    @property
    def refill_id(self) -> int:
        return self.driver.refill(self.bought).id

    @property
    def state(self) -> str:
        return self.driver.refill(self.bought).state

    @property
    def charges(self) -> int:
        return self.driver.charges()[self.bought.number, "1"]

    def asked(self, mark: str = "a form", reason: str = "They asked for it by phone.") -> Asked:
        return Asked(reason, mark, "staff:1")

    def charge(self, mark: str = "a form", **more: str) -> str:
        return charging.charge_now(self.refill_id, self.asked(mark, **more), now=clock.now())

    def cancel(self, mark: str = "a form", **more: str) -> None:
        cancelling.cancel(self.refill_id, self.asked(mark, **more), now=clock.now())

    def replace(self, mark: str = "a form", *, again: bool = False, **more: str) -> None:
        replacing.replace(self.refill_id, self.asked(mark, **more), again=again, now=clock.now())

    def during_a_charge(self, at_once: Callable[..., list[Any]], do: Callable[[], Any]) -> Any:
        """A worker charges it; what `do` returned or raised while Stripe had not answered yet."""
        self.driver.until_due(self.bought)
        self.driver.sandbox.fault("payment_intents.confirm", "delay", seconds=OUT)

        def when_it_is_out() -> Any:
            while self.state != "charging":
                time.sleep(0.02)
            time.sleep(OUT / 4)
            return do()

        return at_once([self.driver.work, when_it_is_out])[1]

    def repairs(self) -> list[str]:
        found = list(host.session().scalars(select(Repair.what).order_by(Repair.id)))
        host.end_reads()
        return found

    def column(self, name: str) -> Any:
        found = host.session().scalar(select(getattr(Refill, name)).where(Refill.id == self.refill_id))
        host.end_reads()
        return found

    def decline(self, card: str = SOFT) -> None:
        """Its charge falls due and is declined."""
        self.driver.until_due(self.bought)
        self.driver.card_behaves(self.bought, card)
        self.driver.work()

    def ship(self) -> int:
        """It is paid and leaves; the id of its order."""
        self.driver.until_due(self.bought)
        self.driver.work()
        order_id = self.driver.refill(self.bought).order_id or 0
        parcels.ship(order_id, tracking="JD01", actor="staff:1", now=clock.now())
        return order_id


@pytest.fixture
def desk(driver: Driver, bought: Bought) -> Desk:
    """The first refill of a paid plan, seen from the desk."""
    return Desk(driver, bought)
