"""Finding customers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.customers.tables import Customer


def customer_by_email(session: Session, email: str, name: str, now: datetime) -> Customer:
    """The customer with this e-mail, made if new. Flushes.

    Two first orders at once: the second waits for the first and then finds it.
    """
    wanted = email.strip().lower()
    known = select(Customer).where(Customer.email == wanted)
    found = session.scalars(known).first()
    if found is not None:
        return found
    try:
        with session.begin_nested():
            made = Customer(email=wanted, name=name.strip(), created_at=now)
            session.add(made)
        return made
    except IntegrityError:
        return session.scalars(known).one()
