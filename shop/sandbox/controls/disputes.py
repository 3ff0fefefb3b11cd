"""Lets a test dispute a charge, end the dispute, or let a bank warn of fraud."""

from __future__ import annotations

from shop.sandbox.errors import missing
from shop.sandbox.payments.disputes import is_disputed, open_dispute, settle_dispute
from shop.sandbox.payments.warnings import warn
from shop.sandbox.store.documents import Document, Unit


def dispute_charge(unit: Unit, identifier: str) -> Document:
    """The dispute of the whole charge; ValueError for one that took no money, or is disputed already."""
    charge = _charge(unit, identifier)
    if not charge["paid"] or is_disputed(unit, charge):
        raise ValueError("this charge cannot be disputed")
    open_dispute(unit, charge)
    return unit.all("dispute", charge=identifier)[0]


def warn_of_fraud(unit: Unit, identifier: str) -> Document:
    """The bank's early warning about the charge; ValueError for one that took no money."""
    charge = _charge(unit, identifier)
    if not charge["paid"]:
        raise ValueError("nobody warns of a charge that took no money")
    return warn(unit, charge)


def _charge(unit: Unit, identifier: str) -> Document:
    charge = unit.get("charge", identifier)
    if charge is None:
        raise missing("charge", identifier, "charge", in_address=True)
    return charge


def end_dispute(unit: Unit, identifier: str, status: str) -> Document:
    """End it as `won` or `lost`."""
    dispute = unit.get("dispute", identifier)
    if dispute is None:
        raise missing("dispute", identifier, "dispute", in_address=True)
    if status not in ("won", "lost"):
        raise ValueError("status must be won or lost")
    return settle_dispute(unit, dispute, status)
