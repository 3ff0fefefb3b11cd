"""Finding customers."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kits.in_one import whole
from kits.ready import Ready
from shop.customers.tables import Customer

LONGEST_EMAIL = 200
_PERSON = ("id", "email", "name", "stripe_customer")


@dataclass(frozen=True)
class Person:
    """A customer in plain values; `gateway_id` is None for someone whom the gateway does not know yet."""

    id: int
    email: str
    name: str
    gateway_id: str | None


def as_kept(email: str) -> str:
    """An e-mail as it is kept: in small letters, and accents as one sign each, however a device types them."""
    return unicodedata.normalize("NFC", email.strip()).lower()


def buyer(session: Session, email: str, name: str, now: datetime) -> Person:
    """The customer with this e-mail, made if new; one statement.

    Two first orders at once: the second waits for the first and then finds it.
    """
    values = {"email": as_kept(email), "name": name.strip(), "created_at": now}
    return Person(*_made_or_known(session.get_bind().dialect.name).run(session, whole(Customer, values)).one())


@cache
def _made_or_known(dialect: str) -> Ready:
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table = Customer.__table__
    values = {name: bindparam(name, type_=table.c[name].type) for name in ("email", "name", "created_at", "sign_ins")}
    # Writing the known e-mail over itself is what makes the statement tell the row's id.
    known = {"index_elements": [table.c.email], "set_": {"email": insert(table).excluded.email}}
    made = insert(table).values(values).on_conflict_do_update(**known)
    return Ready(made.returning(*(table.c[name] for name in _PERSON)))


def customer_id(session: Session, email: str, name: str, now: datetime) -> int:
    """The id of the same."""
    return buyer(session, email, name, now).id


def known_customer(session: Session, email: str) -> Customer | None:
    """The customer with this e-mail, however it is written; None for everybody else, and for what is no address."""
    wanted = as_kept(email)
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
