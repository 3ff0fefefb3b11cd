"""Asking for a link by mail, to sign in or to an order: a row, so that no answer and no time tells who is a customer.

A duty looks at the row and mails the link, if there is one to mail; then the row is gone.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from kits.host import unit
from shop.customers.people import as_kept, known_customer
from shop.customers.signing_in.links import mail_link
from shop.customers.tables import LinkRequest
from shop.links import order_url
from shop.orders.tables import Order
from shop.work.duties import Duty
from shop.work.letters import letter
from shop.work.outbox import post

SIGNS = 10
EVERY = timedelta(minutes=15)
"""An order's link is mailed once in this time, however often it is asked for."""


def ask(email: str, now: datetime, *, order_number: str | None = None) -> None:
    """Ask for a link to sign in, or to an order. Commits; the same for every address and every number."""
    with unit() as current:
        current.add(LinkRequest(email=as_kept(email), order_number=order_number, asked_at=now))


def as_numbered(typed: str) -> str:
    """An order's number as we write it, from how a person types it: small letters, spaces, no dashes or no R."""
    signs = re.sub(r"[^0-9A-Z]", "", typed.upper())[-SIGNS:]
    return f"R-{signs[:5]}-{signs[5:]}"


def answer(request_id: int, now: datetime) -> None:
    """Mail the link that was asked for, if the address is a customer's and the order theirs. Commits."""
    with unit() as current:
        asked = current.get(LinkRequest, request_id)
        if asked is None:
            return
        if asked.order_number is None:
            mail_link(current, asked.email, now)
        else:
            _mail_order(current, asked.email, asked.order_number, now)
        current.delete(asked)


def _mail_order(current: Session, email: str, number: str, now: datetime) -> None:
    customer = known_customer(current, email)
    if customer is None:
        return
    mine = select(Order).where(Order.number == number, Order.customer_id == customer.id)
    order = current.scalars(mine).first()
    if order is None:
        return
    mail = letter(f"Your order {number}", "shop/mails/order_link", url=order_url(order.token), number=number)
    turn = int(now.timestamp() // EVERY.total_seconds())
    post(current, f"order-link-{order.id}-{turn}", customer.email, mail, now=now)


def _due(now: datetime) -> ColumnElement[bool]:
    return true()


LINK_DUTY = Duty("link by mail", LinkRequest, _due, answer)
