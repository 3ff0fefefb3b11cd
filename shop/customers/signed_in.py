"""Who is signed in: ids in Flask's signed session, under keys of our own."""

from __future__ import annotations

import hashlib
import hmac
import time

from flask import current_app, session
from sqlalchemy import select

from kits import host
from shop.customers.tables import Customer, StaffMember

CUSTOMER, STAFF = "refillery_customer", "refillery_staff"
STAFF_SECONDS = 12 * 3600


def remember_customer(customer_id: int) -> None:
    """Sign the customer in; forms shown before are no longer valid."""
    _new_forms()
    session[CUSTOMER] = customer_id


def current_customer() -> Customer | None:
    """The customer who is signed in. Opens a read: `end_reads` before a use case."""
    customer_id = session.get(CUSTOMER)
    return host.session().get(Customer, customer_id) if isinstance(customer_id, int) else None


def forget_customer() -> None:
    """Sign the customer out."""
    _new_forms()
    session.pop(CUSTOMER, None)


def remember_staff(member: StaffMember) -> None:
    """Sign the staff member in, for 12 hours or until their password changes."""
    _new_forms()
    session[STAFF] = {"id": member.id, "stamp": _stamp(member.password_hash), "at": int(time.time())}


def current_staff() -> StaffMember | None:
    """The staff member who is signed in and still active, detached from any session."""
    match session.get(STAFF):
        case {"id": int(member_id), "stamp": str(stamp), "at": int(since)} if time.time() - since < STAFF_SECONDS:
            member = staff_row(StaffMember.id == member_id)
            return member if member and hmac.compare_digest(_stamp(member.password_hash), stamp) else None
    return None


def forget_staff() -> None:
    """Sign the staff member out."""
    _new_forms()
    session.pop(STAFF, None)


def staff_row(which: object) -> StaffMember | None:
    """The active staff member that meets a condition, detached from any session."""
    query = select(StaffMember.__table__).where(StaffMember.active, which)  # type: ignore[arg-type]
    # A connection of its own: every admin page asks, and must not leave the view a transaction.
    with host.engine().connect() as connection:
        row = connection.execute(query).one_or_none()
    return StaffMember(**row._mapping) if row else None


def _new_forms() -> None:
    # Whoever planted the session before the sign-in must not know its CSRF token after it.
    session.pop(current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token"), None)


def _stamp(password_hash: str) -> str:
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]
