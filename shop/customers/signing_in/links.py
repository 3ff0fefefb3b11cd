"""Magic links: a mail that signs a customer in. Only the hash of its token is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from kits.errors import NotFound
from kits.host import session as open_session
from kits.host import unit
from kits.settings import setting
from shop.customers.people import known_customer
from shop.customers.tables import Customer, MagicLink
from shop.links import external
from shop.work.letters import letter
from shop.work.outbox import Letter, post

LASTS = timedelta(minutes=15)
KEPT = timedelta(days=1)
MOST_OPEN = 3


@dataclass(frozen=True)
class LedIn:
    """Whom a link has led in, and how often they had signed out everywhere by then."""

    customer_id: int
    sign_ins: int


def mail_link(session: Session, email: str, now: datetime) -> None:
    """Write the mail with a sign-in link if `email` is a customer's. Flushes.

    A customer has at most three links open, so that nobody floods their mailbox.
    How long it takes tells whose the address is: pages call `asking.ask` instead.
    """
    session.execute(delete(MagicLink).where(MagicLink.expires_at < now - KEPT))
    customer = known_customer(session, email)
    if customer is not None and _open_links(session, customer, now) < MOST_OPEN:
        _send(session, customer, now)


def leads_in(token: str, now: datetime) -> bool:
    """True while the link behind `token` can be used; looking does not use it."""
    return open_session().scalar(select(MagicLink.id).where(_usable(token, now))) is not None


def use_link(token: str, now: datetime) -> LedIn:
    """Use the link up and say whom it leads in. Commits. Raises NotFound when it is unknown, used or late.

    Under the link's lock, which whoever signs out everywhere takes after
    counting up: so no sign-in of before counts as one of after.
    """
    with unit() as session:
        used = update(MagicLink).where(_usable(token, now)).values(used_at=now).returning(MagicLink.customer_id)
        customer_id = session.scalar(used.execution_options(synchronize_session=False))
        sign_ins = session.scalar(select(Customer.sign_ins).where(Customer.id == customer_id))
    if customer_id is None or sign_ins is None:
        raise NotFound("This link has been used already, or its 15 minutes are over. Ask for a new one.")
    return LedIn(customer_id, sign_ins)


def revoke_links(session: Session, customer_id: int) -> None:
    """Links that were mailed to the customer lead in no more. Within the open unit."""
    session.execute(delete(MagicLink).where(MagicLink.customer_id == customer_id))


def _open_links(session: Session, customer: Customer, now: datetime) -> int:
    still_open = (MagicLink.customer_id == customer.id, MagicLink.used_at.is_(None), MagicLink.expires_at > now)
    return session.scalar(select(func.count()).select_from(MagicLink).where(*still_open)) or 0


def _send(session: Session, customer: Customer, now: datetime) -> None:
    token = secrets.token_urlsafe(32)
    link = MagicLink(customer_id=customer.id, token_sha256=_digest(token), expires_at=now + LASTS)
    session.add(link)
    session.flush()
    post(session, f"sign-in:{link.id}", customer.email, link_letter(token), now=now)


def link_letter(token: str) -> Letter:
    """The mail that brings a sign-in link."""
    return letter(
        f"Your link to sign in to {setting('NAME')}",
        "shop/mails/sign_in",
        url=external("refillery_sign_in.link", token=token),
        minutes=int(LASTS.total_seconds() // 60),
    )


def _usable(token: str, now: datetime) -> ColumnElement[bool]:
    return (MagicLink.token_sha256 == _digest(token)) & MagicLink.used_at.is_(None) & (MagicLink.expires_at > now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
