"""Movements in words: what happened, and who did it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from kits.stock.tables import StockMovement
from shop.customers.tables import StaffMember

KINDS = {
    "receive": "Received",
    "allocate": "Set aside or put back",
    "ship": "Shipped",
    "return": "Returned",
    "adjust": "Corrected",
    "write_off": "Written off",
    "quarantine": "Into or out of quarantine",
    "stock_take": "Stock-take",
}
STAFF = re.compile(r"staff:(\d{1,15})")


def what(movement: StockMovement) -> str:
    """What happened, e.g. `Put back`."""
    if movement.kind == "allocate":
        return "Set aside" if movement.allocated > 0 else "Put back"
    if movement.kind == "quarantine":
        return "Into quarantine" if movement.quarantined > 0 else "Out of quarantine"
    return KINDS.get(movement.kind, movement.kind)


def told(movement: StockMovement) -> str:
    """What a correction did, in a sentence; empty for other kinds."""
    changed = movement.quarantined if movement.kind == "quarantine" else movement.quantity
    units = "1 unit was" if abs(changed) == 1 else f"{abs(changed)} units were"
    ending = {
        "adjust": "added to the books." if changed > 0 else "taken off the books.",
        "write_off": "written off, out of quarantine." if movement.quarantined else "written off.",
        "quarantine": "put into quarantine." if changed > 0 else "put back into use.",
    }.get(movement.kind)
    return f"{units} {ending}" if ending else ""


def who(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """What to call each actor: staff by their e-mail, others as the ledger does. One statement."""
    known = set(actors)
    ids = [int(found.group(1)) for actor in known if (found := STAFF.fullmatch(actor))]
    names = dict.fromkeys(known, "")
    rows = session.execute(select(StaffMember.id, StaffMember.email).where(StaffMember.id.in_(ids)))
    names.update({f"staff:{member_id}": email for member_id, email in rows})
    return {actor: name or actor.replace(":", " ") for actor, name in names.items()}


def everyone(session: Session) -> list[tuple[str, str]]:
    """Whom the ledger can be asked for: each member of staff, the commands, the worker."""
    rows = session.execute(select(StaffMember.id, StaffMember.email).order_by(StaffMember.email))
    staff = [(f"staff:{member_id}", email) for member_id, email in rows]
    return [*staff, ("command", "a command"), ("duty", "the worker")]
