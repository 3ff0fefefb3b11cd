"""The law that new contracts are made under: one setting, checked at start; a contract keeps its own for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.settings import setting
from shop.orders.basket import PricedLine
from shop.orders.placing.agreements import KEY_INFORMATION, KeyInformation
from shop.orders.tables import Agreement, Order
from subscriptions.law import facts
from subscriptions.law.regimes import REGIMES, UK_2013, regime
from subscriptions.tables import Subscription

LEAST_PRICE_NOTICE = 30
"""Days that a higher price is told of before it holds, at least."""


def check(config: Mapping[str, Any]) -> None:
    """Raises RuntimeError for settings that no shop may run with."""
    if config["SHOP_SUBSCRIPTION_LAW"] not in REGIMES:
        raise RuntimeError(f"SHOP_SUBSCRIPTION_LAW is one of {', '.join(REGIMES)}.")
    if int(config["SHOP_PRICE_NOTICE_DAYS"]) < LEAST_PRICE_NOTICE:
        raise RuntimeError(f"SHOP_PRICE_NOTICE_DAYS is at least {LEAST_PRICE_NOTICE}.")


def key_information(follows: Sequence[PricedLine]) -> KeyInformation:
    """What the checkout says of the refills, by the law in the settings."""
    law = regime(str(setting("SUBSCRIPTION_LAW")))
    last = max(line.plan.last_session for line in follows)
    return KeyInformation(law.code, tuple(facts.key_facts(law, last, int(setting("PRICE_NOTICE_DAYS")))))


def law_of(session: Session, order: Order) -> str:
    """The code of the law that an order was placed under, as its key information was kept with it."""
    kept = select(Agreement.version).where(Agreement.order_id == order.id, Agreement.kind == KEY_INFORMATION)
    return session.scalar(kept) or UK_2013


def cooling_off_days(session: Session, order: Order) -> int | None:
    """In how many days an order with a plan, or a refill of one, can be withdrawn from; None for any other order."""
    root = select(Order.id).where(Order.number == order.root_number).scalar_subquery()
    laws = session.scalars(select(Subscription.law).where(Subscription.order_id == root)).all()
    return max((regime(law).cooling_off.days for law in laws), default=None)
