"""What a customer is told of a replacement."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from shop.links import order_url
from shop.orders.tables import Order
from shop.work.letters import letter
from shop.work.outbox import Letter, post
from subscriptions.repairs.tables import Repair
from subscriptions.tables import Refill


def replaced(session: Session, repair: Repair, now: datetime) -> None:
    """Its box is sent once more, for nothing."""
    assert repair.order is not None
    mail = replaced_letter(repair.refill, repair.order)
    post(session, f"refill-replaced-{repair.id}", repair.refill.subscription.customer.email, mail, now=now)


def replaced_letter(refill: Refill, order: Order) -> Letter:
    """What the customer reads."""
    about = {"refill": refill, "order": order, "url": order_url(order.token)}
    return letter("We send your refill once more", "subscriptions/mails/refill_replaced", **about)
