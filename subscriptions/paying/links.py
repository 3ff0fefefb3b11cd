"""Making the links that pay in person, and taking one: it works once, until it expires."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kits import host
from kits.errors import NotFound
from shop.links import external, order_url
from shop.orders.tables import Order
from shop.work.letters import letter
from shop.work.outbox import Letter, OutboxMail, post
from subscriptions.paying.tables import PayLink

LASTS = timedelta(days=14)
A_CLICK = timedelta(minutes=1)


def make(session: Session, order_id: int, now: datetime) -> str:
    """The address of a new link, good for 14 days. Flushes."""
    token = secrets.token_urlsafe(32)
    session.add(PayLink(order_id=order_id, token_sha256=_digest(token), made_at=now, expires_at=now + LASTS))
    session.flush()
    return external("refillery_paying.ask", token=token)


def find(session: Session, token: str) -> PayLink:
    """The link with this token, used or not; raises NotFound."""
    found = session.scalars(select(PayLink).where(PayLink.token_sha256 == _digest(token))).first()
    if found is None:
        raise NotFound("There is nothing to pay here. Check the link in your mail.")
    return found


def works(link: PayLink, now: datetime) -> bool:
    """True until it was used, or has expired; a second click just after the first leads to the same page."""
    return link.expires_at > now and (link.used_at is None or link.used_at > now - A_CLICK)


def take(session: Session, link_id: int, now: datetime) -> None:
    """The link is used; the first time counts. Flushes."""
    fresh = update(PayLink).where(PayLink.id == link_id, PayLink.used_at.is_(None))
    session.execute(fresh.values(used_at=now).execution_options(synchronize_session=False))


def mail_again(link_id: int, *, now: datetime) -> None:
    """Mail a new link to the customer; asked for twice, one mail leaves. Commits."""
    with host.unit() as session:
        link = session.scalars(select(PayLink).where(PayLink.id == link_id).with_for_update()).one()
        key = f"pay-link-{link_id}"
        if session.scalar(select(OutboxMail.id).where(OutboxMail.key == key)) is None:
            mail = link_letter(link.order, make(session, link.order_id, now))
            post(session, key, link.order.customer.email, mail, now=now)


def link_letter(order: Order, pay_url: str) -> Letter:
    """What the customer reads who asked for a new link."""
    about = {"order": order, "pay_url": pay_url, "url": order_url(order.token), "days": LASTS.days}
    return letter("The link to pay for your refill", "subscriptions/mails/pay_link", **about)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
