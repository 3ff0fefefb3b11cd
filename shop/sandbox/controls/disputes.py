"""Lets a test dispute a charge, and end the dispute."""

from __future__ import annotations

from shop.sandbox.errors import missing
from shop.sandbox.payments.disputes import is_disputed, open_dispute, settle_dispute
from shop.sandbox.store.documents import Document, Unit


def dispute_charge(unit: Unit, identifier: str) -> Document:
    """The dispute of the whole charge; ValueError for one that took no money, or is disputed already."""
    charge = unit.get("charge", identifier)
    if charge is None:
        raise missing("charge", identifier, "charge", in_address=True)
    if not charge["paid"] or is_disputed(unit, charge):
        raise ValueError("this charge cannot be disputed")
    open_dispute(unit, charge)
    return unit.all("dispute", charge=identifier)[0]


def end_dispute(unit: Unit, identifier: str, status: str) -> Document:
    """End it as `won` or `lost`."""
    dispute = unit.get("dispute", identifier)
    if dispute is None:
        raise missing("dispute", identifier, "dispute", in_address=True)
    if status not in ("won", "lost"):
        raise ValueError("status must be won or lost")
    return settle_dispute(unit, dispute, status)
