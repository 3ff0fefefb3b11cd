"""Finding customers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.customers.tables import Customer

LONGEST_EMAIL = 200


def customer_by_email(session: Session, email: str, name: str, now: datetime) -> Customer:
    """The customer with this e-mail, made if new. Flushes.

    Two first orders at once: the second waits for the first and then finds it.
    """
    wanted = email.strip().lower()
    found = session.scalars(_known(wanted)).first()
    if found is not None:
        return found
    try:
        with session.begin_nested():
            made = Customer(email=wanted, name=name.strip(), created_at=now)
            session.add(made)
        return made
    except IntegrityError:
        return session.scalars(_known(wanted)).one()


def known_customer(session: Session, email: str) -> Customer | None:
    """The customer with this e-mail, however it is written; None for everybody else, and for what is no address."""
    wanted = email.strip().lower()
    if not wanted.isprintable() or len(wanted) > LONGEST_EMAIL:
        return None
    return session.scalars(_known(wanted).where(Customer.erased_at.is_(None))).first()


def is_alive(session: Session, customer_id: int) -> bool:
    """True unless the customer was erased; keeps an erasure waiting until the unit ends."""
    alive = select(Customer.id).where(Customer.id == customer_id, Customer.erased_at.is_(None))
    return session.scalar(alive.with_for_update(read=True, key_share=True)) is not None


def _known(email: str) -> Select[Customer]:
    # Locked against an erasure alone: who waits for one finds nobody under this address afterwards, so that no order
    # and no mail of a person who was just erased is written.
    return select(Customer).where(Customer.email == email).with_for_update(read=True, key_share=True)
