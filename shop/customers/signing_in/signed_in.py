"""Who is signed in: ids in Flask's signed session, under keys of our own."""

from __future__ import annotations

import hashlib
import hmac
import time

from flask import current_app, session
from sqlalchemy import select, update

from kits import host
from shop.customers.signing_in.links import LedIn, revoke_links
from shop.customers.tables import Customer, StaffMember

CUSTOMER, STAFF = "refillery_customer", "refillery_staff"
CUSTOMER_SECONDS, STAFF_SECONDS = 30 * 24 * 3600, 12 * 3600
FRESH_SECONDS = 15 * 60


def remember_customer(led: LedIn) -> None:
    """Sign the customer in, for 30 days or until they sign out everywhere; forms shown before are no longer valid.

    The basket stays.
    """
    _new_forms()
    session[CUSTOMER] = {"id": led.customer_id, "sign_ins": led.sign_ins, "at": int(time.time())}


def current_customer() -> Customer | None:
    """The customer who is signed in. Opens a read: `end_reads` before a use case."""
    match session.get(CUSTOMER):
        case {"id": int(customer_id), "sign_ins": int(sign_ins), "at": int(since)} if _lasts(since, CUSTOMER_SECONDS):
            customer = host.session().get(Customer, customer_id)
            known = customer is not None and customer.erased_at is None and customer.sign_ins == sign_ins
            return customer if known else None
    return None


def signed_in_just_now() -> bool:
    """True for 15 minutes after a sign-in: what cannot be undone asks for that."""
    match session.get(CUSTOMER):
        case {"at": int(since)}:
            return _lasts(since, FRESH_SECONDS)
    return False


def forget_customer() -> None:
    """Sign the customer out."""
    _new_forms()
    session.pop(CUSTOMER, None)


def forget_customer_everywhere(customer_id: int) -> None:
    """Sign the customer out of every browser; links that are under way to them lead in no more. Commits."""
    with host.unit() as current:
        theirs = update(Customer).where(Customer.id == customer_id)
        current.execute(theirs.values(sign_ins=Customer.sign_ins + 1))
        revoke_links(current, customer_id)
    forget_customer()


def remember_staff(member: StaffMember) -> None:
    """Sign the staff member in, for 12 hours or until their password changes."""
    _new_forms()
    session[STAFF] = {"id": member.id, "stamp": _stamp(member.password_hash), "at": int(time.time())}


def current_staff() -> StaffMember | None:
    """The staff member who is signed in and still active, detached from any session."""
    match session.get(STAFF):
        case {"id": int(member_id), "stamp": str(stamp), "at": int(since)} if _lasts(since, STAFF_SECONDS):
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
    with host.aside() as connection:
        row = connection.execute(query).one_or_none()
    return StaffMember(**row._mapping) if row else None


def _lasts(since: int, seconds: int) -> bool:
    return time.time() - since < seconds


def _new_forms() -> None:
    # Whoever planted the session before the sign-in must not know its CSRF token after it.
    session.pop(current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token"), None)


def _stamp(password_hash: str) -> str:
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]
