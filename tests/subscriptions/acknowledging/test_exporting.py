"""A customer's download tells which newer notices they were asked about and when they confirmed them."""

from __future__ import annotations

from collections.abc import Callable

from kits import clock, host
from shop.customers.tables import Customer
from shop.registers import registers
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver
from tests.servers.client import Visitor
from tests.subscriptions.acknowledging.conftest import confirm


def downloaded(bought: Bought) -> list[dict[str, object]]:
    """What the buyer of the plan downloads of it."""
    session = host.session()
    customer = session.get_one(Customer, session.get_one(Subscription, bought.subscription_id).customer_id)
    found: list[dict[str, object]] = registers().export_parts["notices"](session, customer, clock.now())
    host.end_reads()
    return found


def test_only_ones_own_notices_are_told_and_no_token(
    driver: Driver,
    bought: Bought,
    client: Visitor,
    new_notice: Callable[..., str],
) -> None:
    another = driver.buy()
    assert downloaded(bought) == []
    new_notice()
    driver.travel(driver.refill(bought).notice_on)
    [asked] = downloaded(bought)
    assert (asked["order"], asked["version"], asked["accepted_at"]) == (bought.number, "2", None)
    assert set(asked) == {"order", "version", "sha256", "asked_at", "accepted_at"}
    confirm(client, f"/orders/{bought.token}/refills/{bought.subscription_id}/notice")
    assert downloaded(bought)[0]["accepted_at"] is not None
    assert [each["accepted_at"] for each in downloaded(another)] == [None]
