"""Staff of a standalone shop: argon2 passwords and signing in."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from kits import audit
from kits.errors import BadInput
from shop.customers.signing_in.signed_in import current_staff, staff_row
from shop.customers.tables import StaffMember

__all__ = ["add_staff", "current_staff", "sign_in"]

SHORTEST, LONGEST = 12, 200
_hasher = PasswordHasher()


def add_staff(session: Session, email: str, password: str, now: datetime) -> StaffMember:
    """Add a staff member, or give a known one this password and let them in again. Flushes.

    Raises BadInput for an e-mail without an @ and for a password that is not 12 to 200 characters long.
    """
    wanted = _checked(email, password)
    member = session.scalars(select(StaffMember).where(StaffMember.email == wanted)).first()
    if member is None:
        member = StaffMember(email=wanted, created_at=now, password_hash="")
        session.add(member)
    member.password_hash, member.active = _hasher.hash(password), True
    session.flush()
    audit.record(session, at=now, actor="command", action="staff.password_set", subject=f"staff:{member.id}")
    return member


def sign_in(email: str, password: str) -> StaffMember | None:
    """The active staff member with this e-mail and password, detached; None takes as long for unknown names."""
    wanted = email.strip().lower()
    known = staff_row(StaffMember.email == wanted) if wanted.isprintable() else None
    right = _matches(known.password_hash if known else _nobody(), password[: LONGEST + 1])
    return known if right else None


def _checked(email: str, password: str) -> str:
    wanted = email.strip().lower()
    if "@" not in wanted or not wanted.isprintable() or len(wanted) > LONGEST:
        raise BadInput("email", "Give an e-mail address like name@example.org.")
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput("password", f"Choose a password of {SHORTEST} to {LONGEST} characters.")
    return wanted


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))
